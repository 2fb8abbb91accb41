"""What may enter the archive: an item as it was read becomes canonical, or is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.article import RawArticle, Sentence
from corpus.clean import clean, clean_line
from corpus.errors import ItemError
from corpus.identity import normal_url
from corpus.notices import is_notice
from corpus.sentences import split_sentences

# A long article has 100,000 characters and 1,000 sentences; what is far beyond is no article, and
# would hold the memory (a vector a sentence) of a whole collection.
MOST_CHARACTERS = 6_000_000
MOST_SENTENCES = 20_000
LONGEST_ID = 512

_MOST_SHOWN = 50
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who may see what an ingest reads, and who brings it.

    Attributes:
        groups: Limits every article to these, whatever is said of it; () to everybody, None goes by
            what is said.
        brought_by: The groups that whoever brings it is in; None where they see everything. To them
            an article that they do not see is not there.
    """

    groups: tuple[str, ...] | None = None
    brought_by: frozenset[str] | None = None

    def of(self, raw: RawArticle, *, repeated: bool) -> RawArticle:
        """Return `raw` with the groups that its article in the archive is to have.

        Args:
            raw: Cleaned.
            repeated: Whether its source said so before: others may have limited it since.
        """
        said = None if repeated else raw.groups
        return replace(raw, groups=said if self.groups is None else self.groups)


AS_SAID = Grouping()


def cleaned(raw: RawArticle) -> RawArticle:
    """Return `raw` in canonical form; ItemError where it cannot be an article."""
    if len(raw.text) > MOST_CHARACTERS:
        raise _refusal(raw, "E_TOO_LARGE", f"more than {MOST_CHARACTERS:,} characters in one text")
    raw = replace(
        raw,
        text=clean(raw.text),
        title=clean_line(raw.title or "") or None,
        publisher=clean_line(raw.publisher or "") or None,
        authors=tuple(filter(None, map(clean_line, raw.authors))),
    )
    if not _WORD.search(raw.text):
        raise _refusal(raw, "E_EMPTY", "no word")
    if is_notice(raw.text):
        message = "a notice about scripts, cookies, robots or a login instead of an article"
        hint = "open the page, copy the article and save it as .txt"
        raise _refusal(raw, "E_NO_TEXT", message, hint)
    if raw.id and not (len(raw.id) <= LONGEST_ID and raw.id.isprintable() and raw.id.strip()):
        message = f"the id {raw.id[:_MOST_SHOWN]!r} has no or unprintable characters, or too many"
        raise _refusal(raw, "E_ID", message, f"at most {LONGEST_ID} printable characters")
    try:
        normal_url(raw.url) if raw.url else None
    except ValueError as error:
        raise _refusal(raw, "E_URL", str(error)) from error
    return raw


def refusal(item: RawArticle | ItemError) -> ItemError | None:
    """Return why an item as loaded cannot be an article, or None."""
    if isinstance(item, ItemError):
        return item
    try:
        cleaned(item)
    except ItemError as error:
        return error
    return None


def sentences_of(raw: RawArticle) -> list[Sentence]:
    """Return the sentences of a cleaned item; ItemError for none and for far too many."""
    sentences = split_sentences(raw.text)
    if not sentences:
        raise _refusal(raw, "E_EMPTY", "no sentence")
    if len(sentences) > MOST_SENTENCES:
        raise _refusal(raw, "E_TOO_LARGE", f"more than {MOST_SENTENCES:,} sentences in one text")
    return sentences


def _refusal(raw: RawArticle, code: str, message: str, hint: str = "") -> ItemError:
    return ItemError(code, message, source=raw.source, locator=raw.locator, hint=hint)


def unexpected(item: RawArticle | ItemError, error: Exception) -> ItemError:
    """Return the refusal of an item that a library failed on."""
    return ItemError(
        "E_FAILED", f"{type(error).__name__}: {error}", source=item.source, locator=item.locator
    )
