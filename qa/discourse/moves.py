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
    "being did do does doing done has have had can could would will you your me i we to of for from by about "
    "on in at there here quite very all not".split()
)
_SAY = (
    "say says said saying claim claims claimed report reports reported state states stated announce "
    "announced mention mentioned estimate estimates estimated tell tells told speak speaking speaks "
    "quoted call called think thinks believe believes believed reckon reckons confirm confirms "
    "confirmed reveal revealed disclosed calculated counted measured"
)
_SAID = "words word quote claim statement estimate figure number numbers source speaker opinion view"
_WRITE = "write writes wrote written author authors byline reporter journalist wrote"
_TEXT = "article report story piece text quote statement"
_OCCUR = "happen happened take took place occur occurred published printed posted come came out"
_EXTENT = "so many much few little high low long big small difference late early"
_FORMS = (
    _form(Move.SOURCE, "who whose", _WRITE, allows=_TEXT),
    _form(Move.SPEAKER, "who whom whose", f"{_SAY} {_SAID} according", allows="first"),
    _form(Move.DATE, "when", allows=f"{_SAY} {_OCCUR} {_TEXT} {_WRITE} since"),
    _form(Move.DATE, "what which", "date day year month", allows=f"{_SAY} {_OCCUR} {_TEXT}"),
    _form(Move.DATE, "date dated", allows=_TEXT),
    _form(Move.DATE, "how", "old recent ago", allows=f"{_TEXT} long"),
    _form(
        Move.REASON, "why", allows=f"{_SAY} {_EXTENT} happen happened case reason decide decided"
    ),
    _form(Move.REASON, "how", "come happen"),
    _form(Move.REASON, "what", "reason reasons cause caused", allows="happen"),
    _form(
        Move.MORE,
        "else more other others continue next further besides details elaborate expand",
        allows=f"{_SAY} what which which where who anything something anyone any some know show give "
        "find found go article articles source sources quotes evidence information",
    ),
    _form(Move.MORE, "go keep carry", allows="going"),
    _form(
        Move.PROOF,
        "sure certain positive true correct right accurate reliable prove proof proven verify "
        "verified trust confirm confirmed disagree disagrees contradict contradicts seriously "
        "really confident fact evidence basis check dispute disputes disputed deny denies",
        allows="how know who what anyone anybody anything absolutely any got show double where",
    ),
    _form(Move.PROOF, "how", "know"),
    _form(
        Move.SOURCE,
        "source sources article link url newspaper outlet paper publication page original story "
        "published printed publisher author byline website",
        allows=f"{_SAY} {_WRITE} show open see read what which where who whole full text get give",
    ),
    _form(Move.SOURCE, "where", f"{_SAY} {_WRITE} from come read find get got"),
    _form(
        Move.STILL,
        "still changed change changes now today nowadays latest newer current update updates "
        "updated outdated date anymore",
        allows="true case right valid correct hold apply up since anything any what more recent "
        "how out longer no",
    ),
    _form(Move.STILL, "since", allows="what then"),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
# "what's" is "what is", which is a filler; so is what is left of "isn't".
_CLITIC = re.compile(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))(?!\w)")
_PEOPLE = frozenset("he she him her they them you".split())
# "How old is she?" asks for no date, and "where is he from?" for no source.
_OF_PEOPLE = frozenset("old from".split())
MOST_WORDS = 9


def move_of(question: str, conversation: Conversation) -> Move | None:
    """Return what the question wants of the last answer; None if it asks something of its own."""
    said = _WORD.findall(_CLITIC.sub("", question.lower()))
    if last_answer(conversation) is None or len(said) > MOST_WORDS:
        return None
    if _OF_PEOPLE.intersection(said) and _PEOPLE.intersection(said):
        return None
    return next((form.move for form in _FORMS if form.is_met_by(frozenset(said))), None)


def last_answer(conversation: Conversation) -> Answer | None:
    """Return the last turn's answer if it quoted something, else None."""
    last = conversation.turns[-1].answer if conversation.turns else None
    return last if last and last.status == "answered" and last.citations else None
