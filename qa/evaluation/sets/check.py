"""A question set against a store: are its articles there, and do they say what it says?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from corpus.archive import Archive
from corpus.article import Article, RawArticle, Version
from qa.evaluation.sets.questions import (
    GoldSentence,
    Query,
    QuestionSet,
    read_questions,
    refuse_errors,
)
from qa.evaluation.sets.records import Problem
from qa.fold import fold, occurrences

_YES_OR_NO = frozenset({"yes", "no"})


def open_questions(path: Path, archive: Archive) -> QuestionSet:
    """Return what can be asked of a question set, each article named by its id.

    Lines with an error are left out; the problems of the set that is returned are all that were
    found, those of the articles as well.

    Raises:
        UsageError: It cannot be read, or holds no question that can be asked.
    """
    questions = read_questions(path)
    problems = tuple(check(questions, archive))
    sound = without_bad_lines(questions, problems)
    return with_ids(replace(sound, problems=problems), archive)


def without_bad_lines(questions: QuestionSet, problems: Iterable[Problem]) -> QuestionSet:
    """Return the set without the lines that have an error; it is another, with its own digest.

    A dialogue stands in one line and is left out whole, for its turns lean on one another.

    Raises:
        UsageError: No question is left to be asked.
    """
    errors = [problem for problem in problems if problem.is_error]
    bad = {problem.line for problem in errors}
    left = tuple(query for query in questions.queries if query.line not in bad)
    if not left:
        refuse_errors(questions.path, errors)
    if not bad:
        return questions
    named = " ".join(map(str, sorted(bad)))
    sha256 = hashlib.sha256(f"{questions.sha256} without lines {named}".encode()).hexdigest()
    return replace(questions, sha256=sha256, queries=left)


def check(questions: QuestionSet, archive: Archive) -> list[Problem]:
    """Return what its author should look at, in the order of the file; remarks as well."""
    shelf = _Shelf(archive)
    found = [
        questions.as_written(replace(problem, line=query.line))
        for query in questions.queries
        for problem in (*_article_problems(query, shelf), *_text_problems(query, shelf))
    ]
    return sorted([*questions.problems, *found], key=lambda problem: problem.line)


def with_ids(questions: QuestionSet, archive: Archive) -> QuestionSet:
    """Return the set with every article that the store has named by its id, not by its link."""
    shelf = _Shelf(archive)

    def id_of(name: str) -> str:
        return shelf.id_of(name) or name

    def ids(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(id_of, names)))

    queries = tuple(
        replace(
            query,
            gold=tuple(replace(gold, article_id=id_of(gold.article_id)) for gold in query.gold),
            relevant=ids(query.relevant),
            possible=ids(query.possible),
        )
        for query in questions.queries
    )
    return replace(questions, queries=queries)


@dataclass(frozen=True, slots=True)
class _Page:
    """An article as it is now, its headline and text folded for comparing."""

    version: Version
    title: str
    text: str

    def says(self, answer: str) -> bool:
        """Return whether the words stand in the article, whatever their case."""
        wanted = fold(answer).casefold()
        return any(any(occurrences(wanted, part.casefold())) for part in (self.title, self.text))


class _Shelf:
    """The articles of a store by id or link, each fetched and folded once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._ids: dict[str, str | None] = {}
        self._pages: dict[str, _Page | None] = {}

    def id_of(self, name: str) -> str | None:
        """Return the id of the article with this id or link, or None."""
        if name not in self._ids:
            article = self._archive.article(name) or self._linked(name)
            self._ids[name] = article.id if article else None
        return self._ids[name]

    def _linked(self, link: str) -> Article | None:
        with suppress(ValueError):  # no link at all
            return self._archive.article(self._archive.find(RawArticle("", "", url=link)))
        return None

    def page(self, name: str) -> _Page | None:
        """Return the article's current text, or None where there is none that is intact."""
        identity = self.id_of(name)
        if identity is None:
            return None
        if identity not in self._pages:
            version = self._archive.current_version(identity)
            self._pages[identity] = (
                _Page(version, fold(version.title or ""), fold(version.text))
                if version and version.is_intact
                else None
            )
        return self._pages[identity]

    def sentences(self, page: _Page) -> list[str]:
        """Return the sentences of the text as stored."""
        version = page.version
        return [s.span.of(version.text) for s in self._archive.sentences(version.id)]

    def last_saying(self, page: _Page, sentence: str) -> int | None:
        """Return the newest earlier version (its number) that has the sentence, or None."""
        for number in range(page.version.number - 1, 0, -1):
            earlier = self._archive.version_number(page.version.article_id, number)
            if earlier and any(occurrences(sentence, fold(earlier.text))):
                return number
        return None


def _article_problems(query: Query, shelf: _Shelf) -> Iterator[Problem]:
    named = {"relevant_articles": query.relevant, "possible_articles": query.possible}
    gold = [entry.article_id for entry in query.gold]
    for field, names in named.items():
        for name in names:
            where = "gold_sentences" if name in gold else field
            if shelf.id_of(name) is None:
                hint = "ingest it, or correct its id or link"
                yield Problem(0, where, f"the store has no article {name!r}", hint)
            elif shelf.page(name) is None:
                yield Problem(0, where, f"the text of {name!r} is damaged", "see `onrecord verify`")


def _text_problems(query: Query, shelf: _Shelf) -> Iterator[Problem]:
    for number, gold in enumerate(query.gold):
        page = shelf.page(gold.article_id)
        if page and not any(occurrences(fold(gold.sentence), page.text)):
            yield _not_said(f"gold_sentences.{number}", gold, page, shelf)
    pages = [page for name in query.relevant if (page := shelf.page(name))]
    plain = [answer for answer in query.answers if answer.casefold() not in _YES_OR_NO]
    if plain and pages and not any(page.says(answer) for answer in plain for page in pages):
        message = f"no article that is to answer holds the words {plain[0]!r}"
        hint = "add the answer as an article words it, if it does"
        yield Problem(0, "answers", message, hint, is_error=False)


def _not_said(field: str, gold: GoldSentence, page: _Page, shelf: _Shelf) -> Problem:
    wanted = fold(gold.sentence)
    if number := shelf.last_saying(page, wanted):
        message = f"{gold.article_id!r} said so in version {number} and no longer does"
    else:
        message = f"{gold.article_id!r} does not say so"
    nearest = max(shelf.sentences(page), key=lambda text: _likeness(wanted, fold(text)), default="")
    return Problem(0, field, message, f"it says: {nearest}" if nearest else "")


def _likeness(wanted: str, sentence: str) -> float:
    """Return the share of words, in order, that two folded sentences have in common, 0 to 1."""
    return SequenceMatcher(None, wanted.split(), sentence.split(), autojunk=False).ratio()
