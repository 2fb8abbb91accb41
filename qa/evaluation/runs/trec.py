"""Run and qrels files in TREC's format, for trec_eval and whatever else reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from corpus.errors import UsageError
from qa.evaluation.measures.retrieval import Qrels, Run, distinct_scores
from qa.evaluation.runs.row import Json, sentence_id

_UNSAFE = re.compile(r"[\s%\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def trec_id(name: str) -> str:
    """Return an id without white space and control characters; different ones stay different.

    What could break a line is percent-encoded, and so is ``%`` itself; the rest stays as it is.
    """
    return _UNSAFE.sub(lambda match: quote(match[0], errors="surrogatepass"), name) or "%"


def write_trec(rows: Sequence[Json], folder: Path) -> None:
    """Write ``articles.run``, ``articles.qrels``, ``sentences.run`` and ``sentences.qrels``.

    The folder is made if there is none. Sentences are named by article and digest.

    Raises:
        UsageError: A file cannot be written.
    """
    gold = {
        row["id"]: {sentence_id(g["article_id"], g["sentence"]): 1 for g in row["gold"]}
        for row in rows
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_run(folder / "articles.run", {row["id"]: dict(row["retrieved"]) for row in rows})
        write_run(folder / "sentences.run", {row["id"]: dict(row["ranked"]) for row in rows})
        relevant = {row["id"]: dict.fromkeys(row["relevant"], 1) for row in rows}
        write_qrels(folder / "articles.qrels", relevant)
        write_qrels(folder / "sentences.qrels", gold)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error


def write_run(path: Path, run: Run, *, tag: str = "onrecord") -> None:
    """Write ``query Q0 doc rank score tag`` lines, best first, rank from 1, in UTF-8.

    Equal scores are written slightly apart (`distinct_scores`), for trec_eval ignores the rank and
    would order them itself.

    Raises:
        ValueError: A score is not finite.
        OSError: The file cannot be written.
    """
    lines = [
        f"{trec_id(query)} Q0 {trec_id(doc)} {rank} {score!r} {trec_id(tag)}\n"
        for query, docs in run.items()
        for rank, (doc, score) in enumerate(distinct_scores(docs).items(), start=1)
    ]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write ``query 0 doc grade`` lines in UTF-8.

    Raises:
        OSError: The file cannot be written.
    """
    lines = [
        f"{trec_id(query)} 0 {trec_id(doc)} {grade}\n"
        for query, docs in qrels.items()
        for doc, grade in docs.items()
    ]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
