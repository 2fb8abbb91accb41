"""A follow-up becomes a question that stands by itself, by carrying over what it leaves unsaid."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.article import Span
from index.embed import Embedder, open_embedder
from qa.answer import Conversation
from qa.discourse.moves import Move, MoveModel, TrainedMoves, move_of
from qa.reader.lexicon import PLACES
from qa.reader.named import name_spans
from qa.reader.words import content_stems
from qa.resolve.phrases import Phrase, phrases_of
from qa.resolve.pronouns import open_slots
from qa.resolve.said import Said, said_before
from qa.resolve.terms import TermModel, open_terms
from qa.resolve.unclear import chosen, readings, unnamed, was_asked_back
from qa.resolve.wording import added, fitting, left_out, without_opening, worded

# No question of its own but a piece of one: "and Russia?", "what about arms?", "no, in 2016".
_INSTEAD = re.compile(
    r"(?:(?:and|or|but|no|ok(?:ay)?),?\s+)?(?:what|how)\s+about\s+(.+?)\s*\?*$"
    r"|(?:and|or|but|no),?\s+(?:i\s+meant?\s+)?(?!(?:who|what|which|where|when|why|how|whom|whose|"
    r"is|are|was|were|do|does|did|has|have|had|can|could|will|would|by|at|under)\b)(.+?)\s*\?*$"
    r"|((?:in|on|at|from|by|since|until|before|after|during|for|to|with)\s+(?:\S+\s*){1,4}?)\?*$",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"\b(?:the|that|this|those|these)\s+(?:two\s+)?[a-z]+\b|\b(?:others?|else|ones?)\b"
    r"|^(?:and|but|so)\b",
    re.IGNORECASE,
)
_AUXILIARY = r"(?:did|does|do|is|are|was|were|has|have|had|will|would|can)\b"
# "How many loans has China made": what follows the words that ask, and what they ask for.
_ASKS_WITH = re.compile(
    r"(?:(?:in|on|at|by|for|from|to)\s+)?(?:when|where|why|how(?:\s+many|\s+much)?|what|which)\b"
    rf"(?:\s+(?:year|month|day|date|time)\b)?(?P<noun>(?:\s+(?!{_AUXILIARY})\w+){{0,2}})"
    rf"\s+(?P<rest>{_AUXILIARY}\s.+)",
    re.IGNORECASE | re.DOTALL,
)
_ASKED = re.compile(r"when|where|why|how|since when|how long", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_PLACED = re.compile(
    r"(in|on|at|from|by|since|until|before|after|during|for|to|with)\s+(?!whom\b|what\b|which\b)",
    re.IGNORECASE,
)
MOST_WORDS_OF_A_PIECE = 5
# How likely a word must belong to a follow-up to be carried, by what the follow-up shows.
LEAST_FOR_PRONOUN = 0.35
LEAST_FOR_DEFINITE = 0.7
LEAST_OTHERWISE = 0.92
LEAST_FOR_SUBJECT = 0.98
TERMS_OF_A_SUBJECT = 6
LEAST_AT_ALL = 0.1
LEAST_FOR_TOPIC = 0.7
MOST_CARRIED = 2
# With a single term a question finds anything.
LEAST_TERMS_TO_READ = 2


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a question was understood as.

    Attributes:
        standalone: The question, standing by itself.
        carried: Names and terms that came from earlier turns.
        move: What it wants of the last answer, or None if it asks something of its own.
        choices: Standalone questions, where about equally likely ones could be meant.
        unnamed: A pronoun that stands for someone of whom nothing was said; or "".
        typed: The question as typed, if it leans on the conversation; else "".
        chosen: Whether it is one of the questions that were offered last.
    """

    standalone: str
    carried: tuple[str, ...] = ()
    move: Move | None = None
    choices: tuple[str, ...] = ()
    unnamed: str = ""
    typed: str = ""
    chosen: bool = False

    @property
    def leans(self) -> bool:
        """Return whether it asks on about what the conversation is about."""
        return bool(self.carried or self.move or self.typed)

    @property
    def goes_on(self) -> bool:
        """Return whether it cannot stand by itself, so that what limited the last one holds."""
        return self.leans or self.chosen

    @property
    def in_place(self) -> str:
        """Return the question as it is read in the articles that the conversation is about.

        There a pronoun and what is left out are understood, and a name that was put in their place
        could only be the wrong one.
        """
        says_enough = len(content_stems(self.typed)) >= LEAST_TERMS_TO_READ
        return self.typed if says_enough else self.standalone


