"""The results as a plot: an SVG of small bar charts, one a figure, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rows import COSTS, KILLS, QUALITY, Record, Row

_PICKED = (
    ("scores", "success_1"),
    ("ingest", "cpu_s"),
    ("scores", "right_within_read"),
    ("first", "cpu_s"),
    ("ingest", "index_mb"),
    ("kills", "articles_kept"),
)
_ROWS = {row.path: row for row in (*QUALITY, *COSTS, *KILLS)}
_COLUMNS, _WIDTH, _BAR, _NAME, _TOP = 2, 440, 18, 84, 30
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.bar { fill: #8c959f } .ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #4493f8 }
}
"""


def plot(results: Record, titles: Mapping[str, str]) -> str:
    """Return the SVG; `titles` names the systems measured, in the order of the bars."""
    systems = {titles[name]: results["systems"][name] for name in titles}
    height = _TOP + (_BAR + 4) * len(systems) + 16
    lines = -(-len(_PICKED) // _COLUMNS)
    size = (_COLUMNS * _WIDTH, lines * height)
    body = ""
    for number, path in enumerate(_PICKED):
        left, top = number % _COLUMNS * _WIDTH, number // _COLUMNS * height
        body += "".join(_chart(_ROWS[path], systems, left, top))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}"'
        f' role="img" aria-label="OnRecord and its peers, side by side">\n'
        f"<style>{_STYLE}</style>\n{body}</svg>\n"
    )


def _chart(row: Row, systems: Mapping[str, Record], left: int, top: int) -> Iterator[str]:
    """Yield a title and a bar for each system, all from zero."""
    longest = max(row.value(system) for system in systems.values()) or 1
    yield _text(left, top + 16, f"{row.label} ({row.better} is better)", "title")
    for number, (title, system) in enumerate(systems.items()):
        y = top + _TOP + number * (_BAR + 4)
        width = (_WIDTH - _NAME - 70) * row.value(system) / longest
        kind = "bar ours" if title == "OnRecord" else "bar"
        yield _text(left, y + 13, title)
        yield (
            f'<rect class="{kind}" x="{left + _NAME}" y="{y}" width="{width:.1f}"'
            f' height="{_BAR}"/>\n'
        )
        yield _text(left + _NAME + width + 5, y + 13, row.text(system))


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y}"{named}>{text}</text>\n'
