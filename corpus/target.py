"""Which article an input is of, as far as whoever brings it knows the store.

An id, or a link, names one article among those for the same groups. What a writer does not see
neither is found nor stands in the way: they get an article of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from corpus.article import RawArticle
from corpus.errors import ItemError
from corpus.groups import audience_of, groups_in
from corpus.identity import derived_id


@dataclass(frozen=True, slots=True)
class Writer:
    """Who brings articles.

    Attributes:
        groups: The groups whose articles they see beside those for everybody; None for all.
        named: Numbers of the articles that the same source has named with groups: it sees these,
            and what it says of other groups is of another article.
    """

    groups: frozenset[str] | None = None
    named: AbstractSet[int] = frozenset()

    def sees(self, match: Match) -> bool:
        """Whether the article is there for this writer."""
        if self.groups is None or not match.audience or match.key in self.named:
            return True
        return not self.groups.isdisjoint(groups_in(match.audience))


OWNER = Writer()
"""Whoever sees everything."""


@dataclass(frozen=True, slots=True)
class Match:
    """A stored article that has the id, link or text of an input."""

    key: int
    id: str
    audience: str


@dataclass(frozen=True, slots=True)
class Target:
    """The article that an input is of.

    Attributes:
        id: That it has, or would get.
        audience: The groups that it is to have, as `corpus.groups.audience_of` writes them.
        key: The archive's number of it; None where it is new.
    """

    id: str
    audience: str
    key: int | None = None


def target_among(raw: RawArticle, matches: Sequence[Match], writer: Writer) -> Target:
    """Return the one that `raw` is of among the stored articles that the writer sees.

    Where groups are said, that is the one for just these; else the only one, which is limited to
    them. Where none are said, it is the only one, or the one for everybody.

    Raises:
        ItemError: No groups are said, and there are several for different groups.
    """
    if raw.groups is None:
        match = _only(raw, matches)
        audience = match.audience if match else ""
    else:
        audience = audience_of(raw.groups)
        match = _of(audience, matches) or _movable(matches, writer)
    if match is None:
        return Target(raw.id or derived_id(raw), audience)
    return Target(match.id, audience, match.key)


def _of(audience: str, matches: Iterable[Match]) -> Match | None:
    return next((match for match in matches if match.audience == audience), None)


def _movable(matches: Sequence[Match], writer: Writer) -> Match | None:
    only = len({match.audience for match in matches}) == 1
    return matches[0] if only and matches[0].key not in writer.named else None


def _only(raw: RawArticle, matches: Sequence[Match]) -> Match | None:
    if len({match.audience for match in matches}) < 2:
        return matches[0] if matches else None
    if match := _of("", matches):
        return match
    raise ItemError(
        "E_GROUPS",
        f"there are {len(matches)} articles {matches[0].id!r}, for different groups",
        source=raw.source,
        locator=raw.locator,
        hint='say which is meant by its "groups"',
    )
