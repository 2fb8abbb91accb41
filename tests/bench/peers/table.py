"""The results as Markdown: a row a figure, a column a system, and how OnRecord stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rows import COSTS, KILLS, QUALITY, Record, Row

_SECTIONS = {"What is found": QUALITY, "What it takes": COSTS, "What a kill leaves": KILLS}


def table(results: Record, titles: Mapping[str, str]) -> str:
    """Return the whole table; `titles` names the systems measured, OnRecord among them or not."""
    systems = {name: results["systems"][name] for name in titles}
    lines = [
        f"{results['articles']:,} articles, {results['questions']:,} questions that they answer."
        f" Versions: {'; '.join(filter(None, map(_versions, systems.values())))}."
    ]
    for section, rows in _SECTIONS.items():
        lines += ["", *_section(section, rows, systems, titles)]
    lines += ["", *_leads(results, titles), *_left_out(results), *_undated(systems)]
    return "\n".join(lines).rstrip() + "\n"


def _versions(system: Record) -> str:
    return ", ".join(f"{name} {version}" for name, version in system["versions"].items())


def _section(
    section: str, rows: Sequence[Row], systems: Mapping[str, Record], titles: Mapping[str, str]
) -> Iterator[str]:
    yield f"| {section} | {' | '.join(titles.values())} | OnRecord is |"
    yield f"|---|{'---:|' * len(titles)}---|"
    for row in rows:
        best = max(map(row.order, systems.values()))
        cells = [
            f"**{row.text(system)}**"
            if row.better and row.order(system) == best
            else row.text(system)
            for system in systems.values()
        ]
        yield f"| {row.label} | {' | '.join(cells)} | {_standing(row, systems, titles)} |"


def _standing(row: Row, systems: Mapping[str, Record], titles: Mapping[str, str]) -> str:
    """Return whether OnRecord is ahead of the best peer in this row, and of whom it is behind."""
    peers = {name: system for name, system in systems.items() if name != "onrecord"}
    if row.better is None or not peers or "onrecord" not in systems:
        return ""
    ours = row.order(systems["onrecord"])
    ahead = [titles[name] for name, system in peers.items() if row.order(system) > ours]
    if ahead:
        return f"behind {', '.join(ahead)}"
    return "ahead" if all(row.order(system) < ours for system in peers.values()) else "level"


def _leads(results: Record, titles: Mapping[str, str]) -> Iterator[str]:
    labels = {row.path[1]: row.label for row in QUALITY}
    for measure, lead in results["differences"].items():
        yield (
            f"- {labels[measure]}: {lead['lead']:+.3f} against the best peer,"
            f" {titles[lead['peer']]} (95 % interval {lead['low']:+.3f} to {lead['high']:+.3f})"
        )


def _left_out(results: Record) -> Iterator[str]:
    for name, system in results["systems"].items():
        if "left_out" in system:
            yield f"- {name} could not be measured: {system['left_out']}"


def _undated(systems: Mapping[str, Record]) -> Iterator[str]:
    undated = systems.get("onrecord", {}).get("scores_undated")
    if undated:
        figures = (f"{row.label} {undated[row.path[1]]:.2f}" for row in QUALITY if row.better)
        yield f"- OnRecord not told the day of asking, as no peer is: {'; '.join(figures)}"
