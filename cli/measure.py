"""`onrecord eval run`: every question of a set is asked, and what came of it is counted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import Config, Debug, Store, read_settings
from cli.edge import INTERRUPTED, PARTLY, error_line, printable, stoppable
from cli.files import check_writable
from cli.progress import progress_shown
from corpus.counts import counted
from corpus.errors import UsageError
from corpus.files import write_whole

if TYPE_CHECKING:
    from corpus.archive import Archive
    from qa.assistant import Assistant
    from qa.evaluation.runs.compare import Comparison
    from qa.evaluation.runs.floors import Floors
    from qa.evaluation.runs.results import Results
    from qa.evaluation.sets.questions import QuestionSet
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
GateFile = Annotated[
    Path | None,
    typer.Option("--gate", metavar="FILE", help="Fail (1) where a figure misses its floor (TOML)."),
]
Pin = Annotated[bool, typer.Option("--pin", help="Write the floors of --gate; they only rise.")]
Lower = Annotated[bool, typer.Option("--lower", help="Let --pin lower floors as well.")]
EarlierFile = Annotated[
    Path | None,
    typer.Option("--compare", metavar="FILE", help="Say what changed since an earlier --json."),
]
TrecFolder = Annotated[
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
    html_file: HtmlFile = None,
    gate_file: GateFile = None,
    pin: Pin = False,
    lower: Lower = False,
    earlier_file: EarlierFile = None,
    trec_folder: TrecFolder = None,
    limit: Limit = None,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Ask every question of a set and say how far the answers can be trusted.

    Each figure comes with its 95 % interval and the number of questions behind it. The exit code is
    1 where the gate is missed, 3 where some questions could not be asked or lines of the set are
    wrong: these are named, and the others measured.

    For example: onrecord eval run questions.jsonl --json today.json --html today.html
    """
    _check_call(context, gate_file, pin=pin, lower=lower)
    for path in filter(None, (json_file, html_file, gate_file if pin else None)):
        check_writable(path)
    earlier, floors = _earlier(earlier_file), _floors(gate_file, pin=pin)
    part = json_file and json_file.with_name(f"{json_file.name}.part")
    report = _measured(questions, read_settings(config, store), limit, part)
    results = _results(report)
    comparison = _comparison(report, results, earlier)
    _write(report, json_file, html_file, trec_folder)
    if part:
        part.unlink(missing_ok=True)
    _show(report, comparison)
    holds = not gate_file or _gate(results, gate_file, floors, pin=pin, lower=lower)
    failed = _failures(questions, report["rows"]) or report["left_out"]
    if failed or not holds:
        raise typer.Exit(PARTLY if holds else MISSED)


def _check_call(context: typer.Context, gate: Path | None, *, pin: bool, lower: bool) -> None:
    if pin and gate is None:
        context.fail("--pin needs --gate FILE, which it writes")
    if lower and not pin:
        context.fail("--lower belongs to --pin")


def _earlier(path: Path | None) -> Results | None:
    from qa.evaluation.runs.results import read_results

    return read_results(path) if path else None


def _floors(path: Path | None, *, pin: bool) -> Floors | None:
    """Return the floors pinned so far; where they are to be pinned there need be none."""
    from qa.evaluation.runs.floors import read_floors

    return read_floors(path) if path and (path.exists() or not pin) else None


def _measured(
    path: Path, settings: Settings, limit: int | None, part: Path | None
) -> dict[str, Any]:
    """Return the report of a run; ends the command where it was stopped."""
    # heavy rooms are imported where they are used, so that --help starts at once
    from index.schema import open_archive
    from qa.assemble import open_assistant
    from qa.evaluation.runs.run import first_questions
    from qa.evaluation.sets.check import open_questions

    with open_archive(settings.store) as archive:
        asked, change = first_questions(open_questions(path, archive), limit), archive.change
        _say_problems(asked)
        report = _asked(asked, open_assistant(settings.store, settings), archive, part)
        if archive.change != change:
            raise UsageError("the store was changed while it was measured; run again")
        return report


def _say_problems(asked: QuestionSet) -> None:
    """Name what is wrong with lines that are left out, and how many remarks there are."""
    errors = [problem for problem in asked.problems if problem.is_error]
    for problem in errors:
        error_line(printable(problem.shown(asked.path)))
    if errors:
        lines = counted(len({problem.line for problem in errors}), "line")
        error_line(
            f"{asked.path}: {lines} left out, {counted(len(asked.queries), 'question')} asked"
        )
    if remarks := len(asked.problems) - len(errors):
        error_line(f"{asked.path}: {counted(remarks, 'remark')}; `onrecord eval check` names them")


def _asked(
    questions: QuestionSet, assistant: Assistant, archive: Archive, part: Path | None
) -> dict[str, Any]:
    from qa.evaluation.runs.journal import code_sha256, open_journal
    from qa.evaluation.runs.run import data_of
    from qa.evaluation.runs.run import run as run_on
    from qa.evaluation.runs.summary import key_of, report_of

    data, settings = data_of(archive), assistant.settings
    key = key_of(questions, data, settings) | {"code": code_sha256()}
    with (
        open_journal(part, key) as journal,
        stoppable("question") as stopped,
        progress_shown(noun="question") as progress,
    ):
        if journal.resumed:
            error_line(f"{part}: going on after {counted(journal.resumed, 'question')}")
        rows = run_on(questions, assistant, archive, journal, progress, stopped)
    if rows is None:
        how = f"the same command goes on from {part}" if part else "with --json FILE it could go on"
        error_line(f"stopped after {counted(len(journal.rows), 'question')}; {how}")
        raise typer.Exit(INTERRUPTED)
    return report_of(questions, data, settings, rows, datetime.now(UTC).isoformat("T", "seconds"))


def _results(report: dict[str, Any]) -> Results:
    """Return the report as comparing and the gate read it."""
    from qa.evaluation.runs.results import Results

    return Results.from_json(json.dumps(report), "this run")


def _comparison(
    report: dict[str, Any], results: Results, earlier: Results | None
) -> Comparison | None:
    """Compare with an earlier run, if there is one; the report says so too."""
    from qa.evaluation.runs.compare import compare

    if earlier is None:
        return None
    comparison = compare(earlier, results)
    report["comparison"] = comparison.to_json()
    return comparison


def _write(
    report: dict[str, Any], json_file: Path | None, html_file: Path | None, trec: Path | None
) -> None:
    if json_file:
        write_whole(json_file, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    if html_file:
        from qa.evaluation.report import write_report

        write_report(report, html_file)
    if trec:
        from qa.evaluation.runs.trec import write_trec

        write_trec(report["rows"], trec)


def _show(report: dict[str, Any], comparison: Comparison | None) -> None:
    from cli.figures import comparison_lines, report_lines

    for line in report_lines(report):
        typer.echo(line)
    if comparison:
        typer.echo()
        for line in comparison_lines(comparison):
            typer.echo(line)


def _gate(results: Results, path: Path, floors: Floors | None, *, pin: bool, lower: bool) -> bool:
    """Pin the floors, or hold the results to them; return whether they hold."""
    from qa.evaluation.runs.floors import write_floors
    from qa.evaluation.runs.gate import check
    from qa.evaluation.runs.gate import pin as pinned
    from qa.evaluation.runs.summary import EXACT, PINNED

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
