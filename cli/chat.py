"""`onrecord chat`: the conversation in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import Config, Debug, Store, read_settings, text_width
from cli.conversations import listing
from cli.edge import error_line, printable
from cli.progress import steps_shown
from corpus.errors import ItemError, OnRecordError, QuestionError, UsageError

if TYPE_CHECKING:
    from qa.answer import Answer, Conversation
    from qa.conversations.store import Conversations

HELP = """\
Ask in plain words; a follow-up may lean on the question before.
/without TERM ask the last question again without a term carried over to it
/everything   ask the last question again, of all articles
/sources      where the quotes of the last answer stand
/list         the conversations that are kept
/open ID      go on with one of them
/rename NAME  give this one another name
/delete       delete this one
/new          begin another
/quit         leave (so does Ctrl-D)"""
_QUIT = ("/quit", "quit", "exit")

Ask = Callable[[str, "Conversation", tuple[str, ...], bool], "Answer"]


def chat(
    conversation: Annotated[
        str | None, typer.Option(metavar="ID", help="Go on with a conversation that is kept.")
    ] = None,
    no_save: Annotated[
        bool, typer.Option("--no-save", help="Keep nothing of what is said.")
    ] = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Talk with the store in the terminal; follow-up questions are understood.

    What is said is kept (see `onrecord conversations`), unless --no-save is given.

    For example: onrecord chat --store data
    """
    if conversation and no_save:
        raise UsageError("contradictory: --conversation goes on with one that is kept")
    settings = read_settings(config, store)
    from qa.assemble import open_assistant

    assistant = open_assistant(settings.store, settings)

    def ask(
        question: str, conversation: Conversation, without: tuple[str, ...], everything: bool
    ) -> Answer:
        with steps_shown() as progress:
            return assistant.ask(
                question,
                conversation=conversation,
                without=without,
                everything=everything,
                progress=progress,
            )

    with _kept(None if no_save else settings.store) as kept:
        if kept and kept.readonly:
            error_line(f"nothing of this is kept: {kept.path} cannot be written here")
        talk = _Talk(ask, kept, assistant.current)
        if conversation:
            talk.reopen(conversation)
        _converse(talk)


@contextmanager
def _kept(store: Path | None) -> Iterator[Conversations | None]:
    if store is None:
        yield None
        return
    from index.schema import open_archive
    from qa.conversations.store import Conversations

    with open_archive(store) as archive, Conversations(archive) as kept:
        yield kept


def _converse(talk: _Talk) -> None:
    with suppress(ImportError):
        import readline  # noqa: F401  # line editing and history, where Python has it
    if sys.stdin.isatty():
        typer.echo(HELP)
    while (line := _read_line()) is not None and line not in _QUIT:
        talk.take(line)


