"""Articles and questions, written as the systems get them: ``dataset.py --help``.

A program of its own, because a process starts with the peak memory of the one that starts it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]

ADDED_LATER = 5
"""Articles that no question is about, kept back to be added to a finished index."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is measured on.

    Attributes:
        articles: What is ingested.
        later: What is added afterwards, by a process that is killed.
        questions: Answerable ones, all of whose relevant articles are among `articles`.
    """

    articles: Sequence[Record]
    later: Sequence[Record]
    questions: Sequence[Record]


def read(path: Path) -> list[Record]:
    """Return the objects of a file of JSON lines, or of a .gz of it; # begins a comment line."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        return [json.loads(line) for line in lines if line.strip() and not line.startswith("#")]


def write(path: Path, records: Iterable[Record]) -> Path:
    """Write JSON lines; return the path."""
    lines = (json.dumps(record) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def choose(articles: Sequence[Record], questions: Sequence[Record], limit: int | None) -> Dataset:
    """Return what is measured on: the same for the same files and limit.

    At most `limit` articles are ingested: those of as many questions, in an arbitrary order, as
    fill six tenths of them, and others for the rest.
    """
    known = {article["id"] for article in articles}
    answerable = [q for q in questions if q.get("answerable") and q.get("relevant_articles")]
    answerable = [q for q in answerable if known.issuperset(q["relevant_articles"])]
    if limit is not None and limit < len(articles):
        answerable = _within(answerable, limit * 6 // 10)
    needed = {id_ for question in answerable for id_ in question["relevant_articles"]}
    others = [a["id"] for a in articles if a["id"] not in needed]
    random.Random(0).shuffle(others)
    size = len(articles) if limit is None else min(limit, len(articles))
    later = set(others[: min(ADDED_LATER, len(others) // 2)])
    chosen = needed | set(others[len(later) : len(later) + max(0, size - len(needed))])
    return Dataset(
        [a for a in articles if a["id"] in chosen],
        [a for a in articles if a["id"] in later],
        answerable,
    )


def _within(questions: Sequence[Record], articles: int) -> list[Record]:
    """Return as many questions as have at most so many relevant articles together."""
    order = list(questions)
    random.Random(0).shuffle(order)
    needed: set[str] = set()
    kept = []
    for question in order:
        if len(needed.union(question["relevant_articles"])) <= articles:
            needed.update(question["relevant_articles"])
            kept.append(question)
    return kept


def as_text(article: Record) -> Record:
    """Return an article as the peers get it: the headline is the first line of its text."""
    text = "\n\n".join(filter(None, [article.get("title"), article["text"]]))
    return {"id": article["id"], "text": text}


def main() -> None:
    """Write ``articles``, ``texts``, ``later``, ``later_texts``, ``questions``, ``undated``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    chosen = choose(read(given.articles), read(given.questions), given.limit)
    undated = [{**question, "date_asked": None} for question in chosen.questions]
    files = {
        "articles": chosen.articles,
        "texts": map(as_text, chosen.articles),
        "later": chosen.later,
        "later_texts": map(as_text, chosen.later),
        "questions": chosen.questions,
        "undated": undated,
    }
    for name, records in files.items():
        write(given.folder / f"{name}.jsonl", records)


if __name__ == "__main__":
    main()
