"""Words of a question that stand nowhere in the collection, and the nearest that do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase

from corpus.archive import Archive
from index.chunk_index import ChunkIndex
from qa.reader.named import name_spans
from qa.reader.words import is_stop_word, words

SHORTEST, LONGEST = 4, 24
"""Letters of a word for which a nearest one is looked for; a shorter one is near to many."""
MOST_LOOKED_UP, MOST_WORDS = 64, 4
MOST_CHOICES = 3
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question may have meant.

    Attributes:
        words: The nearest words of the collection, one for each that stands nowhere.
        questions: The question with them, the likeliest first.
    """

    words: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """Looks words up in what the archive shows; nothing of an article that it hides is proposed."""

    archive: Archive
    index: ChunkIndex

    def meant(self, question: str, *, names_only: bool) -> Meant | None:
        """Return what was meant by words that stand nowhere, or None.

        Args:
            question: A standalone one.
            names_only: Whether only its names are looked at.
        """
        unknown = [word for word in _looked_up(question, names_only) if not self._knows(word)]
        near = {word: self.nearest(word) for word in unknown[:MOST_WORDS]}
        near = {word: found for word, found in near.items() if found}
        if not near:
            return None
        best = {word: found[0] for word, found in near.items()}
        questions = [_with(question, best)]
        for word, found in near.items():
            questions += [_with(question, best | {word: other}) for other in found[1:]]
        return Meant(tuple(best.values()), tuple(dict.fromkeys(questions))[:MOST_CHOICES])

    def nearest(self, word: str) -> list[str]:
        """Return the words that differ in one letter or by two that changed places.

        As they stand in an article, the commonest first. For a name only names.
        """
        found: dict[str, None] = {}
        for variant in _variants(word.lower()):
            if len(word) > SHORTEST or variant[0] == word[0].lower():
                found |= dict.fromkeys(self._written(variant, word))
        counts = self.index.document_frequency(list(found))
        return sorted(found, key=lambda each: (each[0] != word[0], -counts[each]))

    def _knows(self, word: str) -> bool:
        return self.index.holding(word) is not None

    def _written(self, variant: str, word: str) -> Iterator[str]:
        """Yield how a word is written where a chunk holds it; its stem alone is not enough."""
        chunk = self.index.holding(variant)
        if chunk is None:
            return
        try:
            version = self.archive.version(chunk.version_id)
        except KeyError:  # removed since it was found
            return
        for text in (version.title or "", chunk.span.of(version.text)):
            for match in _LETTERS.finditer(text):
                if match[0].lower() == variant and (match[0][0].isupper() or word.islower()):
                    yield match[0]
                    return


def _looked_up(question: str, names_only: bool) -> list[str]:
    parts = [span.of(question) for span in name_spans(question)] if names_only else [question]
    found = (
        letters[0]
        for part in parts
        for word in words(part)
        if not is_stop_word(word)
        for letters in _LETTERS.finditer(word)
    )
    each = dict.fromkeys(word for word in found if SHORTEST <= len(word) <= LONGEST)
    return list(each)[:MOST_LOOKED_UP]


def _variants(word: str) -> set[str]:
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    lost = {before + after[1:] for before, after in splits if after}
    swapped = {b + a[1] + a[0] + a[2:] for b, a in splits if len(a) > 1}
    other = {b + letter + a[1:] for b, a in splits if a for letter in ascii_lowercase}
    added = {b + letter + a for b, a in splits for letter in ascii_lowercase}
    return (lost | swapped | other | added) - {word}


def _with(question: str, instead: dict[str, str]) -> str:
    for word, other in instead.items():
        question = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", other, question)
    return question
