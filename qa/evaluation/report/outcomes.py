"""What became of the questions, and at which step those were lost that were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from qa.evaluation.report import pictures
from qa.evaluation.report.anchor import address
from qa.evaluation.report.wording import (
    AS_IT_SHOULD,
    OUTCOMES,
    STEPS,
    Json,
    counted,
    kind,
    outcome,
    percent,
)
from qa.markup import text

_SHOWN_IN_TITLE = 90  # characters of a question
_SIDES = (
    (True, "The articles answer it"),
    (False, "No article answers it"),
)


def summary(rows: Sequence[Json]) -> str:
    """Return the run in one sentence for each kind of question."""
    sentences = []
    for answerable, said, verb in (
        (True, "that the articles answer", "answered rightly"),
        (False, "that no article answers", "declined, as it should"),
    ):
        side = [row for row in rows if row["answerable"] == answerable]
        if side:
            good = sum(row["outcome"] in AS_IT_SHOULD for row in side)
            sentences.append(
                f"Of {counted(len(side), 'question')} {said}, <b>{good:,}</b> "
                f"{'was' if good == 1 else 'were'} {verb} ({percent(good / len(side))})."
            )
    return f'<p class="lead">{" ".join(sentences)}</p>'


def squares(rows: Sequence[Json]) -> str:
    """Return a square a question, coloured by outcome and grouped, each linked to its question."""
    return "".join(_side(title, [r for r in rows if r["answerable"] == a]) for a, title in _SIDES)


def losses(rows: Sequence[Json]) -> str:
    """Return the steps of an answer as bars: what is left after each, and what was lost there."""
    return "".join((*_answerable_steps(rows), *_unanswerable_step(rows)))


def _side(title: str, rows: Sequence[Json]) -> str:
    if not rows:
        return ""
    counts = Counter(row["outcome"] for row in rows)
    names = [*OUTCOMES, *sorted(counts.keys() - OUTCOMES.keys())]
    groups = [name for name in names if counts[name]]
    marks = "".join(_square(row) for name in groups for row in rows if row["outcome"] == name)
    legend = "".join(
        f'<li><a href="#questions" data-outcome="{text(name)}"><span class="key {kind(name)}">'
        f"</span>{text(outcome(name))} <b>{counts[name]:,}</b></a></li>"
        for name in groups
    )
    return (
        f'<div class="side"><h3>{title} <span>{len(rows):,}</span></h3>'
        f'<div class="squares" aria-hidden="true">{marks}</div>'
        f'<ul class="legend">{legend}</ul></div>'
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
    left = len(asked)
    yield f"<h3>{counted(left, 'question')} that the articles answer</h3>"
    yield '<ol class="steps">'
    for name, (step, happened, helps) in STEPS.items():
        left -= lost[name]
        yield _step(step, len(asked), left, lost[name], f"{happened} {helps}", ("lost", name))
    failed = sum(row["outcome"] not in AS_IT_SHOULD and not row["lost"] for row in asked)
    if failed:
        left -= failed
        yield _step(
            *("Answered at all", len(asked), left, failed),
            *("The question ended in an error.", ("outcome", "failed")),
        )
    yield "</ol>"


def _unanswerable_step(rows: Sequence[Json]) -> Iterator[str]:
    asked = [row for row in rows if not row["answerable"]]
    if not asked:
        return
    lost = sum(row["outcome"] not in AS_IT_SHOULD for row in asked)
    yield f"<h3>{counted(len(asked), 'question')} that no article answers</h3>"
    yield '<ol class="steps">'
    yield _step(
        *("Declined", len(asked), len(asked) - lost, lost),
        "A quote was given as an answer. These mislead readers most; a higher confidence floor "
        "would decline more of them, and of those it answers rightly.",
        ("lost", "wrongly answered"),
    )
    yield "</ol>"


def _step(title: str, asked: int, left: int, lost: int, why: str, chosen: tuple[str, str]) -> str:
    picture = pictures.bar([("kept", left / asked), ("gone", lost / asked)])
    key, value = chosen
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
