"""Small pictures as SVG: a dot with its interval, and bars; sizes in shares of their box."""

from __future__ import annotations

from collections.abc import Iterable


def dot(value: float, low: float, high: float, *, reference: float | None = None) -> str:
    """Return a dot on a line from 0 to 1, with a bar from low to high.

    Args:
        value: Where the dot is.
        low: Where the bar begins.
        high: Where it ends.
        reference: Where a thin upright line is to stand, as for what all questions have.
    """
    line = "" if reference is None else _upright(reference, "reference")
    return _picture("dot", f"{_rail()}{line}{_interval(low, high)}{_circle(value)}")


def change(value: float, low: float, high: float, reach: float) -> str:
    """Return a dot with its bar on a line from -reach to reach, no change in its middle."""
    value, low, high = ((part / reach + 1) / 2 if reach else 0.5 for part in (value, low, high))
    inside = f"{_rail()}{_upright(0.5, 'zero')}{_interval(low, high)}{_circle(value)}"
    return _picture("dot", inside)


def times(points: Iterable[tuple[float, float, float]], reach: float) -> str:
    """Return two dots with their bars, joined: the usual time, and the one rarely exceeded."""
    typical, rare = ([part / reach if reach else 0.0 for part in point] for point in points)
    inside = (
        f'{_rail()}<line class="between" x1="{_at(typical[0])}" x2="{_at(rare[0])}" '
        f'y1="50%" y2="50%"/>{_interval(*typical[1:])}{_interval(*rare[1:])}'
        f"{_circle(typical[0])}{_circle(rare[0], 'rare')}"
    )
    return _picture("dot", inside)


def bar(parts: Iterable[tuple[str, float]]) -> str:
    """Return a bar made of parts: (class, share of the whole)."""
    pieces: list[str] = []
    start = 0.0
    for name, share in parts:
        if share > 0:
            pieces.append(
                f'<rect class="{name}" x="{_at(start)}" width="{_at(share)}" height="100%"/>'
            )
        start += share
    return _picture("bar", "".join(pieces))


def _picture(name: str, inside: str) -> str:
    return f'<svg class="{name}" aria-hidden="true" focusable="false">{inside}</svg>'


def _rail() -> str:
    return '<line class="rail" x1="0" x2="100%" y1="50%" y2="50%"/>'


def _upright(place: float, name: str) -> str:
    return f'<line class="{name}" x1="{_at(place)}" x2="{_at(place)}" y1="0" y2="100%"/>'


def _interval(low: float, high: float) -> str:
    return f'<line class="interval" x1="{_at(low)}" x2="{_at(high)}" y1="50%" y2="50%"/>'


def _circle(place: float, name: str = "value") -> str:
    return f'<circle class="{name}" cx="{_at(place)}" cy="50%" r="5"/>'


def _at(share: float) -> str:
    """Return a share of the picture's size, kept inside of it."""
    return f"{round(min(max(share, 0.0), 1.0) * 100, 2):g}%"
