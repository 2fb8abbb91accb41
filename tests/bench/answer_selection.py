"""Measure which sentence answers: ``python tests/bench/answer_selection.py PAIRS.jsonl.gz``.

The pairs are gzipped JSONL, a question with one candidate sentence a line, with the fields source,
qid, question, sentence and label (1 where the sentence answers, else 0). For each source two sets
of questions are measured: "raw", those with a sentence that answers, and "clean", those that also
have one that does not. Clean is the usual setting, for any ranking gets the other questions right.

Sentences are ranked by the trained reader, which sees each alone and without a heading; by the
cosine of the bundled embedder; and by BM25 over the file's sentences. Equal scores keep the order
of the file.

* ``MAP``: the mean over questions of average precision, the mean over sentences that answer of
  the share of such sentences down to their rank (Buckley and Voorhees 2000, "Evaluating Evaluation
  Measure Stability").
* ``MRR``: the mean of 1 / the rank of the first sentence that answers, however late (Kantor and
  Voorhees 2000, "The TREC-5 Confusion Track").

Both range from 0 to 1 and higher is better; each stands with its 95 % bootstrap interval.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from operator import itemgetter
from pathlib import Path
from statistics import fmean

from corpus.article import Span
from corpus.errors import OnRecordError
from index.embed import Embedder, open_embedder
from index.export import file_digest
from qa.evaluation.measures.figure import Figure
from qa.reader.export import prepare_reader
from qa.reader.model import CompiledReader, ReaderModel, open_reader
from qa.reader.words import content_stems, stems

Scored = Sequence[Sequence[float]]
"""For each question the score of each of its sentences; higher is better."""

FIELDS = ("source", "qid", "question", "sentence", "label")
LABELS = {0: False, 1: True}
SATURATION, LENGTH_SHARE = 1.2, 0.75  # k1 and b of BM25, as usual


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its candidate sentences, in the file's order, and whether each answers."""

    source: str
    question: str
    sentences: tuple[str, ...]
    labels: tuple[bool, ...]


SETS: dict[str, Callable[[Asked], bool]] = {
    "raw": lambda asked: any(asked.labels),
    "clean": lambda asked: any(asked.labels) and not all(asked.labels),
}


@dataclass(frozen=True, slots=True)
class Row:
    """How well one way of ranking does on one set of a source."""

    source: str
    questions: str
    ranking: str
    average_precision: Figure
    reciprocal_rank: Figure

    def to_json(self) -> dict[str, object]:
        """Return the row as a JSON object."""
        figures = (self.average_precision, self.reciprocal_rank)
        return {
            "source": self.source,
            "set": self.questions,
            "ranking": self.ranking,
            "figures": [figure.to_json() for figure in figures],
        }


def main() -> None:
    """Rank every question's sentences, print the table and write the file that was asked for."""
    arguments = _arguments()
    try:
        report = measure_file(arguments.pairs, arguments.weights, arguments.limit)
    except (OnRecordError, OSError, EOFError, ValueError) as error:
        sys.exit(str(error))
    if arguments.json:
        text = json.dumps(report, indent=1, ensure_ascii=False)
        arguments.json.write_text(text + "\n", encoding="utf-8")


def measure_file(pairs: Path, weights: Path | None, limit: int | None) -> dict[str, object]:
    """Print the table of a file of pairs; return it as a JSON object, with what it was made of."""
    asked = read_pairs(pairs)
    judged = [one for one in _first(asked, limit) if SETS["raw"](one)]
    if not judged:
        raise ValueError(f"{pairs}: no question has a sentence that answers")
    reader, embedder = _open_reader(weights), open_embedder()
    scored = {
        **reader_scores(reader, judged),
        "embedder, cosine": embedder_scores(embedder, judged),
        "words, BM25": bm25_scores(judged, {text for one in asked for text in one.sentences}),
    }
    rows = list(measure(judged, scored))
    sys.stdout.writelines(table(rows))
    return {
        "pairs": {"name": pairs.name, "sha256": file_digest(pairs)},
        "limit": limit,
        "reader": reader.fingerprint,
        "embedder": embedder.fingerprint,
        "rows": [row.to_json() for row in rows],
    }


