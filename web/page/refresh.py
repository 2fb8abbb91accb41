"""What an open page shows, checked again: what was removed or limited since is taken off it.

A page keeps its conversation for as long as it is open. As long as nothing changed in the store, to
find that out costs one look at the number of its changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.database import Sight
from index.chunk_index import Limits
from qa.answer import Citation, Conversation
from qa.messages.say import say
from web.page import limits, markup, panel
from web.page.banner import welcome
from web.page.offers import Assists, Offers
from web.page.source import source_of

NEWEST_SHOWN = 4

Picked = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page was sent last.

    Attributes:
        sight: What was seen of the store then; None before anything was.
        opened: What was picked that is open in the panel; None where nothing is.
    """

    sight: Sight | None = None
    opened: Picked | None = None


NOTHING_SHOWN = Shown()


class Refresh:
    """Brings one visitor's open page up to date."""

    def __init__(self, assistant: Assists, offers: Offers, note: str = "") -> None:
        """Check by what `assistant` sees; `note` is what the opening says to this visitor."""
        self._note = note
        self._assistant = assistant
        self._offers = offers

    def picked(
        self, held: Conversation, within: Limits, shown: Shown, picked: Picked
    ) -> dict[str, object]:
        """Return what each part shows after something was picked, or the page was come back to.

        Args:
            held: The conversation as the page shows it.
            within: What the search is limited to.
            shown: What the page was sent last.
            picked: The browser's word. "back" is no more than a look at what has changed; "busy"
                says that an answer is on its way, which brings all parts but the panel.
        """
        is_back = "back" in picked
        opened = shown.opened if is_back else picked
        # Who forgot what was sent (a server begun anew) does not know what is still there.
        if shown.sight == self._assistant.sight or not (is_back or shown.sight):
            if is_back:
                return {}
            source = source_of(picked, held, self._assistant)
            return {"source": source, "shown": replace(shown, opened=picked)}
        changes = self.stale(held, within, replace(shown, opened=opened))
        return {"source": changes["source"]} if "busy" in picked else changes

    def stale(self, held: Conversation, within: Limits, shown: Shown) -> dict[str, object]:
        """Return what each part shows now; nothing where nothing changed since it was sent."""
        sight = self._assistant.sight
        if shown.sight == sight:
            return {}
        fresh = self._assistant.current(held)
        opened = _same(shown.opened, held, fresh)
        known = list(self._assistant.publishers())
        if within.publisher not in known:
            within = replace(within, publisher=None)
        changes: dict[str, object] = {
            "held": fresh,
            "last": None,
            "further": "",
            "within": within,
            "limits": limits.bar(within, known),
            "source": self._panel(fresh, opened),
            "shown": Shown(sight, opened),
        }
        talk = self.talk(fresh)
        # Drawn anew only where it is another, as that moves the reader.
        return changes if fresh.turns and talk == self.talk(held) else changes | {"talk": talk}

    def talk(self, held: Conversation) -> str:
        """Return the turns, or the opening where there are none."""
        if held.turns:
            return markup.turns(held, judging=self._offers.judges is not None)
        newest, sample = self._assistant.newest(NEWEST_SHOWN), self._offers.is_sample
        return welcome(self._offers.examples(), newest, self._note, warning=sample)

    def _panel(self, held: Conversation, opened: Picked | None) -> str:
        if opened is None:
            return panel.note(say("source.empty"))
        return source_of(opened, held, self._assistant)


def _same(picked: Picked | None, held: Conversation, fresh: Conversation) -> Picked | None:
    """Return what names in `fresh` the citation that was picked in `held`; -1 where it is gone."""
    if picked is None or "at" in picked:
        return picked
    turn, cite = picked.get("turn"), picked.get("cite")
    wanted = _cited(held, turn, cite)
    if wanted is None or not isinstance(turn, int):
        return picked
    answer = fresh.turns[turn].answer
    places = [_place(citation) for citation in panel.shown(answer)] if answer else []
    there = _place(wanted) in places
    return {"turn": turn, "cite": places.index(_place(wanted)) if there else -1}


def _cited(held: Conversation, turn: object, cite: object) -> Citation | None:
    if not (isinstance(turn, int) and 0 <= turn < len(held.turns)):
        return None
    answer = held.turns[turn].answer
    cited = panel.shown(answer) if answer else ()
    return cited[cite] if isinstance(cite, int) and 0 <= cite < len(cited) else None


def _place(citation: Citation) -> tuple[object, ...]:
    return citation.article_id, citation.version, citation.sha256, citation.span
