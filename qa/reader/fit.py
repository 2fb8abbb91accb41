"""Fit the reader's weights: ``python -m qa.reader.fit --set QUESTIONS.jsonl STORE [--set ...]``.

Every figure printed is out of fold: the questions of a week are answered with weights fitted on
other weeks. The weights written are fitted on all of them. Questions of several kinds make weights
that hold beyond one kind: where all are about the news of a week, standing first counts too much.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.chunk_index import ChunkIndex
from index.embed import Embedder, open_embedder
from index.schema import open_archive
from qa.evaluation.measures.answers import normal
from qa.evaluation.sets.questions import QuestionSet, read_questions, refuse_errors
from qa.reader import answers, confidence, features
from qa.reader.answers import answer_features, candidates_of
from qa.reader.examples import Example, examples_of
from qa.reader.read import (
    SENTENCES_SEARCHED,
    SENTENCES_WEIGHED,
    Reader,
    Scored,
    ballot_of,
    find_answers,
)
from qa.reader.regression import fit_logistic, fit_softmax
from qa.reader.weights import Weights

FOLDS = 5
WRONGLY_DECLINED = 0.09
# A wrong short answer does more harm than none: this hides one in eight, most of them wrong.
SHORT_FLOOR = 0.15
# The families of examples made up by us together count as much as the questions as asked.
FAMILY_WEIGHT = {"asked": 1.0, "undated": 0.5, "without_articles": 0.5, "near_miss": 0.7}

UNFITTED = Weights(
    dict.fromkeys(features.NAMES, 0.0),
    dict.fromkeys(answers.NAMES, 0.0),
    dict.fromkeys(confidence.NAMES, 0.0),
    dict.fromkeys(confidence.SHORT_NAMES, 0.0),
    floor=0.0,
    short_floor=0.0,
)

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first sentence for an example, with weights that never saw its week.

    Attributes:
        first: The sentence, with its short answer.
        row: Its features for confidence.
        exact: Whether its short answer is an acceptable one.
    """

    example: Example
    first: Scored
    row: Rows
    holds: bool
    right: bool
    exact: bool


def folds_of(examples: Sequence[Example]) -> NDArray[np.int_]:
    """Return a fold number per example; a week, or an article, is never split."""
    keys = [(e.questions, e.fold_key) for e in examples]
    known = sorted(set(keys))
    order = np.random.default_rng(0).permutation(len(known))
    fold = {key: int(place) % FOLDS for key, place in zip(known, order, strict=True)}
    return np.array([fold[key] for key in keys])


def out_of_fold(
    folds: NDArray[np.int_], fit: Callable[[NDArray[np.bool_]], Floats]
) -> list[Floats]:
    """Return, per fold, the weights fitted on the other folds."""
    return [fit(folds != fold) for fold in range(FOLDS)]


def chances(
    rows: Iterable[Rows | Floats],
    folds: NDArray[np.int_],
    fit: Callable[[NDArray[np.bool_]], Floats],
) -> Floats:
    """Return each row's probability, (n,), under the weights fitted on the other folds."""
    by_fold = out_of_fold(folds, fit)
    found = [confidence.probability(row, by_fold[f]) for row, f in zip(rows, folds, strict=True)]
    return np.array(found)


def ranked(example: Example, weights: Floats) -> list[Scored]:
    """Return the example's best sentences under these sentence weights, best first."""
    scores = example.rows @ weights
    order = np.argsort(-scores)[:SENTENCES_WEIGHED]
    return [replace(example.scored[i], score=float(scores[i])) for i in order]


def answer_group(example: Example, scored: Sequence[Scored]) -> tuple[Rows, Rows]:
    """Return the features of all short answers in the best sentences, and which are right."""
    ballot, acceptable = ballot_of(scored), example.answers
    rows, right = [np.zeros((0, len(answers.NAMES)), np.float32)], []
    for item, read in zip(scored[:SENTENCES_SEARCHED], ballot.sentences, strict=False):
        found = candidates_of(example.asked.question, item.text)
        rows.append(
            answer_features(example.asked.question, read, found, ballot, example.asked.rarity)
        )
        right += [normal(c.text) in acceptable for c in found]
    return np.concatenate(rows), np.array(right, dtype=np.float32)


def first_sentence(example: Example, weights: Floats, scored: Sequence[Scored]) -> Outcome:
    """Return what would be quoted first under these answer weights, with its features."""
    searched = find_answers(example.asked, scored, weights.astype(np.float32))
    best = searched[0]
    at = next(
        i
        for i, item in enumerate(example.scored)
        if item.source is best.source and item.position == best.position
    )
    short = best.candidate and normal(best.candidate.text)
    return Outcome(
        example=example,
        first=best,
        row=confidence.confidence_features(example.asked, best, searched),
        holds=bool(example.holds[at]),
        right=bool(example.right[at]) or bool(example.holds[at]),
        exact=short in example.answers,
    )


def fit_confidence(outcomes: Sequence[Outcome], kept: NDArray[np.bool_]) -> Floats:
    """Return the weights under which confidence is the chance that the first quote is right."""
    chosen = [o for o, keep in zip(outcomes, kept, strict=True) if keep]
    return fit_logistic(
        np.array([o.row for o in chosen], dtype=np.float64),
        np.array([o.example.answerable and o.right for o in chosen], dtype=np.float64),
        np.array([FAMILY_WEIGHT[o.example.family] for o in chosen]),
    )


def short_rows(outcomes: Sequence[Outcome], chance: Floats) -> Floats:
    """Return the features of the first sentence's short answer, (n, f), given its confidence."""
    rows = [
        confidence.short_features(o.example.asked, o.first, c)
        for o, c in zip(outcomes, chance, strict=True)
    ]
    return np.array(rows, dtype=np.float64)


