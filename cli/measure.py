"""`onrecord eval run`: every question of a set is asked, and what came of it is counted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.common import Config, Debug, Store, counted, read_settings
from cli.edge import INTERRUPTED, PARTLY, error_line, stoppable
from cli.files import check_writable, write_whole
from cli.progress import progress_shown

if TYPE_CHECKING:
    from qa.evaluation.floors import Floors
    from qa.evaluation.results import Results
    from qa.settings import Settings

MISSED = 1

Questions = Annotated[
    Path, typer.Argument(metavar="QUESTIONS", help="The question set: .jsonl or .csv.")
]
JsonFile = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", help="Write figures and rows; a run broken off goes on from it."
    ),
]
HtmlFile = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a report to look at.")
]
Gate = Annotated[
    Path | None,
    typer.Option("--gate", metavar="FILE", help="Fail (1) where a figure misses its floor (TOML)."),
]
Pin = Annotated[bool, typer.Option("--pin", help="Write the floors of --gate; they only rise.")]
Lower = Annotated[bool, typer.Option("--lower", help="Let --pin lower floors as well.")]
Compare = Annotated[
    Path | None,
    typer.Option("--compare", metavar="FILE", help="Say what changed since an earlier --json."),
]
Trec = Annotated[
    Path | None,
    typer.Option("--trec", metavar="FOLDER", help="Write runs and qrels as TREC files."),
]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="Ask the first N questions only.")
]


def run(
    context: typer.Context,
    questions: Questions,
    json_file: JsonFile = None,
    html: HtmlFile = None,
    gate: Gate = None,
    pin: Pin = False,
    lower: Lower = False,
    compare: Compare = None,
    trec: Trec = None,
    limit: Limit = None,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Ask every question of a set and say how far the answers can be trusted.

    Each figure comes with its 95 % interval and the number of questions behind it. The exit code is
    1 where the gate is missed, 3 where some questions could not be asked.

    For example: onrecord eval run questions.jsonl --json today.json --html today.html
    """
    _check_call(context, gate, pin=pin, lower=lower)
    for path in filter(None, (json_file, html, gate if pin else None)):
        check_writable(path)
    from qa.evaluation.floors import read_floors
    from qa.evaluation.results import read_results

    earlier = read_results(compare) if compare else None
    floors = read_floors(gate) if gate and (gate.exists() or not pin) else None
    part = json_file.with_name(f"{json_file.name}.part") if json_file else None
    report = _measured(questions, read_settings(config, store), limit, part)
    results = _written(report, json_file, part, html, trec)
    _show(report, results, earlier)
    holds = gate is None or _gate(results, gate, floors, pin=pin, lower=lower)
    failed = _failures(questions, report["rows"])
    if not holds or failed:
        raise typer.Exit(PARTLY if holds else MISSED)


def _check_call(context: typer.Context, gate: Path | None, *, pin: bool, lower: bool) -> None:
    if pin and gate is None:
        context.fail("--pin needs --gate FILE, which it writes")
    if lower and not pin:
        context.fail("--lower belongs to --pin")


def _measured(
    path: Path, settings: Settings, limit: int | None, part: Path | None
) -> dict[str, Any]:
    """Return the report of a run; ends the command where it was stopped."""
    # heavy rooms are imported where they are used, so that --help starts at once
    from index.schema import open_archive
    from qa.assemble import open_assistant
    from qa.evaluation.check_set import open_questions
    from qa.evaluation.journal import open_journal
    from qa.evaluation.run import data_of, first_questions
    from qa.evaluation.run import run as run_on
    from qa.evaluation.summary import key_of, report_of

    with open_archive(settings.store) as archive:
        asked = first_questions(open_questions(path, archive), limit)
        assistant, data = open_assistant(settings.store, settings), data_of(archive)
        with (
            open_journal(part, key_of(asked, data, assistant.settings)) as journal,
            stoppable("question") as stopped,
            progress_shown("question") as progress,
        ):
            if journal.resumed:
                error_line(f"{part}: going on after {counted(journal.resumed, 'question')}")
            rows = run_on(asked, assistant, archive, journal, progress, stopped)
        if rows is None:
            _stopped(len(journal.rows), part)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        return report_of(asked, data, assistant.settings, rows, made)


def _stopped(done: int, part: Path | None) -> NoReturn:
    how = f"the same command goes on from {part}" if part else "with --json FILE it could go on"
    error_line(f"stopped after {counted(done, 'question')}; {how}")
    raise typer.Exit(INTERRUPTED)


def _written(
    report: dict[str, Any],
    json_file: Path | None,
    part: Path | None,
    html: Path | None,
    trec: Path | None,
) -> Results:
    """Write what was asked for, and return the report as comparing and the gate read it."""
    from qa.evaluation.results import Results

    content = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    if json_file and part:
        write_whole(json_file, content)
        part.unlink(missing_ok=True)
    if html:
        from qa.evaluation.report import write_report

        write_report(report, html)
    if trec:
        from qa.evaluation.trec import write_trec

        write_trec(report["rows"], trec)
    return Results.from_json(content.encode("utf-8", "backslashreplace"), "this run")


def _show(report: dict[str, Any], results: Results, earlier: Results | None) -> None:
    from cli.figures import comparison_lines, report_lines
    from qa.evaluation.compare import compare

    _print(report_lines(report))
    if earlier:
        typer.echo()
        _print(comparison_lines(compare(earlier, results)))


def _gate(results: Results, path: Path, floors: Floors | None, *, pin: bool, lower: bool) -> bool:
    """Pin the floors, or hold the results to them; return whether they hold."""
    from qa.evaluation.floors import write_floors
    from qa.evaluation.gate import check
    from qa.evaluation.gate import pin as pinned
    from qa.evaluation.summary import EXACT, PINNED

    typer.echo()
    if pin or floors is None:
        names = [figure.name for figure in results.figures if figure.name in PINNED]
        new = pinned(results, names, floors, exact=EXACT, lower=lower)
        write_floors(path, new)
        typer.echo(f"{path}: pinned {counted(len(new.floors), 'figure')}")
        return True
    verdict = check(results, floors)
    for note in verdict.notes:
        error_line(f"{path}: note: {note}")
    for failure in verdict.failures:
        error_line(f"{path}: {failure}")
    if verdict.passed:
        typer.echo(f"{path}: all {counted(len(floors.floors), 'figure')} hold")
    return verdict.passed


def _failures(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Say which questions could not be asked; return how many."""
    failed = [row for row in rows if row["outcome"] == "failed"]
    for row in failed:
        error_line(f"{path}:{row['line']}: {row['id']} could not be asked: {row['error']}")
    return len(failed)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
