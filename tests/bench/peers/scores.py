"""What the answers are worth: measures for each question, and their means."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from adapter import READ

from qa.reader.examples import normal

Record = dict[str, Any]


def scored(question: Record, answer: Record) -> dict[str, float]:
    """Return the measures of one answer; for all of them but the lengths higher is better."""
    relevant = set(question["relevant_articles"])
    ranking = answer["articles"][:10]
    shown, found = answer["shown"], answer["found"]
    right = _holds(question, shown[:1], known=True)
    return {
        "success_1": float(bool(relevant & set(ranking[:1]))),
        "rr_10": next((1 / rank for rank, a in enumerate(ranking, 1) if a in relevant), 0.0),
        "first_right": float(right),
        "first_right_and_answered": float(right and answer["answered"]),
        "first_holds": float(_holds(question, shown[:1], known=False)),
        "right_within_read": float(_holds(question, _cut(shown, READ), known=True)),
        "found_right": float(_holds(question, found[:1], known=True)),
        "answered": float(answer["answered"]),
        "shown_characters": float(len(shown[0][1])) if shown else 0.0,
        "found_characters": float(len(found[0][1])) if found else 0.0,
        "search_ms": answer["search_ms"],
        "show_ms": answer["show_ms"],
    }


def rows(questions: Sequence[Record], answers: Sequence[Record]) -> list[dict[str, float]]:
    """Return the measures of each question, in the order of the questions."""
    by_id = {answer["id"]: answer for answer in answers}
    return [scored(question, by_id[question["id"]]) for question in questions]


MEDIANS = ("shown_characters", "found_characters", "search_ms", "show_ms")


def summary(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of every measure, the median of lengths and times."""
    means: dict[str, Callable[[list[float]], float]] = dict.fromkeys(rows[0], fmean)
    means |= dict.fromkeys(MEDIANS, median)
    return {name: round(mean([row[name] for row in rows]), 3) for name, mean in means.items()}


COMPARED = ("success_1", "rr_10", "first_right", "right_within_read")


def differences(rows: Mapping[str, Sequence[Mapping[str, float]]]) -> Record:
    """Return OnRecord's lead over the best peer, with its 95 % interval, for each measure."""
    ours = rows.get("onrecord", ())
    peers = {name: found for name, found in rows.items() if name != "onrecord"}
    leads: Record = {}
    for measure in COMPARED if ours and peers else ():
        best = max(peers, key=lambda name: fmean(row[measure] for row in peers[name]))
        pairs = [a[measure] - b[measure] for a, b in zip(ours, peers[best], strict=True)]
        mean, low, high = interval(pairs)
        leads[measure] = {"peer": best, "lead": mean, "low": low, "high": high}
    return leads


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean and its 95 % bootstrap interval (2,000 samples, percentile method)."""
    chance = random.Random(0)
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(2000))
    return round(fmean(values), 3), round(means[49], 3), round(means[1949], 3)


def _holds(question: Record, pieces: Sequence[Sequence[str]], *, known: bool) -> bool:
    """Return whether one of the pieces (article, text) holds an acceptable answer.

    Args:
        known: Only a piece of an article that is known to answer counts, or one that holds a whole
            gold sentence: longer texts hold more answers by chance.
    """
    articles = {*question["relevant_articles"], *question.get("possible_articles", ())}
    answers = [normal(answer) for answer in question["answers"]]
    gold = [normal(entry["sentence"]) for entry in question.get("gold_sentences", ())]
    for article, text in pieces:
        looked_for = [
            *(answers if article in articles or not known else ()),
            *(gold if known else ()),
        ]
        plain = f" {normal(text)} "
        if any(f" {wanted} " in plain for wanted in looked_for):
            return True
    return False


def _cut(pieces: Sequence[Sequence[str]], characters: int) -> list[tuple[str, str]]:
    """Return the first so many characters of the pieces, read one after the other."""
    kept = []
    for article, text in pieces:
        if characters <= 0:
            break
        kept.append((article, text[:characters]))
        characters -= len(text)
    return kept