def fit_short(outcomes: Sequence[Outcome], rows: Floats, kept: NDArray[np.bool_]) -> Floats:
    """Return the weights for the chance that the short answer is right, where there is one."""
    given = [o.first.candidate is not None and o.example.family == "asked" for o in outcomes]
    chosen = kept & np.array(given)
    right = np.array([o.example.answerable and o.exact for o in outcomes], dtype=np.float64)
    return fit_logistic(rows[chosen], right[chosen], np.ones(int(chosen.sum())))


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome with what weights that never saw its week say of it, 0 to 1 each.

    Attributes:
        sure: That the sentence answers.
        short: That its short answer is right.
    """

    outcome: Outcome
    sure: float
    short: float

    @property
    def exact(self) -> bool:
        """Whether a short answer is given and right."""
        return self.outcome.exact and self.short >= SHORT_FLOOR


def report(judged: Sequence[Judged], floor: float) -> dict[str, float]:
    """Return the out-of-fold figures of one question set at this floor."""
    asked = [j for j in judged if j.outcome.example.family == "asked"]
    answerable = [j for j in asked if j.outcome.example.answerable]
    figures = {
        "first quote holds the answer": [j.outcome.holds for j in answerable],
        "short answer exact": [j.exact for j in answerable],
        "short answers given": [j.short >= SHORT_FLOOR for j in answerable],
        "answerable wrongly declined": [j.sure < floor for j in answerable],
        "right among those shown": [j.outcome.holds for j in answerable if j.sure >= floor],
    }
    for family in ("asked", "undated", "without_articles", "near_miss"):
        made = [j for j in judged if j.outcome.example.family == family]
        for word, wanted in (("answerable", True), ("unanswerable", False)):
            figures[f"{family}, {word}, declined"] = [
                j.sure < floor for j in made if j.outcome.example.answerable == wanted
            ]
    return {name: round(float(np.mean(values)), 3) for name, values in figures.items() if values}


def fit(examples: Sequence[Example]) -> dict[str, object]:
    """Return the weights fitted on all examples and the figures measured out of fold."""
    folds = folds_of(examples)
    groups = [(e.rows, e.right) for e in examples]
    usable = np.array([e.answerable for e in examples])

    def fit_sentence(kept: NDArray[np.bool_]) -> Floats:
        return fit_softmax([g for g, k in zip(groups, kept & usable, strict=True) if k])

    by_fold = out_of_fold(folds, fit_sentence)
    scored = [ranked(e, by_fold[f]) for e, f in zip(examples, folds, strict=True)]
    short = [answer_group(e, s) for e, s in zip(examples, scored, strict=True)]

    def fit_answer(kept: NDArray[np.bool_]) -> Floats:
        return fit_softmax([g for g, k in zip(short, kept & usable, strict=True) if k])

    answer_by_fold = out_of_fold(folds, fit_answer)
    sentence, answer = fit_sentence(usable), fit_answer(usable)
    outcomes = [
        first_sentence(e, answer_by_fold[f], s)
        for e, f, s in zip(examples, folds, scored, strict=True)
    ]
    sure = chances([o.row for o in outcomes], folds, lambda kept: fit_confidence(outcomes, kept))
    shorts = short_rows(outcomes, sure)
    right = chances(shorts, folds, lambda kept: fit_short(outcomes, shorts, kept))
    judged = [Judged(*each) for each in zip(outcomes, sure, right, strict=True)]
    names = dict.fromkeys(e.questions for e in examples)
    sets = {n: [j for j in judged if j.outcome.example.questions == n] for n in names}
    floor = _floor(sets[examples[0].questions])
    everything = np.ones(len(outcomes), dtype=bool)
    return {
        "sentence": _named(features.NAMES, sentence),
        "answer": _named(answers.NAMES, answer),
        "confidence": _named(confidence.NAMES, fit_confidence(outcomes, everything)),
        "short": _named(confidence.SHORT_NAMES, fit_short(outcomes, shorts, everything)),
        "floor": round(floor, 3),
        "short_floor": SHORT_FLOOR,
        "figures": {name: report(of_set, floor) for name, of_set in sets.items()},
    }


def _floor(judged: Sequence[Judged]) -> float:
    """Return the confidence below which `WRONGLY_DECLINED` of the answerable questions lie."""
    examples = [(j.outcome.example, j.sure) for j in judged]
    sure = [c for e, c in examples if e.answerable and e.family == "asked"]
    return float(np.quantile(sure, WRONGLY_DECLINED))


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on question sets, each over an ingested store, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--set",
        nargs=2,
        type=Path,
        action="append",
        required=True,
        metavar=("QUESTIONS", "STORE"),
        help="may be repeated; the threshold for declining is set on the first",
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("weights.json"))
    given = parser.parse_args(arguments)
    sets = [(read_questions(questions), store) for questions, store in given.set]
    for questions, _ in sets:
        refuse_errors(questions.path, questions.problems)
    if len({questions.path.stem for questions, _ in sets}) < len(sets):
        parser.error("two question sets have the same name; figures are told apart by it")
    embedder = open_embedder()
    examples = [e for questions, store in sets for e in _examples(questions, store, embedder)]
    fitted = fit(examples)
    fitted["questions_sha256"] = {q.path.stem: q.sha256 for q, _ in sets}
    given.out.write_text(json.dumps(fitted, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(fitted["figures"], indent=2) + "\n")
    return 0


def _examples(questions: QuestionSet, store: Path, embedder: Embedder) -> Iterator[Example]:
    with open_archive(store) as archive:
        index = ChunkIndex(archive, embedder)
        reader = Reader(archive, index, UNFITTED)
        yield from examples_of(questions, archive, reader, index, embedder)


if __name__ == "__main__":
    sys.exit(main())
