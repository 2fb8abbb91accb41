"""Stored sentences drawn at random from a store, the same for a seed in any process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from corpus.archive import Archive
from corpus.article import Article, Sentence, Span, Version
from qa.answer import Evidence
from qa.evaluation.quotes.excerpts import is_statement
from qa.reader.context import context_of

_PASSES = 30
"""How often each article may be drawn from."""


class Place(NamedTuple):
    """A stored sentence that states something, and what it belongs to."""

    article: Article
    version: Version
    sentences: Sequence[Sentence]
    position: int

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text(self.position)

    @property
    def text_with_next(self) -> str:
        """The sentence and the one after it, if there is one."""
        last = min(self.position + 1, len(self.sentences) - 1)
        span = Span(self.sentences[self.position].span.start, self.sentences[last].span.end)
        return span.of(self.version.text)

    @property
    def other_sentences(self) -> list[str]:
        """The article's other sentences that state something."""
        texts = (self._text(n) for n in range(len(self.sentences)) if n != self.position)
        return [text for text in texts if is_statement(text)]

    def at(self, text: str) -> Place:
        """Return the place of another sentence of the article."""
        positions = range(len(self.sentences))
        return self._replace(position=next(n for n in positions if self._text(n) == text))

    def evidence(self, number: int) -> Evidence:
        """Return the sentence as evidence, with the context that the reader would show."""
        context = context_of(self.version, self.sentences, self.position)
        sentence = self.sentences[self.position]
        return Evidence(number, self.article, self.version, sentence, 1.0, context=context)

    def _text(self, position: int) -> str:
        return self.sentences[position].span.of(self.version.text)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a store.

    Attributes:
        version_ids: Row ids of the current versions, in the order of ingest.
    """

    archive: Archive
    seed: int
    version_ids: tuple[int, ...]

    def random(self, purpose: str) -> Random:
        """Return a source of chance of its own for each purpose."""
        return Random(f"{self.seed} {purpose}")  # noqa: S311 - only has to be repeatable

    def draw(self, purpose: str) -> Iterator[Place]:
        """Yield places in random order, none twice; articles take turns."""
        random = self.random(f"{purpose} places")
        drawn: set[tuple[int, int]] = set()
        order = list(self.version_ids)
        for _ in range(_PASSES):
            random.shuffle(order)
            for version_id in order:
                place = self._place(version_id, random)
                if place and (version_id, place.position) not in drawn:
                    drawn.add((version_id, place.position))
                    yield place

    def elsewhere(self, place: Place, random: Random, count: int) -> list[Place]:
        """Return at most `count` places of other articles."""
        others = [id_ for id_ in self.version_ids if id_ != place.version.id]
        drawn = random.sample(others, min(count, len(others)))
        return [found for id_ in drawn if (found := self._place(id_, random))]

    def _place(self, version_id: int, random: Random) -> Place | None:
        with suppress(KeyError):
            version = self.archive.version(version_id)
            article = self.archive.article_of(version)
            sentences = self.archive.sentences(version_id)
            stating = [n for n, s in enumerate(sentences) if is_statement(s.span.of(version.text))]
            if article and version.is_intact and stating:
                return Place(article, version, sentences, random.choice(stating))
        return None


def places_of(archive: Archive, seed: int) -> Places:
    """Return the places of the current versions of a store."""
    ids = tuple(version.id for _, version in archive.current_versions())
    return Places(archive, seed, ids)
