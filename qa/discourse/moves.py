"""Follow-ups about the answer just given: who said that, when, what else, are you sure?

Such a follow-up asks nothing new of the collection. It is known by its words alone: with a content
word of its own ("what else did he say about oil?") it is a question like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from qa.answer import Answer, Conversation


class Move(StrEnum):
    """What a follow-up wants of the last answer."""

    SPEAKER = "speaker"
    DATE = "date"
    REASON = "reason"
    MORE = "more"
    PROOF = "proof"
    SOURCE = "source"
    STILL = "still"


@dataclass(frozen=True, slots=True)
class _Form:
    """Words that make a move: one of every group of `needs`, and else only `allows` and fillers."""

    move: Move
    needs: tuple[frozenset[str], ...]
    allows: frozenset[str] = frozenset()

    def is_met_by(self, said: frozenset[str]) -> bool:
        known = self.allows.union(_FILLERS, *self.needs)
        return said <= known and all(group & said for group in self.needs)


def _form(move: Move, *needs: str, allows: str = "") -> _Form:
    return _Form(move, tuple(frozenset(g.split()) for g in needs), frozenset(allows.split()))


_FILLERS = frozenset(
    "that this it so he she they those these them him her and but or ok okay well hm hmm yes no "
    "thanks please oh then exactly actually though again just a an the is was are were be been "
    "being did do does has have had can could would will you your me i we to of for from by about "
    "on in at there here quite very all not".split()
)
_SAY = (
    "say says said saying claim claims claimed report reports reported write writes wrote written "
    "state states stated announce announced mention mentioned estimate estimates estimated tell "
    "tells told speak speaking speaks quoted call called think thinks"
)
_SAID = "words word quote claim statement estimate figure number numbers source speaker opinion"
_OCCUR = "happen happened take took place occur occurred published"
_FORMS = (
    _form(Move.SPEAKER, "who whom whose", f"{_SAY} {_SAID} according"),
    _form(Move.DATE, "when", allows=f"{_SAY} {_OCCUR} since"),
    _form(Move.DATE, "what which", "date day year month", allows=f"{_SAY} {_OCCUR}"),
    _form(Move.DATE, "how", "old recent"),
    _form(Move.REASON, "why", allows=f"{_SAY} happen happened case reason decide decided"),
    _form(Move.REASON, "how", "come happen"),
    _form(Move.REASON, "what", "reason reasons cause caused", allows="happen"),
    _form(
        Move.MORE,
        "else more other others continue next further besides",
        allows=f"{_SAY} what which who where anything something anyone any some know show give "
        "find found go article articles source sources quotes evidence",
    ),
    _form(Move.MORE, "go keep carry", allows="going"),
    _form(
        Move.PROOF,
        "sure certain positive true correct right accurate reliable prove proof proven verify "
        "verified trust confirm confirmed disagree disagrees contradict contradicts seriously "
        "really confident fact",
        allows="how know who what anyone anybody anything absolutely any",
    ),
    _form(Move.PROOF, "how", "know"),
    _form(
        Move.SOURCE,
        "source sources article link url newspaper outlet paper publication page original story "
        "published printed publisher",
        allows=f"{_SAY} show open see read what which where who whole full text what's give get",
    ),
    _form(Move.SOURCE, "where", f"{_SAY} from come read find get got"),
    _form(
        Move.STILL,
        "still changed change now today nowadays latest newer current update updates updated "
        "outdated date",
        allows="true case right valid correct hold apply up since anything any what more recent "
        "what's how",
    ),
    _form(Move.STILL, "since", allows="what then"),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PEOPLE = frozenset("he she him her they them you".split())
MOST_WORDS = 9


def move_of(question: str, conversation: Conversation) -> Move | None:
    """Return what the question wants of the last answer; None if it asks something of its own."""
    said = [word.lower().replace("’", "'") for word in _WORD.findall(question)]
    if last_answer(conversation) is None or len(said) > MOST_WORDS:
        return None
    if "old" in said and not _PEOPLE.isdisjoint(said):  # asks for an age, not for a date
        return None
    return next((form.move for form in _FORMS if form.is_met_by(frozenset(said))), None)


def last_answer(conversation: Conversation) -> Answer | None:
    """Return the last turn's answer if it quoted something, else None."""
    last = conversation.turns[-1].answer if conversation.turns else None
    return last if last and last.status == "answered" and last.citations else None
