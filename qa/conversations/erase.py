"""The words of removed articles leave kept turns: what a user asked stays, what was quoted goes.

A quote keeps its place in the answer, without its words and without what named its article, so that
a conversation that is opened again says that it was withdrawn. From there on what was worked out of
earlier answers (a follow-up's standalone form, the terms carried over, choices, notes) may hold
words of it and goes as well; the questions stay as they were typed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from corpus.rows import row_digest
from qa.gone import Gone

_EMPTY = {
    "article_id": "",
    "version": 1,
    "sha256": "",
    "quote": "",
    "title": None,
    "publisher": None,
    "url": None,
    "published": None,
    "context": None,
    "short": None,
    "dates": [],
    "missing": [],
    "differs": [],
}
_PLACE = {"start": 0, "end": 1}


def erase_turns(connection: sqlite3.Connection, user: str, id_: str, gone: Gone) -> int:
    """Erase from one conversation, inside the open transaction; return how many turns changed.

    A damaged turn is left out of the conversation anyway: one that may hold such words is deleted.
    """
    changed, erasing = 0, _Erasing(gone)
    rows = connection.execute(
        "SELECT number, time, turn, digest FROM turns WHERE conversation = ? ORDER BY number",
        (id_,),
    ).fetchall()
    for number, time, encoded, digest in rows:
        place = (id_, number)
        try:
            left = erasing.turn(encoded)
            if left and row_digest((user, *place, time, encoded)) != digest:
                raise ValueError("altered")
        except (ValueError, TypeError, KeyError, AttributeError):
            if erasing.begun or gone.within(str(encoded)):
                erasing.begun = True
                connection.execute("DELETE FROM turns WHERE (conversation, number) = (?, ?)", place)
                changed += 1
            continue
        if left:
            connection.execute(
                "UPDATE turns SET turn = ?, digest = ? WHERE (conversation, number) = (?, ?)",
                (left, row_digest((user, *place, time, left)), *place),
            )
            changed += 1
    return changed


def erased_turn(encoded: str, gone: Gone) -> str | None:
    """Return one turn without words of what is gone, or None where it needs no change."""
    return _Erasing(gone).turn(encoded)


class _Erasing:
    """One conversation from its first turn on.

    Attributes:
        begun: Whether a turn so far quoted what is gone, so that later ones may speak of it.
    """

    def __init__(self, gone: Gone) -> None:
        self._gone = gone
        self.begun = False

    def turn(self, encoded: str) -> str | None:
        """Return a turn without words of what is gone, or None where it needs no change.

        Raises:
            ValueError: It is no turn.
        """
        record = json.loads(encoded)
        if not isinstance(record, dict):
            raise ValueError("not a turn")
        answer = record.get("answer")
        if isinstance(answer, dict) and self._withdrawn(answer):
            self.begun = True
        if not self.begun:
            return None
        _forget_derived(record)
        return json.dumps(record, ensure_ascii=False, allow_nan=False)

    def _withdrawn(self, answer: dict[str, Any]) -> bool:
        """Empty the quotes of what is gone; return whether there were any."""
        found = False
        for statement in answer["statements"]:
            if self._emptied(statement["citations"]):
                found = True
                # What is left is said in the words of a quote that stands.
                quotes = [citation["quote"] for citation in statement["citations"]]
                statement["text"] = next(filter(None, quotes), "")
        found = self._emptied(answer["nearest"]) or found
        if found:
            answer["short"] = None
        return found

    def _emptied(self, citations: list[dict[str, Any]]) -> bool:
        gone = [citation for citation in citations if self._gone.quote(citation)]
        for citation in gone:
            citation.update(_EMPTY, span=_PLACE, sentence=_PLACE)
        return bool(gone)


def _forget_derived(record: dict[str, Any]) -> None:
    for part in _parts(record):
        part["standalone"] = record["question"]
        for name, empty in (("carried", []), ("choices", []), ("note", "")):
            if name in part:
                part[name] = empty
    record["said"], record["without"] = "", []


def _parts(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield record
    if isinstance(record.get("answer"), dict):
        yield record["answer"]
