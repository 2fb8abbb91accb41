"""The two curves of confidence, drawn by matplotlib and made to take the colours of the page.

What matplotlib writes carries styles of its own, which the page's policy forbids, and colours that
fit one theme. So it draws in stand-in colours, and `_themed` turns its styles into attributes that
refer to the page's variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lxml import etree

from corpus.errors import MissingExtraError
from qa.evaluation.report.wording import percent
from qa.markup import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _MUTED, _LINE, _ACCENT, _BAD = (f"#0{n}0{n}0{n}" for n in range(1, 6))
_THEME = {
    _INK: "var(--ink)",
    _MUTED: "var(--muted)",
    _LINE: "var(--line)",
    _ACCENT: "var(--accent)",
    _BAD: "var(--bad)",
}
_SETTINGS: Mapping[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it is selectable and takes the page's font
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _MUTED,
    "xtick.color": _LINE,
    "ytick.color": _LINE,
    "xtick.labelcolor": _MUTED,
    "ytick.labelcolor": _MUTED,
    "grid.color": _LINE,
    "text.color": _INK,
}
_SIZE = (5.0, 3.7)  # inches of 72 units
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_FONT_SIZE = re.compile(r"([\d.]+)px")


def require_matplotlib() -> None:
    """Raise MissingExtraError if plots cannot be drawn."""
    try:
        import matplotlib  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingExtraError("the report of an evaluation", "eval") from error


def risk_coverage(
    coverage: Sequence[float], risk: Sequence[float], now: float | None, label: str
) -> str:
    """Return the share of wrong answers at every share of questions answered, as SVG.

    Args:
        coverage: (n,) shares of the questions answered, rising, the surest first.
        risk: (n,) the share of those that is wrong.
        now: The share that is answered as things are set, which is marked, or None.
        label: What the picture shows, for those who do not see it.
    """

    def draw(axes: Axes) -> None:
        axes.fill_between(coverage, risk, color=_BAD, alpha=0.12, linewidth=0)
        axes.plot(coverage, risk, color=_BAD, linewidth=2)
        axes.set_ylim(0, min(1.02, max(0.1, max(risk) * 1.15)))
        axes.set_xlabel("Share of all questions answered, the surest first")
        axes.set_ylabel("Share of those answers that is wrong")
        if now is not None:
            _mark_now(axes, now, at(coverage, risk, now))

    return _drawn(draw, label)


def at(coverage: Sequence[float], risk: Sequence[float], place: float) -> float:
    """Return the risk at the coverage that is nearest to a place."""
    return min(zip(coverage, risk, strict=True), key=lambda point: abs(point[0] - place))[1]


def calibration(bins: Sequence[Mapping[str, float]], label: str) -> str:
    """Return stated confidence against how often it was right, as SVG; see `risk_coverage`."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=1, linestyle=(0, (4, 4)))
        axes.text(0.06, 0.9, "more often right\nthan it says", color=_MUTED, va="top")
        axes.text(0.97, 0.08, "less often right\nthan it says", color=_MUTED, ha="right")
        sure, right = ([part[key] for part in bins] for key in ("confidence", "right"))
        axes.plot(sure, right, color=_ACCENT, linewidth=2, marker="o", markersize=8, clip_on=False)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("How sure it says it is")
        axes.set_ylabel("How often it is right")

    return _drawn(draw, label)


def _mark_now(axes: Axes, now: float, risk: float) -> None:
    axes.plot([now, now], [0, risk], color=_INK, linewidth=1, linestyle=(0, (2, 3)))
    axes.plot([now], [risk], color=_INK, marker="o", markersize=8, clip_on=False)
    axes.annotate(
        f"as set now: {percent(risk)}",
        (now, risk),
        xytext=(-10 if now > 0.5 else 10, 10),
        textcoords="offset points",
        ha="right" if now > 0.5 else "left",
    )


def _drawn(draw: Callable[[Axes], None], label: str) -> str:
    require_matplotlib()
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    # the same plot is the same bytes, and no other has its names
    with rc_context({**_SETTINGS, "svg.hashsalt": label}):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.set_xlim(0, 1.02)
        axes.grid(visible=True, linewidth=0.8)
        axes.set_axisbelow(True)
        draw(axes)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
        written = BytesIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return _themed(written.getvalue(), label)


def _themed(svg: bytes, label: str) -> str:
    """Return the picture in the page's colours, without styles, scripts or names of its own."""
    root = etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True))
    for unwanted in (*root.iter(f"{_SVG}metadata"), *root.iter(f"{_SVG}style")):
        unwanted.getparent().remove(unwanted)
    etree.strip_tags(root, etree.Comment)
    used = {e.get(_LINK, "").removeprefix("#") for e in root.iter(f"{_SVG}use")}
    used |= {m for e in root.iter() for m in re.findall(r"url\(#(\w+)\)", e.get("clip-path", ""))}
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        for name, value in _declarations(element.attrib.pop("style", "")):
            element.set(name, value)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    inside = "".join(etree.tostring(child, encoding="unicode") for child in root)
    return (
        f'<svg class="plot" viewBox="{root.get("viewBox")}" role="img" aria-label="{text(label)}" '
        f'stroke-linejoin="round" xmlns:xlink="http://www.w3.org/1999/xlink">{inside}</svg>'
    )


def _declarations(style: str) -> list[tuple[str, str]]:
    """Return a style's declarations as attributes; of a font only its size is kept."""
    found: list[tuple[str, str]] = []
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            size = _FONT_SIZE.search(value)
            found += [("font-size", size[1])] if size else []
        elif name:
            found.append((name, _THEME.get(value, value)))
    return found
