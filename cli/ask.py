"""`onrecord ask`: one question, or a file of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from cli.common import (
    Asked,
    Config,
    Debug,
    Everything,
    Publisher,
    Since,
    Store,
    Until,
    read_settings,
    text_width,
)
from cli.edge import ALL_REFUSED, PARTLY
from cli.progress import steps_shown
from corpus.errors import QuestionError

if TYPE_CHECKING:
    from index.chunk_index import Limits
    from qa.answer import Answer, Conversation, Turn
    from qa.assistant import Assistant
    from qa.history import Ask, Understand

NAMES_SHOWN = 3
PROOF_SUFFIXES = (".html", ".json")


def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    proof: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write a proof: .html or .json by its name."),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Answer a file of JSON lines; - is standard input."),
    ] = None,
    asked: Asked = None,
    publisher: Publisher = None,
    since: Since = None,
    until: Until = None,
    everything: Everything = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Ask a question; every quote in the answer is checked word for word.

    Declining is an answer too: where no sentence says so, the nearest ones are shown as such.

    For example: onrecord ask "How much has China lent Venezuela?"
    """
    _check_call(context, question, batch, proof)
    if since and until and since > until:
        context.fail(f"contradictory: --since {since} lies after --until {until}")
    settings = read_settings(config, store)
    with _opened(context, batch) as questions:
        # heavy rooms are imported where they are used, so that --help starts at once
        from qa.assemble import open_assistant

        assistant = open_assistant(settings.store, settings)
        limits = _limits(context, assistant, publisher, since, until)
        if questions is not None:
            ask_all = _asking(assistant, asked, limits, everything)
            _ask_all(questions, ask_all, _understanding(assistant, asked))
        elif question is not None:
            ask_one = partial(assistant.ask, asked=asked, limits=limits, everything=everything)
            _ask_one(ask_one, question, as_json=as_json, proof=proof)


def _limits(
    context: typer.Context,
    assistant: Assistant,
    publisher: str | None,
    since: date | None,
    until: date | None,
) -> Limits:
    from index.chunk_index import Limits

    newest = assistant.stats().newest if since else None
    if since and newest and since > newest:
        context.fail(f"contradictory: --since {since} lies after the newest article, of {newest}")
    if publisher is not None:
        known = list(assistant.publishers())
        named = {name.casefold(): name for name in known}.get(publisher.casefold())
        if named is None:
            context.fail(f"--publisher: no article from {publisher!r}; {nearest(publisher, known)}")
        publisher = named
    return Limits(publisher=publisher, since=since, until=until)


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a remark on the known names most like `name`, else on those that come first."""
    folded = {other.casefold(): other for other in known}
    alike = [folded[other] for other in folded if name.casefold() in other]
    alike += [folded[other] for other in get_close_matches(name.casefold(), folded, cutoff=0.5)]
    shown = list(dict.fromkeys(alike or known))[:NAMES_SHOWN]
    if not shown:
        return "no article here names its outlet"
    return f"{'the nearest' if alike else 'there are'}: {', '.join(map(repr, shown))}"


def _check_call(
    context: typer.Context, question: str | None, batch: Path | None, proof: Path | None
) -> None:
    if (question is None) == (batch is None):
        context.fail("give either a question or --batch FILE")
    if proof is None:
        return
    if batch is not None:
        context.fail("contradictory: --proof belongs to one question, not to --batch")
    if proof.suffix.lower() not in PROOF_SUFFIXES:
        context.fail(f"--proof: {proof} ends neither in .html nor in .json")
    if not proof.parent.is_dir() or proof.is_dir():
        context.fail(f"--proof: {proof} cannot be a file there")


def _ask_one(
    ask_one: Callable[..., Answer],
    question: str,
    *,
    as_json: bool,
    proof: Path | None,
) -> None:
    from qa.render import to_json, to_text

    try:
        with steps_shown() as progress:
            answer = ask_one(question, progress=progress)
    except QuestionError as error:
        if as_json:
            _print_json(_error_object(error))
        raise
    if proof is not None:
        from cli.proof import write_proof

        write_proof(answer, proof)
    if as_json:
        _print_json(to_json(answer))
    else:
        typer.echo(to_text(answer, text_width()))


def _error_object(error: QuestionError) -> dict[str, Any]:
    from cli.batch import error_object

    return error_object(None, error)


def _ask_all(questions: BinaryIO, ask: Ask, understand: Understand) -> None:
    from cli.batch import answer_lines

    done = refused = 0
    for result in answer_lines(questions, ask, understand):
        _print_json(result)
        done, refused = done + 1, refused + ("error" in result)
    if refused:
        raise typer.Exit(ALL_REFUSED if refused == done else PARTLY)


def _asking(
    assistant: Assistant, default_day: date | None, limits: Limits, everything: bool
) -> Ask:
    def ask_one(question: str, conversation: Conversation, asked: date | None) -> Answer:
        day = asked or default_day
        return assistant.ask(
            question, conversation=conversation, asked=day, limits=limits, everything=everything
        )

    return ask_one


def _understanding(assistant: Assistant, default_day: date | None) -> Understand:
    def understand(question: str, conversation: Conversation, asked: date | None) -> Turn:
        return assistant.understand(question, conversation, asked or default_day)

    return understand


def _opened(
    context: typer.Context, path: Path | None
) -> AbstractContextManager[BinaryIO] | nullcontext[None]:
    """Open the file of questions, if there is one; a usage error where it cannot be opened."""
    if path is None:
        return nullcontext()
    if str(path) == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return path.open("rb")
    except OSError as error:
        context.fail(f"--batch: {path}: {error.strerror}")


def _print_json(record: dict[str, Any]) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False))
