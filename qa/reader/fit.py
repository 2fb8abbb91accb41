"""Fit the reader's weights: ``python -m qa.reader.fit --store STORE QUESTIONS.jsonl``.

Every figure printed is out of fold: the questions of a week are answered with weights fitted on
other weeks. The weights written are fitted on all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.chunk_index import ChunkIndex
from index.embed import open_embedder
from index.schema import open_archive
from qa.evaluation.measures import normal
from qa.evaluation.questions import read_questions, refuse_errors
from qa.reader import answers, confidence, features
from qa.reader.answers import answer_features, candidates_of
from qa.reader.examples import Example, examples_of
from qa.reader.read import SENTENCES_SEARCHED, SENTENCES_WEIGHED, Reader, Scored, ballot_of
from qa.reader.regression import fit_logistic, fit_softmax
from qa.reader.weights import Weights

FOLDS = 5
WRONGLY_DECLINED = 0.09
# The families of examples made up by us together count as much as the questions as asked.
FAMILY_WEIGHT = {"asked": 1.0, "undated": 0.5, "without_articles": 0.5, "near_miss": 0.7}

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first sentence for an example, with weights that never saw its week."""

    example: Example
    row: Rows
    holds: bool
    right: bool
    exact: bool


def folds_of(examples: Sequence[Example]) -> NDArray[np.int_]:
    """Return a fold number per example; a week is never split."""
    weeks = sorted({e.week for e in examples})
    order = np.random.default_rng(0).permutation(len(weeks))
    fold = {week: int(order[i]) % FOLDS for i, week in enumerate(weeks)}
    return np.array([fold[e.week] for e in examples])


def out_of_fold(
    folds: NDArray[np.int_], fit: Callable[[NDArray[np.bool_]], Floats]
) -> list[Floats]:
    """Return, per fold, the weights fitted on the other folds."""
    return [fit(folds != fold) for fold in range(FOLDS)]


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


def first_sentence(example: Example, reader: Reader, scored: Sequence[Scored]) -> Outcome:
    """Return what the reader would quote first, with its confidence features."""
    searched = reader.find_answers(example.asked, scored)
    best = searched[0]
    at = next(
        i
        for i, item in enumerate(example.scored)
        if item.source is best.source and item.position == best.position
    )
    short = best.candidate and normal(best.candidate.text)
    return Outcome(
        example=example,
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


def report(outcomes: Sequence[Outcome], chance: Floats, floor: float) -> dict[str, float]:
    """Return the out-of-fold figures at this floor."""
    asked = [(o, c) for o, c in zip(outcomes, chance, strict=True) if o.example.family == "asked"]
    answerable = [(o, c) for o, c in asked if o.example.answerable]
    figures = {
        "first quote holds the answer": np.mean([o.holds for o, _ in answerable]),
        "short answer exact": np.mean([o.exact for o, _ in answerable]),
        "answerable wrongly declined": np.mean([c < floor for _, c in answerable]),
        "right among those shown": np.mean([o.holds for o, c in answerable if c >= floor]),
        "unanswerable declined": np.mean([c < floor for o, c in asked if not o.example.answerable]),
    }
    for family in ("undated", "without_articles", "near_miss"):
        made = [(o, c) for o, c in zip(outcomes, chance, strict=True) if o.example.family == family]
        for answerable_ in (True, False):
            declined = [c < floor for o, c in made if o.example.answerable == answerable_]
            if declined:
                word = "answerable" if answerable_ else "unanswerable"
                figures[f"{family}, {word}, declined"] = np.mean(declined)
    return {name: round(float(value), 3) for name, value in figures.items()}


def fit(examples: Sequence[Example], reader_with: Callable[[Weights], Reader]) -> dict[str, object]:
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
    zero = dict.fromkeys(confidence.NAMES, 0.0)
    readers = [
        reader_with(Weights(_named(features.NAMES, by_fold[f]), _named(answers.NAMES, w), zero, 0))
        for f, w in enumerate(answer_by_fold)
    ]
    outcomes = [
        first_sentence(e, readers[f], s) for e, f, s in zip(examples, folds, scored, strict=True)
    ]
    confidence_by_fold = out_of_fold(folds, lambda kept: fit_confidence(outcomes, kept))
    chance = np.array(
        [
            confidence.probability(o.row, confidence_by_fold[f])
            for o, f in zip(outcomes, folds, strict=True)
        ]
    )
    counted = [
        c
        for o, c in zip(outcomes, chance, strict=True)
        if o.example.answerable and o.example.family == "asked"
    ]
    floor = float(np.quantile(counted, WRONGLY_DECLINED))
    everything = fit_confidence(outcomes, np.ones(len(outcomes), dtype=bool))
    return {
        "sentence": _named(features.NAMES, sentence),
        "answer": _named(answers.NAMES, answer),
        "confidence": _named(confidence.NAMES, everything),
        "floor": round(floor, 3),
        "figures": report(outcomes, chance, floor),
    }


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on a question set over an ingested store and write the weights beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("weights.json"))
    given = parser.parse_args(arguments)
    archive, embedder = open_archive(given.store), open_embedder()
    index = ChunkIndex(archive, embedder)

    def reader_with(weights: Weights) -> Reader:
        return Reader(archive, index, weights)

    flat = Weights(
        dict.fromkeys(features.NAMES, 0.0),
        dict.fromkeys(answers.NAMES, 0.0),
        dict.fromkeys(confidence.NAMES, 0.0),
        0.0,
    )
    questions = read_questions(given.questions)
    refuse_errors(questions.path, questions.problems)
    examples = examples_of(questions.queries, archive, reader_with(flat), index, embedder)
    fitted = fit(list(examples), reader_with)
    fitted["questions_sha256"] = questions.sha256
    given.out.write_text(json.dumps(fitted, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(fitted["figures"], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
