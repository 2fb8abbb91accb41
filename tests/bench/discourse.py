"""Follow-ups about the answer just given: ``python tests/bench/discourse.py STORE [SET]``.

Each record of a set has a first question, a follow-up ("who said that?"), what the reply must show
and whether the first answer's quote must be shown again ("same") or another first ("other"). Where
it says what answers the first question, the share right is given of those where that was found,
too. The set beside this file is about the sample.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from qa.answer import Answer, Conversation, Turn
from qa.assemble import open_assistant
from qa.settings import Settings


def main(store: str, questions: str = str(Path(__file__).with_suffix(".jsonl"))) -> None:
    """Ask, and print what is wrong and the share right, by kind."""
    assistant = open_assistant(Path(store), Settings())
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    of_found: list[bool] = []
    for record in map(json.loads, Path(questions).read_text("utf-8").splitlines()):
        day = date.fromisoformat(record["asked"]) if record["asked"] else None
        first = assistant.ask(record["first"], asked=day)
        turn = Turn(record["first"], first.standalone, first)
        reply = assistant.ask(record["follow_up"], conversation=Conversation((turn,)), asked=day)
        good = is_right(record, first, reply)
        asked[record["kind"]] += 1
        right[record["kind"]] += good
        if holds(first, record.get("answer", [])):
            of_found.append(good)
        if not good:
            shown = reply.citations[0].quote if reply.citations else reply.status
            print(f"{record['id']} {record['follow_up']!r}: {reply.note} {shown[:90]}")  # noqa: T201
    for kind, count in asked.items():
        print(f"{kind}: {right[kind]} of {count}")  # noqa: T201
    print(f"right: {right.total()} of {asked.total()}")  # noqa: T201
    if of_found:
        print(f"right where the first was: {sum(of_found)} of {len(of_found)}")  # noqa: T201


def holds(first: Answer, answers: Sequence[str]) -> bool:
    """Return whether the first quote of an answer holds what answers its question."""
    quote = first.citations[0].quote.casefold() if first.citations else ""
    return any(answer.casefold() in quote for answer in answers)


def is_right(record: dict[str, Any], first: Answer, reply: Answer) -> bool:
    """Return whether the reply shows what it must, with the quote that it must."""
    if reply.status != "answered" or not reply.citations:
        return False
    quote = reply.citations[0].quote
    # Who asks for more is shown several sentences, any of which may be the one.
    read = len(reply.citations) if record["kind"] == "more" else 1
    quotes = " ".join(citation.quote for citation in reply.citations[:read])
    shown = f"{reply.short or ''} {reply.note} {quotes}".casefold()
    before = first.citations[0].quote if first.citations else ""
    again = before in [citation.quote for citation in reply.citations]
    fits = {"same": again, "other": quote != before, "any": True}[record["quote"]]
    return fits and any(each.casefold() in shown for each in record["says"])


if __name__ == "__main__":
    main(*sys.argv[1:])
