"""Which article says exactly this? Or word by word how the nearest sentence differs, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from corpus.archive import Archive
from corpus.article import Article, Sentence, Span, Version, day_of
from corpus.sentences import split_sentences
from corpus.sqlite_file import store_errors
from index.chunks import Chunk
from index.lexical import search, search_phrase
from index.schema import read_chunks
from qa.answer import Citation, Evidence
from qa.fold import fold, fold_with_map, occurrences
from qa.render import citation_json
from qa.verify import cite, cuts_no_figure
from qa.worddiff import Difference, differences, in_order, shared, weight

_CANDIDATES = 50
_PHRASE_WORDS = 12
_PIECE_WORDS = 4
_PIECES = 8
_TELLING = 20
"""A piece that more chunks hold tells nothing."""
_COMPARED = 12
NEAR = 0.5
"""The share of the words asked for, by weight, that a near sentence has in order."""


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """What was found for a quote.

    Attributes:
        citation: Where it stands (exact), or the nearest sentence (near), else None. If only a part
            of a sentence was asked for, the citation's context is the whole sentence.
        differences: From the words asked for to the stored ones, in order; empty unless near.
        others: Where else exactly this stands, one citation an article.
    """

    status: Literal["exact", "near", "none"]
    citation: Citation | None = None
    differences: tuple[Difference, ...] = ()
    others: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Consecutive sentences of a current version."""

    article: Article
    version: Version
    sentences: Sequence[Sentence]

    @property
    def span(self) -> Span:
        return Span(self.sentences[0].span.start, self.sentences[-1].span.end)

    @property
    def words(self) -> list[str]:
        return self.span.of(self.version.text).split()

    def cited(self, quote: Span | None = None) -> Citation | None:
        """Return the citation of the stretch, or of a part of it with the stretch as context."""
        first, whole = self.sentences[0], self.span
        sentence = Sentence(first.version_id, first.position, whole, first.paragraph)
        part = quote if quote != whole else None
        context = whole if part else None
        evidence = Evidence(
            1, self.article, self.version, sentence, 1.0, context=context, quote_span=part
        )
        return cite(evidence)


def match_json(match: QuoteMatch) -> dict[str, Any]:
    """Return what was found for a quote as JSON."""
    return {
        "status": match.status,
        "citation": citation_json(match.citation) if match.citation else None,
        "differences": [difference._asdict() for difference in match.differences],
        "others": [citation_json(citation) for citation in match.others],
    }


def find_quote(archive: Archive, text: str) -> QuoteMatch:
    """Look for a quote, word for word, in the current versions.

    Typography is forgiven: quotation marks and dashes of another form, white space, ligatures.
    Letters, digits, case and all other marks count. Where several articles say it, the earliest
    published comes first.
    """
    wanted = fold(text).strip('" ')
    if not any(character.isalnum() for character in wanted):
        return QuoteMatch("none")
    chunks = _candidates(archive, wanted)
    opened = _opened(archive, chunks)
    found = sorted(_exact(archive, wanted, opened), key=_published)
    if found:
        return QuoteMatch("exact", found[0], others=tuple(found[1:]))
    longest = max(1, len(split_sentences(wanted)))
    stretches = list(_stretches(archive, chunks, opened, longest))
    # Marks around it may be the asker's own, or belong to the quote.
    return _nearest([wanted.split(), fold(text).split()], stretches)


def _published(citation: Citation) -> tuple[date, str]:
    return day_of(citation.published) or date.max, citation.article_id


def _candidates(archive: Archive, wanted: str) -> list[Chunk]:
    """Return the chunks that hold the first or last words, or some, in a row; then by words."""
    words, connection = wanted.split(), archive.connection()
    within, ids = archive.is_limited, dict[int, None]()

    def holding(phrase: Sequence[str], most: int) -> list[int]:
        return search_phrase(connection, " ".join(phrase), most, seen_only=within)

    with store_errors(archive.path):
        for phrase in (words[:_PHRASE_WORDS], words[-_PHRASE_WORDS:]):
            ids |= dict.fromkeys(holding(phrase, _CANDIDATES))
        for piece in _pieces(words):
            found = holding(piece, _TELLING + 1)
            ids |= dict.fromkeys(found if len(found) <= _TELLING else ())
        by_words = search(connection, wanted, _CANDIDATES, seen_only=within)
        ids |= dict.fromkeys(id_ for id_, _ in by_words)
        chunks = read_chunks(connection, ids)
    return [chunks[id_] for id_ in ids if id_ in chunks]


def _pieces(words: Sequence[str]) -> list[Sequence[str]]:
    """Return the words cut into pieces: where some were altered, others are still as stored."""
    length = max(_PIECE_WORDS, -(-len(words) // _PIECES))
    return [words[start : start + length] for start in range(0, len(words) - 1, length)]


def _opened(archive: Archive, chunks: Sequence[Chunk]) -> dict[int, tuple[Article, Version]]:
    """Return article and version by version id, without those removed meanwhile or damaged."""
    opened: dict[int, tuple[Article, Version]] = {}
    for version_id in dict.fromkeys(chunk.version_id for chunk in chunks):
        with suppress(KeyError):
            version = archive.version(version_id)
            article = archive.article_of(version)
            if article and version.is_intact:
                opened[version_id] = article, version
    return opened


# Exactly


def _exact(
    archive: Archive, wanted: str, opened: Mapping[int, tuple[Article, Version]]
) -> Iterator[Citation]:
    for version_id, (article, version) in opened.items():
        span = _stored(wanted, version.text)
        if span is None:
            continue
        covered = [s for s in archive.sentences(version_id) if s.span.overlaps(span)]
        citation = _Stretch(article, version, covered).cited(span) if covered else None
        if citation:
            yield citation


def _stored(wanted: str, text: str) -> Span | None:
    """Return where the text has the wanted words in a row, no word and no figure cut, or None."""
    if wanted not in fold(text):  # true of most; folding with the way back takes far longer
        return None
    folded = fold_with_map(text)
    for span in occurrences(wanted, folded.text):
        if cuts_no_figure(folded.text, span):
            return folded.original(span.start, span.end)
    return None


# Nearly


def _stretches(
    archive: Archive,
    chunks: Sequence[Chunk],
    opened: Mapping[int, tuple[Article, Version]],
    longest: int,
) -> Iterator[_Stretch]:
    """Yield every run of up to `longest` sentences that begins in one of the chunks, each once."""
    sentences = {version_id: archive.sentences(version_id) for version_id in opened}
    begins = {
        (chunk.version_id, first): None
        for chunk in chunks
        if chunk.version_id in opened
        for first in range(*chunk.sentences)
    }
    for version_id, first in begins:
        following = sentences[version_id][first : first + longest]
        for length in range(1, len(following) + 1):
            yield _Stretch(*opened[version_id], following[:length])


def _nearest(wordings: Sequence[list[str]], stretches: Sequence[_Stretch]) -> QuoteMatch:
    """Return the shortest of the stretches with the most words of one wording, in order."""
    words = wordings[0]
    likely = sorted(stretches, key=lambda s: (-shared(words, s.words), len(s.words)))[:_COMPARED]
    matched = [
        (in_order(wording, stretch.words), -len(stretch.words), stretch, wording)
        for stretch in likely
        for wording in wordings
    ]
    for found, _, stretch, wording in sorted(matched, key=lambda m: m[:2], reverse=True):
        citation = stretch.cited()
        if citation and found >= NEAR * weight(words):
            return QuoteMatch("near", citation, differences(wording, stretch.words))
    return QuoteMatch("none")
