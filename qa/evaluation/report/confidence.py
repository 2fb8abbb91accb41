"""Whether stated confidence can be trusted: two curves, each said in a sentence too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.evaluation.report import plots
from qa.evaluation.report.wording import Json, percent
from qa.markup import text


def curves(results: Json) -> str:
    """Return the curves that the run has, side by side; "" if it has none."""
    both = results["curves"]
    points, bins = both["risk_coverage"], both["calibration"]
    drawn = _coverage(points, results["rows"]) if points["coverage"] else ""
    drawn += _calibration(bins) if bins else ""
    return f'<div class="plots">{drawn}</div>' if drawn else ""


def _coverage(points: Mapping[str, Sequence[float]], rows: Sequence[Json]) -> str:
    coverage, risk = points["coverage"], points["risk"]
    answered = sum((row["answer"] or {}).get("status") == "answered" for row in rows)
    now = answered / len(rows) if answered else None
    half = percent(plots.at(coverage, risk, 0.5))
    said = f"If it answered only the surest half of the questions, {half} of those would be wrong."
    if now is not None:
        wrong = percent(plots.at(coverage, risk, now))
        said = f"It now answers {percent(now)} of all questions; {wrong} of those are wrong. {said}"
    picture = plots.risk_coverage(coverage, risk, now, said)
    return _figure(
        "Answering less, erring less",
        picture,
        f"{said} The lower the curve, the better; one that rises to the right means that low "
        "confidence warns of wrong answers. Answering where no article answers counts as wrong.",
    )


def _calibration(bins: Sequence[Mapping[str, float]]) -> str:
    surest = max(bins, key=lambda part: part["confidence"])
    said = (
        f"Where it is surest, it says {percent(surest['confidence'])} on average and is right in "
        f"{percent(surest['right'])}."
    )
    return _figure(
        "As sure as it should be?",
        plots.calibration(bins, said),
        f"{said} Each dot is a fifth of the questions. On the dashed line confidence means what it "
        "says; the nearer the dots are to it, the better.",
    )


def _figure(title: str, picture: str, said: str) -> str:
    return f"<figure><h3>{title}</h3>{picture}<figcaption>{text(said)}</figcaption></figure>"