def _read_line() -> str | None:
    """Return the next line without surrounding blanks, or None at the end."""
    try:
        return input("\n> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None


class _Talk:
    """The conversation under way, and what can be done with it."""

    def __init__(
        self,
        ask: Ask,
        kept: Conversations | None,
        current: Callable[[Conversation], Conversation],
    ) -> None:
        from qa.answer import Conversation
        from qa.conversations.store import LOCAL_USER

        self._ask = ask
        self._kept = kept
        self._current = current
        self._user = LOCAL_USER
        self._none = Conversation()
        self._conversation = self._none
        self._id: str | None = None

    def take(self, line: str) -> None:
        """Do what a line says: a question, or a command that begins with a slash."""
        try:
            self._conversation = self._current(self._conversation)
            if line.startswith("/") or line == "help":
                self._command(line)
            elif line:
                self._question(line)
        except QuestionError as error:  # says why in words; the conversation goes on
            error_line(str(error))

    def _command(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        commands: dict[str, Callable[[], None]] = {
            "/new": self._begin_anew,
            "/everything": self._again_of_everything,
            "/sources": self._sources,
            "/list": self._list,
            "/delete": self._delete,
        }
        if rest:
            commands = {
                "/open": lambda: self.reopen(rest.strip()),
                "/rename": lambda: self._rename(rest),
                "/without": lambda: self._again_without(rest.strip()),
            }
        try:
            commands.get(command, lambda: typer.echo(HELP))()
        except OnRecordError as error:
            error_line(str(error))

    def _question(self, question: str) -> None:
        self._answer(question, self._conversation)

    def _again_without(self, term: str) -> None:
        """Ask the last question again without a term that was carried over to it."""
        last = self._conversation.turns[-1] if self._conversation.turns else None
        carried = last.answer.carried if last and last.answer else ()
        wanted = next((each for each in carried if each.casefold() == term.casefold()), None)
        if last is None or wanted is None:
            said = f"carried over: {', '.join(carried)}" if carried else "nothing was carried over"
            raise UsageError(f"{term!r} was not carried over to the last question; {said}")
        before = self._conversation.before(len(self._conversation.turns) - 1)
        self._answer(last.question, before, (*last.without, wanted))

    def _again_of_everything(self) -> None:
        """Ask the last question again without the limits that it states."""
        if not self._conversation.turns:
            raise UsageError("nothing has been asked yet")
        last = self._conversation.turns[-1]
        before = self._conversation.before(len(self._conversation.turns) - 1)
        self._answer(last.question, before, last.without, everything=True)

    def _answer(
        self,
        question: str,
        before: Conversation,
        without: tuple[str, ...] = (),
        *,
        everything: bool = False,
    ) -> None:
        from qa.answer import Turn
        from qa.render import to_text

        answer = self._ask(question, before, without, everything)
        typer.echo(to_text(answer, text_width()))
        turn = Turn(question, answer.standalone, answer, without=without, everything=everything)
        self._conversation = self._conversation.with_turn(turn)
        if self._kept is None or self._kept.readonly:
            return
        try:
            self._id = self._id or self._kept.start(self._user, question)
            self._kept.append(self._user, self._id, turn)
        except OnRecordError as error:  # answering goes on, on a full disk as well
            error_line(f"this was not kept: {error}")

    def reopen(self, id: str) -> None:  # noqa: A002
        """Go on with a conversation that is kept; its last turn is shown."""
        from qa.render import to_text

        reopened = self._store.open(self._user, id)
        self._id, self._conversation = id, reopened.conversation
        typer.echo(listing(reopened.summary))
        for error in reopened.left_out:
            error_line(str(error))
        for timed in reopened.turns[-1:]:
            typer.echo(f"\n> {printable(timed.turn.question)}")
            if timed.turn.answer:
                typer.echo(to_text(timed.turn.answer, text_width()))

    @property
    def _store(self) -> Conversations:
        if self._kept is None:
            raise UsageError("nothing is kept here (--no-save)")
        return self._kept

    def _begin_anew(self) -> None:
        self._id, self._conversation = None, self._none

    def _list(self) -> None:
        found = self._store.listed(self._user)
        for entry in found:
            if isinstance(entry, ItemError):
                error_line(str(entry))
            else:
                typer.echo(listing(entry))
        if not found:
            typer.echo("no conversation is kept yet")

    def _rename(self, name: str) -> None:
        name = self._store.rename(self._user, self._own_id(), name)
        typer.echo(printable(f"this is now: {name}"))

    def _delete(self) -> None:
        self._store.delete(self._user, self._own_id())
        typer.echo(f"deleted {self._id}")
        self._begin_anew()

    def _own_id(self) -> str:
        if self._id is None:
            raise UsageError("nothing of this conversation is kept yet")
        return self._id

    def _sources(self) -> None:
        turns = self._conversation.turns
        last = turns[-1].answer if turns else None
        if last is None:
            typer.echo("nothing has been asked yet")
            return
        for citation in last.citations or last.nearest:
            place = f"{citation.article_id}, version {citation.version}, characters"
            typer.echo(f"{citation.title or 'untitled'}  {citation.url or ''}")
            typer.echo(f"  {place} {citation.span.start}-{citation.span.end}")
            typer.echo(f"  sha256 {citation.sha256}")