class Resolver:
    """Resolves follow-ups by rules and by two models: of terms that belong to them, and of moves.

    Attributes:
        fingerprint: Of the models; what changes it may change answers.
    """

    def __init__(self, terms: TermModel, moves: MoveModel) -> None:
        self._terms = terms
        self._moves = moves
        self.fingerprint = f"{terms.fingerprint} {moves.fingerprint}"

    def resolve(
        self, question: str, conversation: Conversation, without: Collection[str] = ()
    ) -> Resolved:
        """Return the question as understood after the turns so far.

        "And Russia?" puts Russia where the last question had a name of its kind; in other
        questions what they leave unsaid is put in the place of their pronouns and at their end.

        Args:
            question: As typed.
            conversation: The turns before it.
            without: Carried terms that the user does not want carried.
        """
        said = said_before(conversation)
        if not said:
            return Resolved(question, unnamed=unnamed(question))
        if choice := chosen(question, conversation):
            return Resolved(choice, chosen=True)
        last = last_whole(conversation)
        if move := move_of(question, conversation, self._moves):
            return _less(_about_answer(move, question, last), without)
        if _is_bare(question):
            alone = Resolved(question) if _was_declined(conversation) else _piece(question, last)
            return _less(alone, without)
        if swapped := _substituted(question, last):
            return _less(swapped, without)
        found = [p for p in self._found(question, said) if p.text not in without]
        if not was_asked_back(conversation):
            if choices := readings(question, found, said):
                return Resolved(choices[0], choices=choices)
            if (pronoun := unnamed(question)) and not fitting("person", found):
                return Resolved(question, unnamed=pronoun)
        phrases = _most_likely(found, question)
        typed = without_opening(question) if phrases or _leans(question) else ""
        standalone = worded(question, phrases) if phrases else question
        return Resolved(standalone, tuple(p.text for p in phrases), typed=typed)

    def _found(self, question: str, said: Sequence[Said]) -> list[Phrase]:
        """Return what the question may leave unsaid, the likeliest first."""
        weighed = self._terms.weigh(question, said)
        known = frozenset(content_stems(question))
        found = phrases_of(said, weighed, _least(question), known)
        if not found and open_slots(question) and not name_spans(question):
            found = phrases_of(said, weighed, LEAST_AT_ALL, known)[:1]
        return found


def open_resolver(
    cache: Path | None = None, threads: int = 1, bundled: Embedder | None = None
) -> Resolver:
    """Return a resolver with the trained models; ModelError if one is missing or altered.

    Args:
        cache: Where the compiled models are kept; see `index.export.cache_folder`.
        threads: CPU threads that they use.
        bundled: The bundled embedder, if it is open already.
    """
    moves = TrainedMoves(bundled or open_embedder("bundled", cache, threads))
    return Resolver(open_terms(cache, threads), moves)


def _most_likely(found: Sequence[Phrase], question: str) -> list[Phrase]:
    """Return what is carried over of what was found."""
    room = max(MOST_CARRIED, len(open_slots(question)))
    return [p for p in found if p.weight >= LEAST_FOR_TOPIC or p in found[:1]][:room]


def _less(resolved: Resolved, without: Collection[str]) -> Resolved:
    """Return what was understood without the carried terms that are not wanted."""
    unwanted = [term for term in resolved.carried if term in without]
    standalone = left_out(resolved.standalone, unwanted)
    carried = tuple(term for term in resolved.carried if term not in unwanted)
    return replace(resolved, standalone=standalone, carried=carried)


def _leans(question: str) -> bool:
    """Return whether a question says less than it asks: it has a pronoun, or "the" and no name."""
    if open_slots(question):
        return True
    return not _names_its_subject(question) and _DEFINITE.search(question) is not None


def _names_its_subject(question: str) -> bool:
    """Return whether a question without open pronouns may well stand by itself."""
    return bool(name_spans(question)) or len(content_stems(question)) >= TERMS_OF_A_SUBJECT


