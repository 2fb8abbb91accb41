"""Fit the reader's weights: ``python -m qa.reader.fit --set QUESTIONS.jsonl STORE [--set ...]``.

Every figure printed is out of fold: the questions of a week are answered with weights fitted on
other weeks. The weights written are fitted on all of them. Questions of several kinds make weights
that hold beyond one kind: where all are about the news of a week, standing first counts too much.

Weights hold for the reader they were fitted for. With one of your own in the settings, fit weights
for it: ``python -m qa.reader.fit --reader NAME --set QUESTIONS.jsonl STORE --out FILE``, and name
the file there too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.chunk_index import ChunkIndex
from index.embed import Embedder, open_embedder
from index.schema import open_archive
from qa.evaluation.measures.answers import normal
from qa.evaluation.sets.questions import QuestionSet, read_questions, refuse_errors
from qa.reader import confidence, features, pointing, views
from qa.reader.calibrate import (
    SHORT_FLOOR,
    Floats,
    Judged,
    Outcome,
    Rows,
    calibrate,
    chances,
    fit_short,
    floor_of,
    folds_of,
    out_of_fold,
    risk_of,
    short_rows,
)
from qa.reader.examples import Example, examples_of
from qa.reader.model import ReaderModel, open_reader
from qa.reader.read import (
    SENTENCES_SEARCHED,
    SENTENCES_WEIGHED,
    Reader,
    Scored,
    ballot_of,
    find_answers,
    weighed_candidates,
)
from qa.reader.regression import fit_softmax
from qa.reader.views import rank, view_features, view_windows
from qa.reader.weights import Weights

UNFITTED = Weights(
    dict.fromkeys(features.NAMES, 0.0),
    dict.fromkeys(views.NAMES, 0.0),
    dict.fromkeys(pointing.NAMES, 0.0),
    dict.fromkeys(confidence.NAMES, 0.0),
    dict.fromkeys(confidence.SHORT_NAMES, 0.0),
    risk=(),
    floor=0.0,
    short_floor=0.0,
)


def fit_groups(groups: Sequence[tuple[Rows, Rows]], kept: NDArray[np.bool_]) -> Floats:
    """Return the weights that put the right rows of the kept groups first."""
    return fit_softmax([group for group, keep in zip(groups, kept, strict=True) if keep])


def seen_in(example: Example, weights: Floats, model: ReaderModel) -> list[Scored]:
    """Return the example's sentences as the model sees them, chosen by these sentence weights."""
    scores = example.rows @ weights
    weighed = [replace(example.scored[i], score=float(scores[i])) for i in np.argsort(-scores)]
    return view_windows(example.query.question, weighed, model)


def place_of(example: Example, item: Scored) -> int:
    """Return which of the example's sentences this is."""
    return example.places[id(item.source), item.position]


def view_group(example: Example, seen: Sequence[Scored]) -> tuple[Rows, Rows]:
    """Return the features of the sentences seen, and which are right."""
    right = [example.right[place_of(example, item)] for item in seen]
    return view_features(seen), np.array(right, dtype=np.float32)


def answer_group(example: Example, scored: Sequence[Scored]) -> tuple[Rows, Rows]:
    """Return the features of all short answers in the best sentences, and which are right."""
    ballot, acceptable = ballot_of(scored), example.answers
    rows, right = [np.zeros((0, len(pointing.NAMES)), np.float32)], []
    for item, read in zip(scored[:SENTENCES_SEARCHED], ballot.sentences, strict=False):
        found, table = weighed_candidates(example.asked, item, read, ballot)
        rows.append(table)
        right += [normal(c.text) in acceptable for c in found]
    return np.concatenate(rows), np.array(right, dtype=np.float32)


