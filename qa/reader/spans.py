"""Turn reading-comprehension data into a collection and a question set, to fit on as well.

    python -m qa.reader.spans SPANS.jsonl.gz FOLDER

Questions about the news of a week ask for what stands at the top of an article; those about a
passage ask for any of its details, and half of SQuAD 2.0's were written so that their passage does
not answer them. Each input line is ``{"question", "context", "answer", "answer_start",
"is_impossible", "all_answers", "title", "source", "split"}``; passages of one title that follow
each other become an article. Writes ``articles.jsonl`` and the questions, ``passages.jsonl``, in
the formats that `onrecord ingest` and `python -m qa.reader.fit` read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.clean import clean
from corpus.sentences import split_sentences

SOURCES = ("squad2-dev", "squadshifts-new_wiki")
PASSAGES_AN_ARTICLE = 6
QUESTIONS_OF_A_KIND = 650
_SEED = 0

Record = dict[str, Any]


def read_records(path: Path) -> list[Record]:
    """Return the training records of `SOURCES`, in the file's order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [r for r in records if r["source"] in SOURCES and r["split"] == "train"]


def articles_of(records: Sequence[Record]) -> tuple[list[Record], dict[str, str]]:
    """Return the articles, and for each passage the id of the one that it went into."""
    passages: dict[str, list[str]] = {}
    for context, title in {r["context"]: r["title"] for r in records}.items():
        passages.setdefault(title, []).append(context)
    articles: list[Record] = []
    home: dict[str, str] = {}
    for title, contexts in passages.items():
        for first in range(0, len(contexts), PASSAGES_AN_ARTICLE):
            part = contexts[first : first + PASSAGES_AN_ARTICLE]
            name = f"{title}/{first // PASSAGES_AN_ARTICLE}"
            home |= dict.fromkeys(part, name)
            text = "\n\n".join(map(clean, part))
            articles.append({"id": name, "title": title.replace("_", " "), "text": text})
    return articles, home


def questions_of(records: Sequence[Record], home: dict[str, str]) -> Iterator[Record]:
    """Yield as many answerable as unanswerable questions, at most `QUESTIONS_OF_A_KIND` each."""
    chance = random.Random(_SEED)  # noqa: S311 - only has to be repeatable
    for impossible in (False, True):
        kind = [r for r in records if r["is_impossible"] is impossible]
        for number, record in enumerate(chance.sample(kind, min(QUESTIONS_OF_A_KIND, len(kind)))):
            gold = None if impossible else gold_sentence(record)
            if impossible or gold:
                yield {
                    "id": f"{'impossible' if impossible else 'span'}-{number}",
                    "question": record["question"],
                    "answerable": not impossible,
                    "answers": [] if impossible else sorted(set(record["all_answers"])),
                    "gold_sentences": [{"article_id": home[record["context"]], "sentence": gold}]
                    if gold
                    else [],
                }


def gold_sentence(record: Record) -> str | None:
    """Return the sentence of the passage that the answer stands in; None where it was cleaned."""
    text = clean(record["context"])
    start, answer = record["answer_start"], record["answer"]
    if text[start : start + len(answer)] != answer:
        return None
    sentences = (s.span for s in split_sentences(text))
    return next((span.of(text) for span in sentences if span.start <= start < span.end), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the two files; see the top of this one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spans", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    records = read_records(given.spans)
    articles, home = articles_of(records)
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("articles", articles), ("passages", questions_of(records, home))):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (given.folder / f"{name}.jsonl").write_text(lines, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
