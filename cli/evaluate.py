"""`onrecord eval`: question sets, and how far the answers can be trusted on them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import AsJson, Config, Debug, Store, read_settings
from cli.edge import ALL_REFUSED, PARTLY, error_line, printable
from cli.files import write_new
from cli.follow_ups import follow_ups
from cli.measure import Questions, run
from cli.quote_check import quotes
from corpus.counts import counted
from corpus.errors import UsageError

if TYPE_CHECKING:
    from qa.evaluation.sets.questions import QuestionSet
    from qa.evaluation.sets.records import Problem

USAGE = UsageError.exit_code

NewFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The file to write; it must not exist yet.")
]

evaluate = typer.Typer(rich_markup_mode=None)
evaluate.command()(run)
evaluate.command()(quotes)
evaluate.command()(follow_ups)


@evaluate.callback()
def group() -> None:
    """Measure how far the answers can be trusted, on questions of your own."""


@evaluate.command()
def init(
    file: NewFile = Path("questions.jsonl"),
    count: Annotated[int, typer.Option(min=1, max=1000, help="Questions to prepare.")] = 12,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Write a question set to start from: sentences of your articles, questions left to word.

    For example: onrecord eval init questions.jsonl
    """
    from index.schema import open_archive
    from qa.evaluation.sets.starter import starter_lines

    with open_archive(read_settings(config, store).store) as archive:
        lines = list(starter_lines(archive, count))
    write_new(file, lines)
    typer.echo(f"{file}: word the questions, then `onrecord eval check {file}`")


@evaluate.command()
def check(
    questions: Questions,
    as_json: AsJson = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Check a question set against the store: line and field of whatever is wrong.

    Where there is an error the exit code is 2; remarks are no errors.

    For example: onrecord eval check questions.jsonl
    """
    from index.schema import open_archive
    from qa.evaluation.sets.check import check as check_against
    from qa.evaluation.sets.questions import read_questions

    read = read_questions(questions)
    with open_archive(read_settings(config, store).store) as archive:
        problems = check_against(read, archive)
    sound = not any(problem.is_error for problem in problems)
    if as_json:
        found = [asdict(problem) for problem in problems]
        typer.echo(json.dumps({"sound": sound, "problems": found}, ensure_ascii=False))
    else:
        _show(read, problems)
    if not sound:
        raise typer.Exit(USAGE)


@evaluate.command()
def from_feedback(
    file: NewFile = Path("feedback.jsonl"),
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Turn what readers said of the answers into a question set, with what is left to complete.

    For example: onrecord eval from-feedback feedback.jsonl
    """
    from index.schema import open_archive
    from qa.evaluation.sets.feedback import Feedback, read_feedback
    from qa.evaluation.sets.judged import questions_from_feedback

    settings = read_settings(config, store)
    with open_archive(settings.store) as archive:
        read = read_feedback(settings.store)
        feedback = [judgement for judgement in read if isinstance(judgement, Feedback)]
        lines = list(questions_from_feedback(feedback, archive))
    if feedback:
        write_new(file, lines)
    typer.echo(f"{counted(len(feedback), 'judgement')} in {file if feedback else settings.store}")
    for damaged in read:
        if not isinstance(damaged, Feedback):
            error_line(str(damaged))
    if len(feedback) < len(read):
        raise typer.Exit(PARTLY if feedback else ALL_REFUSED)


def _show(read: QuestionSet, problems: Iterable[Problem]) -> None:
    for problem in problems:
        typer.echo(printable(problem.shown(read.path)))
    answerable = sum(query.answerable for query in read.queries)
    dialogues = len({query.conversation for query in read.queries} - {None})
    parts = (
        counted(len(read.queries), "question"),
        f"{answerable:,} answerable",
        f"{len(read.queries) - answerable:,} not",
        counted(dialogues, "dialogue"),
        counted(sum(problem.is_error for problem in problems), "error"),
        counted(sum(not problem.is_error for problem in problems), "remark"),
    )
    typer.echo(", ".join(parts))