def _least(question: str) -> float:
    """Return how likely a word must belong to the question to be carried over."""
    if open_slots(question) or len(content_stems(question)) <= 1:
        return LEAST_FOR_PRONOUN
    if _names_its_subject(question):
        return LEAST_FOR_SUBJECT
    return LEAST_FOR_DEFINITE if _DEFINITE.search(question) else LEAST_OTHERWISE


def _substituted(question: str, last: str) -> Resolved | None:
    """Return the last question with one thing replaced or added, where this is but a piece."""
    piece = _INSTEAD.match(question.strip())
    if piece is None:
        return None
    new = next(filter(None, piece.groups())).strip(" ?")
    if len(new.split()) > MOST_WORDS_OF_A_PIECE:
        return None
    placed = _PLACED.match(new)
    if (year := _YEAR.search(new)) and _YEAR.search(last):
        return _after(last, _YEAR.sub(year[0], last, count=1), new)
    if name_spans(new) or name_spans(f"x {new}"):
        return _renamed(last, new, placed)
    if placed:
        return _after(last, added(last, new), new)
    return _asked_together(last, question) if piece[1] or piece[3] else None


def _renamed(last: str, new: str, placed: re.Match[str] | None) -> Resolved | None:
    """Return the last question with a name for one of its kind: for "in Peru" one after "in"."""
    name = new[placed.end() :] if placed else new
    alike = [span for span in name_spans(last) if (span.of(last) in PLACES) == (name in PLACES)]
    if placed:
        before = re.compile(rf"\b{placed[1]}\s+(?:the\s+)?$", re.IGNORECASE)
        alike = [span for span in alike if before.search(last[: span.start])]
        if not alike:
            return _after(last, added(last, new), new)
    for span in alike or name_spans(last):
        return _after(last, last[: span.start] + name + last[span.end :], new)
    return None


def last_whole(conversation: Conversation) -> str:
    """Return the last question as understood, without what was only asked together with it."""
    *before, last = [turn.standalone for turn in conversation.turns]
    joined = [whole for whole in before if last.startswith(f"{whole} ")]
    return min(joined, key=len, default=last)


def _was_declined(conversation: Conversation) -> bool:
    last = conversation.turns[-1].answer
    return last is not None and last.status == "declined"


def _about_answer(move: Move, question: str, last: str) -> Resolved:
    """Return a follow-up about the answer, worded with the question that was answered."""
    if move is Move.REASON:
        return replace(_piece("Why?", last), move=move)
    # It is about the answer as a whole, so there is no term that it could do without.
    return replace(_asked_together(last, question), move=move, carried=())


def _is_bare(question: str) -> bool:
    """Return whether it names nothing at all: "how many?", "since when?"."""
    bare = without_opening(question).rstrip(" ?.!")
    means_someone = any(kind == "person" for _, kind in open_slots(question))
    return _ASKED.fullmatch(bare) is not None or not (content_stems(question) or means_someone)


def _piece(question: str, last: str) -> Resolved:
    """Return what a bare "when?" or "how many?" asks about the last question."""
    asked = without_opening(question).rstrip(" ?.!")
    auxiliary = _ASKS_WITH.match(last)
    if auxiliary and len(asked.split()) <= 2 and _ASKED.fullmatch(asked):
        whole = f"{asked[:1].upper()}{asked[1:]} {auxiliary['rest']}"
        noun = auxiliary["noun"].strip()
        return _after(last, added(whole, f"({noun})") if noun else whole, question)
    return _asked_together(last, question)


def _asked_together(last: str, question: str) -> Resolved:
    return _after(last, f"{last} {question[:1].upper()}{question[1:]}", question)


def _after(last: str, standalone: str, own: str) -> Resolved:
    """Return the standalone question, its names taken from the last one named as carried."""
    terms = set(content_stems(own))
    spans = [*name_spans(last), *(Span(*year.span()) for year in _YEAR.finditer(last))]
    names = dict.fromkeys(span.of(last) for span in sorted(spans))
    return Resolved(
        standalone,
        tuple(n for n in names if n in standalone and not set(content_stems(n)) <= terms),
    )
