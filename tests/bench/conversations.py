"""How long conversations take to add to, reopen and list: ``python tests/bench/conversations.py``.

A conversation of TURNS turns (500) is kept, every answer with three quotes of its own articles and
one of a declined question's nearest sentences in between. Printed are medians in milliseconds: on
the clock where the disk is waited for, of processor time where it is not.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from corpus.archive import Archive
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Draft, DraftStatement, Evidence, Turn
from qa.conversations.store import LOCAL_USER, Conversations
from qa.verify import decline, verify

ARTICLES = 300
ANSWER_QUOTES = 3
REPEATS = 7


def main() -> None:
    """Measure and print a line for each figure."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "store")
        with open_archive(store, create=True) as archive, Conversations(archive) as kept:
            fill(archive, Path(folder, "articles.jsonl"))
            asked = [turn_of(archive, number) for number in range(turns)]
            id_ = kept.start(LOCAL_USER, asked[0].question)
            clock = [timed(lambda t=turn: kept.append(LOCAL_USER, id_, t)) for turn in asked]
            last = clock[-max(turns // 10, 1) :]
            say("add one of the first turns", median(clock[: len(last)]))
            say("add one of the last turns", median(last))
            cpu = time.process_time
            open_all = [timed(lambda: kept.open(LOCAL_USER, id_), cpu) for _ in range(REPEATS)]
            say(f"reopen {turns} turns, every quote checked (CPU)", median(open_all))
            for number in range(100):
                kept.start(LOCAL_USER, f"Question {number}?")
            listed = [timed(lambda: kept.listed(LOCAL_USER), cpu) for _ in range(REPEATS)]
            say("list 101 conversations (CPU)", median(listed))
            say("delete it", timed(lambda: kept.delete(LOCAL_USER, id_)))


def fill(archive: Archive, source: Path) -> None:
    """Store articles of thirty sentences, each of which is found in one article only."""
    lines = []
    for article in range(ARTICLES):
        said = (
            f"On 3 May 2016 harbour {article} paid ${sentence + 1} million for its pier."
            for sentence in range(30)
        )
        lines.append(json.dumps({"id": f"a{article}", "text": " ".join(said)}))
    source.write_text("\n".join(lines), encoding="utf-8")
    ingest([str(source)], archive, HashEmbedder())


def turn_of(archive: Archive, number: int) -> Turn:
    """Return a turn; every fourth one declines."""
    question = f"What did harbour {number} pay?"
    evidence = [_evidence(archive, number, place) for place in range(1, ANSWER_QUOTES + 1)]
    if number % 4 == 3:
        answer = decline(question=question, standalone=question, nearest=evidence, searched="")
        return Turn(question, question, answer)
    drafted = [
        DraftStatement(item.sentence.span.of(item.version.text), (item.number,))
        for item in evidence
    ]
    answer = verify(
        Draft(tuple(drafted)), evidence, question=question, standalone=question,
        nearest=(), searched="",
    )  # fmt: skip
    return Turn(question, question, answer)


def _evidence(archive: Archive, number: int, place: int) -> Evidence:
    article_id = f"a{(number * ANSWER_QUOTES + place) % ARTICLES}"
    article, version = archive.article(article_id), archive.current_version(article_id)
    assert article
    assert version
    return Evidence(place, article, version, archive.sentences(version.id)[number % 30], 0.9)


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how many milliseconds it took."""
    start = clock()
    work()
    return (clock() - start) * 1000


def say(what: str, milliseconds: float) -> None:
    """Print a figure."""
    sys.stdout.write(f"{what:<50} {milliseconds:8.1f} ms\n")


if __name__ == "__main__":
    main()
