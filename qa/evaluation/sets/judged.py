"""Judged answers -> a question set: what is known is filled in, the rest is left to complete."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.archive import Archive
from qa.evaluation.sets.drafts import comment, question_line
from qa.evaluation.sets.feedback import Feedback, JudgedCitation
from qa.evaluation.sets.questions import GoldSentence
from qa.fold import fold, occurrences

_HOW_TO = """\
What readers asked, and what they said of the answers. Lines that begin with # are comments.
Where "answerable" is null, something is left to decide; such questions are left out until then.
Write true, the answers and the sentences that say so; or false, where the articles do not answer.
Then `onrecord eval check` this file."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the judgements tell of a question; `to_do` is empty where nothing is left to decide."""

    answerable: bool | None
    to_do: str = ""
    answers: tuple[str, ...] = ()
    gold: tuple[GoldSentence, ...] = ()


def questions_from_feedback(feedback: Iterable[Feedback], archive: Archive) -> Iterator[str]:
    """Yield the lines of a question set, one question for all judgements of the same one.

    A good answer gives the answer and the gold sentence, a good decline an unanswerable question.
    Whatever was judged bad, or both good and bad, is left to decide, and so is a good answer whose
    article has since been removed or no longer says so.
    """
    yield from map(comment, _HOW_TO.splitlines())
    for judged in _by_question(feedback):
        last = judged[-1]
        known = _known(judged, archive)
        yield ""
        yield from (comment(text) for text in _remarks(judged, archive))
        if known.to_do:
            yield comment(f"TO DO: {known.to_do}")
        yield question_line(
            _identity(last),
            last.answer.question,
            answerable=known.answerable,
            answers=known.answers,
            gold=known.gold,
            standalone=_standalone(last),
            history=list(last.history),
            date_asked=last.asked.isoformat() if last.asked else None,
        )


def _by_question(feedback: Iterable[Feedback]) -> Iterable[list[Feedback]]:
    groups: dict[str, list[Feedback]] = defaultdict(list)
    for judgement in feedback:
        groups[_identity(judgement)].append(judgement)
    return groups.values()


def _identity(judgement: Feedback) -> str:
    asked = [fold(text).casefold() for text in (judgement.answer.question, *judgement.history)]
    return f"feedback-{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:10]}"


def _standalone(judgement: Feedback) -> str | None:
    answer = judgement.answer
    return answer.standalone if answer.standalone != answer.question else None


def _known(judged: Sequence[Feedback], archive: Archive) -> _Known:
    if len({judgement.verdict for judgement in judged}) > 1:
        return _Known(None, "readers disagree; decide")
    verdict, answer = judged[-1].verdict, judged[-1].answer
    if answer.status == "unclear":
        return _Known(None, "it was not understood; word it more clearly, or delete it")
    if verdict == "bad" and answer.status == "declined":
        return _Known(None, "a reader expects an answer; give it and its sentence, or write false")
    if verdict == "bad":
        return _Known(None, "the answer was wrong; give the right one, or write false")
    if answer.status == "declined":
        return _Known(answerable=False)
    best = answer.citations[0]
    if not _state(best, archive).says_so:
        return _Known(None, "the quoted sentence is gone; find another, or write false")
    gold = (GoldSentence(best.article_id, best.quote),)
    if answer.answer is None:
        return _Known(None, "give the words that answer it and write true", gold=gold)
    return _Known(answerable=True, answers=(answer.answer,), gold=gold)


@dataclass(frozen=True, slots=True)
class _State:
    """What became of a quote; `news` is empty where nothing changed."""

    says_so: bool
    news: str = ""


def _state(citation: JudgedCitation, archive: Archive) -> _State:
    name = citation.article_id
    version = archive.current_version(name)
    if version is None:
        return _State(says_so=False, news=f"{name!r} has been removed since")
    if not version.is_intact:
        return _State(says_so=False, news=f"the text of {name!r} is damaged")
    if version.sha256 == citation.sha256:
        return _State(says_so=True)
    says_so = any(occurrences(fold(citation.quote), fold(version.text)))
    still = "still says so" if says_so else "no longer says so"
    news = f"{name!r} has changed since: version {version.number} {still}"
    return _State(says_so=says_so, news=news)


def _remarks(judged: Sequence[Feedback], archive: Archive) -> Iterator[str]:
    """Yield who said what of which answer, each answer once, and what has changed since."""
    told: set[str] = set()
    for judgement in judged:
        why = f": {judgement.why}" if judgement.why else ""
        yield f"{judgement.time:%Y-%m-%d} judged {judgement.verdict}{why}"
        for remark in (*_answer(judgement), *_news(judgement, archive)):
            if remark not in told:
                told.add(remark)
                yield remark


def _answer(judgement: Feedback) -> Iterator[str]:
    answer = judgement.answer
    if judgement.history:
        yield f"asked after: {' / '.join(judgement.history)}"
    yield f"{answer.status}: {answer.answer}" if answer.answer else answer.status
    for word, citations in (("quoted", answer.citations), ("nearest", answer.nearest)):
        for citation in citations[:1]:
            source = (citation.publisher, citation.published, citation.article_id)
            yield f"{word}: “{citation.quote}” ({', '.join(part for part in source if part)})"


def _news(judgement: Feedback, archive: Archive) -> Iterator[str]:
    for citation in judgement.answer.citations:
        if news := _state(citation, archive).news:
            yield news
