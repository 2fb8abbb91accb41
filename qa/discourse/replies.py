"""What is said to a follow-up about the last answer; `qa.verify` checks it like any other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from corpus.archive import Archive
from corpus.article import day_of
from qa.answer import Answer, Citation, Conversation, Evidence
from qa.compose import differ, quote_of, same_short
from qa.discourse.moves import Move, shown_by
from qa.discourse.recall import (
    Place,
    Recalled,
    name_article,
    name_date,
    name_speaker,
    place_of,
    quoted,
    source_of,
)
from qa.messages.say import say

OTHERS_SHOWN = 3
_FINDERS = {
    Move.SPEAKER: name_speaker,
    Move.DATE: name_date,
    Move.SOURCE: name_article,
}


class Search(Protocol):
    """Searches the collection for a question."""

    def __call__(
        self, question: str, *, since: date | None = None, shown: Collection[str] = ()
    ) -> list[Evidence]:
        """Return the best sentences, best first.

        Args:
            question: A standalone one.
            since: The day before which nothing is found.
            shown: Quotes that are not found again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Replies:
    """Replies to follow-ups about answers.

    Attributes:
        archive: Where the quotes stand.
        floor: The confidence, 0 to 1, below which a sentence is no answer.
    """

    archive: Archive
    floor: float

    def reply(
        self, move: Move, question: str, conversation: Conversation, search: Search
    ) -> Recalled | None:
        """Return what answers the follow-up, or None where there is nothing to quote.

        Args:
            move: What it wants.
            question: The last question as understood, which was answered.
            conversation: Its last answer showed a quote.
            search: Searches the collection.
        """
        last = conversation.turns[-1].answer
        shown = shown_by(last) if last else ()
        place = place_of(self.archive, shown[0]) if shown else None
        if last is None or place is None:
            return None
        if move in _FINDERS:
            return _FINDERS[move](place, shown[0])
        if move is Move.PROOF:
            return self._proven(last, search(question))
        if move is Move.STILL:
            return self._still(last, question, search)
        known = set(_shown(conversation))
        return self._more(place, shown[0], known, search(question, shown=known))

    def _again(self, answer: Answer) -> list[Evidence]:
        """Return the answer's quotes as evidence again, those that are still stored.

        They answer the question no more surely than they did.
        """
        places = (place_of(self.archive, citation) for citation in answer.citations)
        return [
            replace(place.evidence(number), score=answer.confidence)
            for number, place in enumerate(filter(None, places), 1)
        ]

    def _proven(self, last: Answer, found: Sequence[Evidence]) -> Recalled:
        """Return the quotes once more, then what says the same and what says otherwise."""
        again = self._again(last)
        known = {quote_of(item) for item in again}
        others = [f for f in found if f.score >= self.floor and quote_of(f) not in known]
        against = [f for f in others if differ(f, again[0])][:OTHERS_SHOWN]
        agreeing = [f for f in others if same_short(f, again[0])][:OTHERS_SHOWN]
        note = " ".join([say("note.checked"), *_in_words(agreeing, against)])
        return quoted(_numbered([*again, *against, *agreeing]), last.short, note)

    def _more(
        self, place: Place, citation: Citation, known: Collection[str], found: Sequence[Evidence]
    ) -> Recalled | None:
        """Return what else answers the question, then how the article goes on after the quote."""
        more = [item for item in found if item.score >= self.floor][:OTHERS_SHOWN]
        known = {*known, *map(quote_of, more)}
        following = [p for p in place.following() if p.quote.of(p.version.text) not in known]
        goes_on = [p.evidence(1) for p in following[: OTHERS_SHOWN - len(more)]]
        if not more and not goes_on:
            return None
        note = "" if more else say("note.goes_on", source=source_of(citation))
        return quoted(_numbered([*more, *goes_on]), None, note)

    def _still(self, last: Answer, question: str, search: Search) -> Recalled:
        """Return what is newer than the last quote, else the quote with its date."""
        citation = last.citations[0]
        day = day_of(citation.published)
        found = search(question, since=day + timedelta(days=1)) if day else []
        newer = [item for item in found if item.score >= self.floor][:OTHERS_SHOWN]
        source = source_of(citation)
        if newer:
            return quoted(_numbered(newer), None, say("note.newer", source=source))
        return quoted(self._again(last), last.short, say("note.nothing_newer", source=source))


def _shown(conversation: Conversation) -> Iterator[str]:
    for turn in conversation.turns:
        if turn.answer:
            yield from (citation.quote for citation in turn.answer.citations)


def _numbered(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [replace(item, number=number) for number, item in enumerate(evidence, 1)]


def _in_words(agreeing: Sequence[Evidence], against: Sequence[Evidence]) -> Iterator[str]:
    if against:
        yield say("note.against", sentences=say("count.sentences", count=len(against)))
    if agreeing:
        yield say("note.agreeing", sentences=say("count.other_sentences", count=len(agreeing)))
    if not agreeing and not against:
        yield say("note.alone")
