"""The page as a whole: one file of HTML that needs and loads nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from corpus.counts import counted
from corpus.errors import UsageError
from corpus.files import write_whole
from qa.evaluation.report import (
    comparison,
    confidence,
    groups,
    measured,
    outcomes,
    plots,
    questions,
)
from qa.evaluation.report.wording import Json
from qa.markup import text
from qa.wording import shown_date

_READING = (
    "The dot is what was measured. The bar is where the figure would probably lie (19 times in 20) "
    "if other questions of the same sort were asked: the fewer questions, the longer the bar."
)
_LOSSES = (
    "An answer takes a few steps. Each bar shows how many questions are still on their way to a "
    "right answer after that step, and how many were lost in it: the longest loss is what to mend "
    "first."
)
_GROUPS = (
    "The share of questions that came out as they should: answered with the right quote first, or "
    "declined where no article answers. Higher is better. The thin line is the share of all."
)
_SPEED = (
    "The filled dot is the time not exceeded by half of the questions, the ring the time not "
    "exceeded by 19 in 20. Lower is better."
)


def write_report(results: Json, path: Path) -> None:
    """Write the report of a run as one HTML page.

    Args:
        results: The JSON of a run; its "comparison", if it has one, is shown.
        path: The file; one that is there is replaced, as a whole or not at all.

    Raises:
        MissingExtraError: matplotlib is not installed; nothing is written.
        UsageError: The file cannot be written.
    """
    plots.require_matplotlib()
    content = page(results)
    try:
        write_whole(path, content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of the page, reached by `name`; `label` stands for it in the strip at the top."""

    name: str
    label: str
    title: str
    inside: str
    lead: str = ""

    @property
    def html(self) -> str:
        said = f"<p>{self.lead}</p>" if self.lead else ""
        return f'<section id="{self.name}"><h2>{self.title}</h2>{said}{self.inside}</section>'


def page(results: Json) -> str:
    """Return the report of a run as HTML."""
    sections = [section for section in _sections(results) if section.inside]
    style, script = _asset("report.css"), _asset("report.js")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        '<link rel="icon" href="data:,"><title>OnRecord: how far the answers can be trusted</title>'
        f"<style>{style}</style></head><body>{_bar(sections)}"
        f"<main>{_head(results)}{''.join(section.html for section in sections)}</main>"
        f"<script>{script}</script></body></html>\n"
    )


def _policy(style: str, script: str) -> str:
    """Return the content security policy under which only these two may be applied and run."""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; "
        f"script-src 'sha256-{_digest(script)}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


@cache
def _asset(name: str) -> str:
    return files("qa.evaluation.report").joinpath("assets", name).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _bar(sections: Sequence[_Section]) -> str:
    links = "".join(f'<li><a href="#{s.name}">{s.label}</a></li>' for s in sections if s.label)
    return (
        '<header class="bar"><a class="brand" href="#top">OnRecord</a>'
        f'<nav aria-label="Parts of this report"><ul>{links}</ul></nav></header>'
    )


def _head(results: Json) -> str:
    asked, data = results["questions"], results["data"]
    made = _made(results["made"])
    return (
        '<section id="top"><h1>How far the answers can be trusted</h1>'
        f'<p class="run">{counted(len(results["rows"]), "question")} from '
        f"<bdi>{text(str(asked['file']))}</bdi>, asked of "
        f"{counted(data['articles'], 'article')}{made}.</p>"
        f"{outcomes.squares(results['rows'])}"
        '<p class="hint">Each square is a question: click one to see what became of it.</p>'
        "</section>"
    )


def _made(moment: str) -> str:
    with suppress(ValueError):
        return f" on {shown_date(datetime.fromisoformat(moment))}"
    return ""


def _sections(results: Json) -> Iterator[_Section]:
    """Yield the parts in their order; what there is nothing to show of has nothing inside."""
    rows, figures, changes = results["rows"], results["figures"], results.get("comparison")
    shown = measured.headlines(figures)
    yield _Section("figures", "Figures", "The figures that matter most", shown, _READING)
    shown = outcomes.losses(rows)
    yield _Section("losses", "What is lost", "Where questions are lost", shown, _LOSSES)
    shown = confidence.curves(results)
    yield _Section("confidence", "Confidence", "Does it know when it is right?", shown)
    shown = groups.slices(rows)
    yield _Section("groups", "Groups", "Does it depend on the question?", shown, _GROUPS)
    shown = comparison.compared(changes, {r["id"]: r["question"] for r in rows}) if changes else ""
    yield _Section("comparison", "Changes", "Since the earlier run", shown)
    yield _Section("all", "All figures", "All figures", measured.everything(figures))
    yield _Section("speed", "", "How long it takes", measured.speed(figures), _SPEED)
    yield _Section("run", "", "How this was measured", _provenance(results))
    changed = changes["changed"] if changes else ()
    shown = questions.filters(rows, changed) + questions.listed(rows, changed)
    yield _Section("questions", "Every question", "Every question", shown)


def _provenance(results: Json) -> str:
    asked, data = results["questions"], results["data"]
    lines = {
        "OnRecord": results["onrecord"],
        "Made": results["made"],
        "Question set": f"{asked['file']}, sha256 {asked['sha256']}",
        "Articles": f"{data['articles']:,}, sha256 {data['sha256']}",
        **{name: _setting(value) for name, value in results["settings"].items()},
    }
    items = "".join(
        f"<dt>{text(name)}</dt><dd>{text(str(value))}</dd>" for name, value in lines.items()
    )
    return f'<dl class="provenance">{items}</dl>'


def _setting(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
