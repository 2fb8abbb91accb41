"""What changed since an earlier run: figures with intervals, and the questions behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpus.counts import counted
from qa.evaluation.report import pictures
from qa.evaluation.report.anchor import address
from qa.evaluation.report.wording import Json, full_label, kind, outcome, shown, wording
from qa.markup import text

_VERDICTS = {
    "better": "better",
    "worse": "worse",
    "different": "different",
    "unclear": "may be chance",
}
_OTHER = {
    "questions": "the questions are not the same, so only those in both were compared",
    "settings": "the settings are not the same",
    "data": "the articles are not the same",
}


def compared(comparison: Json, questions: Mapping[str, str]) -> str:
    """Return the comparison of the run with an earlier one.

    Args:
        comparison: As `qa.evaluation.runs.compare.Comparison.to_json` gives it.
        questions: The question of each row, by id.
    """
    return "".join(
        (
            _summary(comparison),
            _differences(comparison["differences"]),
            _transitions(comparison["changed"], questions),
        )
    )


def _summary(comparison: Json) -> str:
    verdicts = [difference["verdict"] for difference in comparison["differences"]]
    better, worse = (counted(verdicts.count(v), "figure") for v in ("better", "worse"))
    notes = [_OTHER.get(name, name) for name in comparison["other"]]
    noted = f" Note that {text('; '.join(notes))}." if notes else ""
    return (
        f"<p>{counted(comparison['n'], 'question')} asked in both runs: <b>{better} better</b>, "
        f"<b>{worse} worse</b>; elsewhere the change may be chance.{noted}</p>"
    )


def _differences(differences: Sequence[Json]) -> str:
    measured = [d for d in differences if d["change"] is not None]
    clear = [d for d in measured if d["verdict"] != "unclear"]
    unclear = [d for d in measured if d["verdict"] == "unclear"]
    reach = max((max(abs(d["low"]), abs(d["high"])) for d in measured), default=0.0)
    more = (
        f"<details><summary>{counted(len(unclear), 'figure')} whose change may be chance</summary>"
        f"{_table(unclear, reach)}</details>"
        if unclear
        else ""
    )
    return f"{_table(clear, reach)}{more}"


def _table(differences: Sequence[Json], reach: float) -> str:
    if not differences:
        return ""
    rows = "".join(_row(difference, reach) for difference in differences)
    return (
        '<table class="figures changes"><thead><tr><th scope="col">Figure</th>'
        '<td class="picture"><div class="ends"><span>lower</span><span>higher</span></div></td>'
        '<th scope="col">Before, now</th><th scope="col">Verdict</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(difference: Json, reach: float) -> str:
    unit = wording(difference["name"]).unit
    verdict: str = difference["verdict"]
    before, after = (shown(difference[key], unit) for key in ("before", "after"))
    picture = pictures.change(difference["change"], difference["low"], difference["high"], reach)
    return (
        f'<tr class="{text(verdict)}"><th scope="row">{text(full_label(difference["name"]))}</th>'
        f'<td class="picture">{picture}</td><td class="value">{before} → {after}</td>'
        f'<td class="range"><b>{text(_VERDICTS.get(verdict, verdict))}</b> '
        f"<span>{counted(difference['n'], 'question')}</span></td></tr>"
    )


def _transitions(changed: Sequence[Json], questions: Mapping[str, str]) -> str:
    if not changed:
        return "<p>No question came out otherwise than before.</p>"
    groups: dict[tuple[str, str], list[Json]] = {}
    for one in changed:
        groups.setdefault((one["before"], one["after"]), []).append(one)
    largest = sorted(groups.items(), key=lambda item: -len(item[1]))
    items = "".join(_transition(*names, group, questions) for names, group in largest)
    title = f"{counted(len(changed), 'question')} came out otherwise"
    return f'<h3>{title}</h3><div class="transitions">{items}</div>'


def _transition(
    before: str, after: str, group: Sequence[Json], questions: Mapping[str, str]
) -> str:
    links = "".join(
        f'<li dir="auto"><a href="{address(one["id"])}">'
        f"{text(questions.get(one['id'], one['id']))}</a></li>"
        for one in group
    )
    return (
        f'<details><summary><span class="key {kind(before)}"></span>{text(outcome(before))} → '
        f'<span class="key {kind(after)}"></span>{text(outcome(after))} '
        f"<b>{len(group):,}</b></summary><ul>{links}</ul></details>"
    )
