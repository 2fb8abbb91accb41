"""What may be asked about an answer itself: who says so, when was that, what else, still?

A follow-up is proposed only where the evidence or the article shows that it has an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.article import day_of
from qa.answer import Citation, Evidence
from qa.assistant import Trace
from qa.compose import compose, quote_of, same_short
from qa.discourse.attribution import speaker_of
from qa.discourse.moves import Move
from qa.discourse.recall import Place
from qa.facts import dates
from qa.reader.question import Kind, analyse
from qa.suggestions.asks import Asks
from qa.suggestions.made import made_of
from qa.suggestions.nearby import SURELY
from qa.suggestions.said import Said

SHORTEST = 60
"""Characters of a sentence that tells more."""
LEAST_SENTENCES_MORE = 2
WORDING = {
    Move.SPEAKER: "Who says so?",
    Move.DATE: "When was that?",
    Move.MORE: "What else?",
    Move.PROOF: "Does anyone else say so?",
    Move.STILL: "Is that still so?",
}
"""Each is understood by the shipped model of moves as that move; the tests hold it to that."""
TELL_MORE = "Tell me more"
"""For `Move.MORE` where one sentence answers all that was asked."""
_AS_IT_IS = re.compile(r"\b(?:is|are|has|have|does|do)\b")
_ASKED = {
    Move.SPEAKER: re.compile(r"\bwho(?:se)?\b|\baccording\b", re.IGNORECASE),
    Move.DATE: re.compile(r"\bwhen\b|\bdate\b|\byear\b", re.IGNORECASE),
    Move.MORE: re.compile(r"\b(?:else|more|others?)\b|\bgo on\b", re.IGNORECASE),
    Move.PROOF: re.compile(r"\bsure\b|\btrue\b|\bsay so\b|\breally\b", re.IGNORECASE),
    Move.STILL: re.compile(r"\bstill\b|\bnewer\b|\bchanged\b|\bnow\b", re.IGNORECASE),
}


def about_answer(trace: Trace, place: Place, said: Said, floor: float) -> list[str]:
    """Return the follow-ups about an answer that have an answer themselves, best first.

    Args:
        trace: The answer with its evidence.
        place: Of its first quote.
        said: What was asked and shown.
        floor: The confidence, 0 to 1, below which a sentence is no answer.
    """
    moves = [move for move in _moves(trace, place, said, floor) if not _was_asked(move, said)]
    worded = [_worded(move, said) for move in moves]
    return [question for question in worded if not said.repeats(question)]


def goes_on(place: Place, said: Said) -> list[str]:
    """Return "Tell me more" if the article goes on after the quote and that was not asked."""
    following = (each.quote.of(place.version.text) for each in place.following())
    new = [sentence for sentence in following if sentence not in said.quotes]
    asked = _was_asked(Move.MORE, said) or said.repeats(TELL_MORE)
    return [TELL_MORE] if len(new) >= LEAST_SENTENCES_MORE and not asked else []


def confirmation(said: Said) -> list[str]:
    """Return the question whether others say so, which is answered in any case, unless asked."""
    question = WORDING[Move.PROOF]
    return [] if _was_asked(Move.PROOF, said) or said.repeats(question) else [question]


def _was_asked(move: Move, said: Said) -> bool:
    return any(_ASKED[move].search(each) for each in said.about)


def _worded(move: Move, said: Said) -> str:
    if move is Move.MORE and not analyse(said.question).several:
        return TELL_MORE
    return WORDING[move]


def _moves(trace: Trace, place: Place, said: Said, floor: float) -> Iterator[Move]:
    """Yield what may be asked about the answer and is known to have an answer, best first."""
    citation = trace.answer.citations[0]
    least = max(floor, SURELY)
    unseen = [e for e in trace.evidence if e.score >= least and quote_of(e) not in said.quotes]
    holds = {
        Move.STILL: _is_figure(said) and _has_newer(citation, unseen),
        Move.MORE: _more(trace, unseen, least),
        Move.PROOF: _is_confirmed(trace, unseen),
        Move.SPEAKER: _has_speaker(place, said),
        Move.DATE: _has_date(place, citation, said),
    }
    yield from (move for move, is_so in holds.items() if is_so)


def _is_figure(said: Said) -> bool:
    """Return whether a figure was asked for as it is, which may be another by now."""
    is_figure = analyse(said.question).kind in {Kind.MONEY, Kind.NUMBER, Kind.PERCENT}
    return is_figure and _AS_IT_IS.search(said.question) is not None


def _has_newer(citation: Citation, unseen: Iterable[Evidence]) -> bool:
    day = day_of(citation.published)
    return day is not None and any(
        (other := day_of(item.version.published)) and other > day for item in unseen
    )


def _more(trace: Trace, unseen: Sequence[Evidence], least: float) -> bool:
    """Return whether a whole sentence not shown answers the question, and answers otherwise."""
    whole = compose(trace.evidence, floor=least, quotes=len(trace.evidence))
    telling = {statement.text for statement in whole.statements}
    return any(
        quote_of(item) in telling and _is_sentence(item) and not same_short(item, trace.evidence[0])
        for item in unseen
    )


def _is_sentence(item: Evidence) -> bool:
    """Return whether the evidence is more than a heading or the line of a picture."""
    quote = quote_of(item)
    return len(quote) >= SHORTEST and quote.endswith((".", ".”", '."'))


def _is_confirmed(trace: Trace, unseen: Iterable[Evidence]) -> bool:
    """Return whether another article gives the same short answer in a sentence not shown."""
    cited = {citation.article_id for citation in trace.answer.citations}
    first = [e for e in trace.evidence if quote_of(e) == trace.answer.citations[0].quote]
    others = [e for e in unseen if e.article.id not in cited and _is_sentence(e)]
    return any(same_short(other, item) for item in first for other in others)


def _has_speaker(place: Place, said: Said) -> bool:
    """Return whether the article names who says it, in a sentence that was not shown."""
    found = speaker_of(place.texts, place.position)
    return found is not None and place.texts[found.position] not in said.read


def _has_date(place: Place, citation: Citation, said: Said) -> bool:
    """Return whether the quote says for certain when it was, and that was not asked."""
    if analyse(said.question).kind in {Kind.DATE, Kind.TIME, Kind.DURATION, Kind.WHETHER}:
        return False
    named = [day for day in dates(citation.quote) if any(c.isdigit() for c in day)]
    if len(named) != 1 or named[0] in said.question or named[0] == citation.short:
        return False
    made = made_of(citation.quote, place.version.text, said.question)
    return any(each.asks is Asks.WHEN and named[0] in each.expected for each in made)
