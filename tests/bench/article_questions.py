"""Twelve questions and six near misses about one article: ``article_questions.py ARTICLE``.

They are about an article on Venezuela's military, Russia and China of January 2019, which is not
ours to ship: the file names the sentence that answers by its position, not by its text.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from index.build import ingest
from index.embed import open_embedder
from index.schema import open_archive
from qa.assemble import open_assistant
from qa.settings import Settings


def main(article: str) -> int:
    """Ingest the article alone, ask, and print each answer and the two counts."""
    lines = Path(__file__).with_suffix(".jsonl").read_text("utf-8").splitlines()
    right = declined = 0
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "store")
        with open_archive(store, create=True) as archive:
            ingest([article], archive, open_embedder())
            (_, version), *_ = archive.current_versions()
            starts = [s.span.start for s in archive.sentences(version.id)]
        assistant = open_assistant(store, Settings())
        for case in map(json.loads, lines):
            answer = assistant.ask(case["question"])
            first = answer.citations[0] if answer.citations else None
            quoted = starts.index(first.sentence.start) if first else None
            good = quoted == case["sentence"]
            right += good and quoted is not None
            declined += good and quoted is None
            mark = "right" if good else "WRONG"
            shown = first.quote if first else f"declined, nearest: {answer.nearest[0].quote}"
            print(f"{mark}  {case['question']}  [{answer.confidence:.2f}]")  # noqa: T201
            print(f"       {answer.short} | {shown[:150]}")  # noqa: T201
    print(f"{right} of 12 right with the exact sentence; {declined} of 6 near misses declined")  # noqa: T201
    return 0 if right >= 11 and declined >= 5 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
