"""What became of the questions, and at which step those were lost that were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.counts import counted
from qa.evaluation.report import pictures
from qa.evaluation.report.anchor import address
from qa.evaluation.report.wording import (
    AS_IT_SHOULD,
    OUTCOMES,
    STEPS,
    Json,
    kind,
    outcome,
    percent,
)
from qa.markup import text

_SHOWN_IN_TITLE = 60  # characters of a question
_FAILED = "The question could not be asked, or ended in an error."
_ANSWERED = (
    "A quote was given as an answer. These mislead readers most; a higher confidence floor would "
    "decline more of them, and more of those that it answers rightly."
)
_SIDES = ((True, "that the articles answer"), (False, "that no article answers"))


def squares(rows: Sequence[Json]) -> str:
    """Return the run in a sentence for each kind of question, with a square a question below.

    Squares are coloured and grouped by outcome, each linked to its question.
    """
    return "".join(_side(a, said, [r for r in rows if r["answerable"] == a]) for a, said in _SIDES)


def losses(rows: Sequence[Json]) -> str:
    """Return the steps of an answer as bars: what is left after each, and what was lost there."""
    return "".join((*_answerable_steps(rows), *_unanswerable_step(rows)))


def _side(answerable: bool, said: str, rows: Sequence[Json]) -> str:
    if not rows:
        return ""
    counts = Counter(row["outcome"] for row in rows)
    names = [*OUTCOMES, *sorted(counts.keys() - OUTCOMES.keys())]
    groups = [name for name in names if counts[name]]
    marks = "".join(_square(row) for name in groups for row in rows if row["outcome"] == name)
    good = sum(counts[name] for name in AS_IT_SHOULD)
    done = "answered rightly" if answerable else "declined, as they should be"
    were = f"{'was' if good == 1 else 'were'} {done} ({percent(good / len(rows))})"
    return (
        f'<div class="side"><p class="lead">Of {counted(len(rows), "question")} {said}, '
        f"<b>{good:,}</b> {were}.</p>"
        f'<div class="squares" aria-hidden="true">{marks}</div>'
        f'<ul class="legend">{"".join(_key(name, counts[name]) for name in groups)}</ul></div>'
    )


def _key(name: str, count: int) -> str:
    return (
        f'<li><a href="#questions" data-outcome="{text(name)}">'
        f'<span class="key {kind(name)}"></span>{text(outcome(name))} <b>{count:,}</b></a></li>'
    )


def _square(row: Json) -> str:
    question = row["question"]
    if len(question) > _SHOWN_IN_TITLE:
        question = f"{question[:_SHOWN_IN_TITLE]}…"
    return (
        f'<a class="{kind(row["outcome"])}" href="{address(row["id"])}" tabindex="-1" '
        f'title="{text(question)}"></a>'
    )


def _answerable_steps(rows: Sequence[Json]) -> Iterator[str]:
    asked = [row for row in rows if row["answerable"]]
    if not asked:
        return
    lost = Counter(row["lost"] for row in asked if row["lost"])
    yield f'<h3>{counted(len(asked), "question")} that the articles answer</h3><ol class="steps">'
    left = len(asked)
    if failed := _failed(asked):
        left -= failed
        yield _step("Asked", len(asked), left, failed, _FAILED, "failed", key="outcome")
    for name, (step, happened, helps) in STEPS.items():
        left -= lost[name]
        yield _step(step, len(asked), left, lost[name], f"{happened} {helps}", name)
    yield "</ol>"


def _unanswerable_step(rows: Sequence[Json]) -> Iterator[str]:
    asked = [row for row in rows if not row["answerable"]]
    if not asked:
        return
    yield f'<h3>{counted(len(asked), "question")} that no article answers</h3><ol class="steps">'
    left = len(asked)
    if failed := _failed(asked):
        left -= failed
        yield _step("Asked", len(asked), left, failed, _FAILED, "failed", key="outcome")
    lost = sum(row["lost"] == "wrongly answered" for row in asked)
    yield _step("Declined", len(asked), left - lost, lost, _ANSWERED, "wrongly answered")
    yield "</ol>"


def _failed(rows: Sequence[Json]) -> int:
    return sum(row["outcome"] not in AS_IT_SHOULD and not row["lost"] for row in rows)


def _step(
    title: str, asked: int, left: int, lost: int, why: str, value: str, *, key: str = "lost"
) -> str:
    """Return one step.

    Args:
        title: What was to be done in it.
        asked: All questions.
        left: Those that are still on their way after it.
        lost: Those that were lost in it.
        why: What happened to them, and what helps.
        value: What they have in common; it is chosen where they are asked to be shown.
        key: Of which filter that is a value.
    """
    picture = pictures.bar([("kept", left / asked), ("gone", lost / asked)])
    said = (
        f'<p class="why"><b>{lost:,} lost here.</b> {text(why)} '
        f'<a href="#questions" data-{key}="{value}">Show {"it" if lost == 1 else "them"}</a></p>'
        if lost
        else '<p class="why">None lost here.</p>'
    )
    return (
        f'<li><h4>{title}</h4><div class="measure">{picture}<span>{left:,} left</span></div>'
        f"{said}</li>"
    )