def read_pairs(path: Path) -> list[Asked]:
    """Return the questions of a file in the order in which they first come.

    Raises:
        ValueError: A line is no such pair; the message names it.
    """
    pairs: dict[tuple[str, ...], list[tuple[str, bool]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                *key, sentence, label = itemgetter(*FIELDS)(json.loads(line))
                pairs[tuple(key)].append((sentence, LABELS[label]))
            except (ValueError, TypeError, LookupError) as error:
                raise ValueError(
                    f"{path}:{number}: not an object with {', '.join(FIELDS)} (0 or 1): {error!r}"
                ) from error
    return [
        Asked(source, question, *map(tuple, zip(*found, strict=True)))
        for (source, _, question), found in pairs.items()
    ]


def reader_scores(reader: ReaderModel, asked: Iterable[Asked]) -> dict[str, Scored]:
    """Return the reader's logits that a sentence answers, alone and with its best short answer."""
    alone, together = [], []
    for one in asked:
        read = reader.read(one.question, [("", text) for text in one.sentences])
        spans = [
            scores.best_span(Span(0, len(text)))[0]
            for scores, text in zip(read, one.sentences, strict=True)
        ]
        alone.append([scores.answers for scores in read])
        together.append([a.answers + span for a, span in zip(read, spans, strict=True)])
    return {"reader, answers": alone, "reader, answers + best span": together}


def embedder_scores(embedder: Embedder, asked: Iterable[Asked]) -> Scored:
    """Return the cosines of sentences with their question."""
    return [
        (embedder.embed_texts(one.sentences) @ embedder.embed_query(one.question)).tolist()
        for one in asked
    ]


def bm25_scores(asked: Iterable[Asked], collection: Iterable[str]) -> Scored:
    """Return how rare the stems are that sentences share with their question.

    Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and
    Beyond"), with the idf ``log(1 + (N - n + .5) / (n + .5))``, which is never negative.

    Args:
        asked: The questions; their function words do not count.
        collection: The sentences by which rarity and mean length are told, each once.
    """
    counted = {text: Counter(stems(text)) for text in collection}
    holding = Counter(stem for counts in counted.values() for stem in counts)
    mean_length = fmean(counts.total() for counts in counted.values())

    def score(telling: Sequence[str], sentence: str) -> float:
        counts = counted[sentence]
        length = 1 - LENGTH_SHARE + LENGTH_SHARE * counts.total() / mean_length
        return sum(
            log(1 + (len(counted) - holding[stem] + 0.5) / (holding[stem] + 0.5))
            * (counts[stem] * (SATURATION + 1) / (counts[stem] + SATURATION * length))
            for stem in telling
        )

    return [[score(content_stems(a.question), text) for text in a.sentences] for a in asked]


def measure(asked: Sequence[Asked], scored: Mapping[str, Scored]) -> Iterator[Row]:
    """Yield a row for each source, set and way of ranking; none where a set is empty."""
    for source in dict.fromkeys(one.source for one in asked):
        for name, belongs in SETS.items():
            places = [i for i, one in enumerate(asked) if one.source == source and belongs(one)]
            for ranking, scores in scored.items() if places else ():
                ranks = [ranks_of_answers(asked[i].labels, scores[i]) for i in places]
                yield Row(
                    source,
                    name,
                    ranking,
                    Figure.of_mean("MAP", [average_precision(r) for r in ranks], "higher"),
                    Figure.of_mean("MRR", [1 / r[0] for r in ranks], "higher"),
                )


def ranks_of_answers(labels: Sequence[bool], scores: Sequence[float]) -> list[int]:
    """Return the ranks, from 1 on and rising, of the sentences that answer."""
    order = sorted(range(len(labels)), key=lambda place: -scores[place])
    return [rank for rank, place in enumerate(order, 1) if labels[place]]


def average_precision(ranks: Sequence[int]) -> float:
    """Return the mean share of answers down to each rank of an answer, from 0 to 1."""
    return fmean(found / rank for found, rank in enumerate(ranks, 1))


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| source | set | questions | ranked by | MAP | MRR |\n|---|---|---:|---|---:|---:|\n"
    for row in rows:
        figures = [
            f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
            for figure in (row.average_precision, row.reciprocal_rank)
        ]
        count = row.average_precision.n
        cells = (row.source, row.questions, str(count), row.ranking, *figures)
        yield f"| {' | '.join(cells)} |\n"


def _first(asked: Iterable[Asked], limit: int | None) -> Iterator[Asked]:
    """Yield at most `limit` questions of each source."""
    seen: Counter[str] = Counter()
    for one in asked:
        seen[one.source] += 1
        if limit is None or seen[one.source] <= limit:
            yield one


def _open_reader(weights: Path | None) -> ReaderModel:
    if weights is None:
        return open_reader()
    return CompiledReader(prepare_reader(weights=weights, digest=file_digest(weights)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure which sentence answers a question.")
    parser.add_argument("pairs", type=Path, help="gzipped JSONL of questions with sentences")
    parser.add_argument("--weights", type=Path, help="the reader's, instead of the shipped ones")
    parser.add_argument("--limit", type=int, help="take this many questions a source at most")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    return parser.parse_args()


if __name__ == "__main__":
    main()