def first_sentence(example: Example, weights: Floats, scored: Sequence[Scored]) -> Outcome:
    """Return what would be quoted first under these answer weights, with its features."""
    searched = find_answers(example.asked, scored, weights.astype(np.float32))
    best = searched[0]
    at = place_of(example, best)
    short = best.candidate and normal(best.candidate.text)
    return Outcome(
        example=example,
        first=best,
        row=confidence.confidence_features(example.asked, best, searched),
        holds=bool(example.holds[at]),
        right=bool(example.right[at]) or bool(example.holds[at]),
        exact=short in example.answers,
    )


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
    surest = sorted(answerable, key=lambda j: j.sure, reverse=True)[: len(answerable) * 7 // 10]
    figures["wrong among the surest .7"] = [not j.outcome.holds for j in surest]
    for family in ("asked", "undated", "without_articles", "near_miss"):
        made = [j for j in judged if j.outcome.example.family == family]
        for word, wanted in (("answerable", True), ("unanswerable", False)):
            figures[f"{family}, {word}, declined"] = [
                j.sure < floor for j in made if j.outcome.example.answerable == wanted
            ]
    return {name: round(float(np.mean(values)), 3) for name, values in figures.items() if values}


def fit(examples: Sequence[Example], model: ReaderModel) -> dict[str, object]:
    """Return the weights fitted on all examples and the figures measured out of fold."""
    folds = folds_of(examples)
    groups = [(e.rows, e.right) for e in examples]
    usable = np.array([e.answerable for e in examples])
    chosen_by = out_of_fold(folds, lambda kept: fit_groups(groups, kept & usable))
    seen = [seen_in(e, chosen_by[f], model) for e, f in zip(examples, folds, strict=True)]
    viewed = [view_group(e, s) for e, s in zip(examples, seen, strict=True)]
    ranked_by = out_of_fold(folds, lambda kept: fit_groups(viewed, kept & usable))
    scored = [rank(s, ranked_by[f])[:SENTENCES_WEIGHED] for s, f in zip(seen, folds, strict=True)]
    short = [answer_group(e, s) for e, s in zip(examples, scored, strict=True)]

    answer_by_fold = out_of_fold(folds, lambda kept: fit_groups(short, kept & usable))
    outcomes = [
        first_sentence(e, answer_by_fold[f], s)
        for e, f, s in zip(examples, folds, scored, strict=True)
    ]
    sure, sureness = calibrate(outcomes, folds)
    shorts = short_rows(outcomes, sure)
    right = chances(shorts, folds, lambda kept: fit_short(outcomes, shorts, kept))
    judged = [Judged(*each) for each in zip(outcomes, sure, right, strict=True)]
    names = dict.fromkeys(e.questions for e in examples)
    sets = {n: [j for j in judged if j.outcome.example.questions == n] for n in names}
    first = sets[examples[0].questions]
    floor = floor_of(first)
    everything = np.ones(len(outcomes), dtype=bool)
    return {
        "sentence": _named(features.NAMES, fit_groups(groups, usable)),
        "view": _named(views.NAMES, fit_groups(viewed, usable)),
        "answer": _named(pointing.NAMES, fit_groups(short, usable)),
        "confidence": _named(confidence.NAMES, sureness),
        "short": _named(confidence.SHORT_NAMES, fit_short(outcomes, shorts, everything)),
        "floor": round(floor, 3),
        "risk": risk_of(first),
        "short_floor": SHORT_FLOOR,
        "figures": {name: report(of_set, floor) for name, of_set in sets.items()},
    }


def _named(names: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on question sets, each over an ingested store, and write the weights."""
    given = _parsed(arguments)
    sets = [(read_questions(questions), store) for questions, store in given.set]
    for questions, _ in sets:
        refuse_errors(questions.path, questions.problems)
    embedder, model = open_embedder(), open_reader(given.reader)
    examples = [
        e for questions, store in sets for e in _examples(questions, store, embedder, model)
    ]
    fitted = fit(examples, model)
    fitted["reader"] = model.fingerprint
    fitted["questions_sha256"] = {q.path.stem: q.sha256 for q, _ in sets}
    given.out.write_text(json.dumps(fitted, indent=2) + "\n", "utf-8")
    sys.stdout.write(json.dumps(fitted["figures"], indent=2) + "\n")
    return 0


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
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
    parser.add_argument(
        "--reader", default="bundled", metavar="NAME", help="or folder; by default the bundled one"
    )
    parser.add_argument("--out", type=Path, help="by default the weights that ship")
    given = parser.parse_args(arguments)
    if len({questions.stem for questions, _ in given.set}) < len(given.set):
        parser.error("two question sets have the same name; figures are told apart by it")
    if given.out is None and given.reader != "bundled":
        parser.error("weights for a reader of your own need a file of their own: --out FILE")
    given.out = given.out or Path(__file__).with_name("weights.json")
    return given


def _examples(
    questions: QuestionSet, store: Path, embedder: Embedder, model: ReaderModel
) -> Iterator[Example]:
    with open_archive(store) as archive:
        index = ChunkIndex(archive, embedder)
        reader = Reader(archive, index, UNFITTED, model)
        yield from examples_of(questions, archive, reader, index, embedder)


if __name__ == "__main__":
    sys.exit(main())
