"""How well quotes are found and false statements refused, measured over a store.

Excerpts of stored sentences have to lead to their headline, publisher, date and link, also with
other typography; foreign sentences to none; altered excerpts to the right word diff. At the gate,
false statements over true quotes have to be refused and true ones in other words accepted. The same
store and seed give the same figures, in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from random import Random
from typing import Any, NamedTuple

from corpus.archive import Archive
from corpus.errors import UsageError
from qa.answer import Citation, Draft, DraftStatement
from qa.evaluation.quotes.excerpts import alter, invented, part, right_difference, vary
from qa.evaluation.quotes.falsify import FALSE_KINDS, FalseKind, Surroundings, falsify
from qa.evaluation.quotes.places import Place, Places, places_of
from qa.evaluation.quotes.reword import TRUE_KINDS, TrueKind, reword
from qa.fold import fold
from qa.quotes import QuoteMatch, find_quote
from qa.verify import verify

MOST_MISSED = 20
"""How many of what went wrong are kept, a figure each."""
_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Missed:
    """One case that went wrong: the stored words, and what was made of them."""

    stored: str
    tried: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of `n` cases went right."""

    n: int
    right: int
    missed: tuple[Missed, ...] = ()

    @property
    def share(self) -> float:
        """Share that went right, 0 to 1, higher is better; NaN over nothing."""
        return self.right / self.n if self.n else float("nan")

    def to_json(self) -> dict[str, Any]:
        """Return the tally for `json.dumps`; the share over nothing is null."""
        share = round(self.share, 4) if self.n else None
        missed = [asdict(missed) for missed in self.missed]
        return {"n": self.n, "right": self.right, "share": share, "missed": missed}


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """The figures of one run.

    Attributes:
        found: Excerpts that led to headline, publisher, date and link of their article.
        variants: The same, with other typography.
        foreign: Sentences of no article of which none was said to have these words.
        unlike: The same, and no sentence was shown as near either. Wire copies and set phrases of
            an outlet are near with good reason, so that this is no measure of right and wrong.
        altered: Altered excerpts shown with their sentence and just the words that differ.
        refused: By kind, false statements that the gate refused.
        accepted: By kind, true statements that it accepted.
    """

    seed: int
    articles: int
    found: Tally
    variants: Tally
    foreign: Tally
    unlike: Tally
    altered: Tally
    refused: Mapping[FalseKind, Tally]
    accepted: Mapping[TrueKind, Tally]

    def to_json(self) -> dict[str, Any]:
        """Return the figures for `json.dumps`."""
        return {
            "seed": self.seed,
            "articles": self.articles,
            **{name: getattr(self, name).to_json() for name in _SINGLE},
            "refused": {kind: tally.to_json() for kind, tally in self.refused.items()},
            "accepted": {kind: tally.to_json() for kind, tally in self.accepted.items()},
        }


_SINGLE = ("found", "variants", "foreign", "unlike", "altered")


class _Case(NamedTuple):
    """Stored words, what was made of them, and whether it came out right."""

    stored: str
    tried: str
    right: bool


def check_quotes(
    archive: Archive,
    *,
    excerpts: int = 1000,
    statements: int = 500,
    foreign: Sequence[str] | None = None,
    foreign_count: int = 200,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _step: None,
) -> QuoteCheck:
    """Return the figures over the current versions of a store.

    Args:
        archive: The store; only read.
        excerpts: How many excerpts of each sort to look for: as they are, in other typography,
            altered. Fewer where the store is small.
        statements: How many statements of each kind to give to the gate, at most.
        foreign: Sentences that no article has; invented ones if None.
        foreign_count: How many of these to look for, at most.
        seed: What to draw by; the figures of one seed are always the same.
        progress: Told what is being measured.

    Raises:
        UsageError: The store has no sentence to take excerpts from.
    """
    places = places_of(archive, seed)
    if next(places.draw("any"), None) is None:
        raise UsageError("the store has no sentence to take excerpts from: ingest articles first")
    strangers = invented(foreign_count, seed) if foreign is None else foreign[:foreign_count]
    return _checked(places, strangers, excerpts, statements, seed, progress)


def _checked(
    places: Places,
    strangers: Sequence[str],
    excerpts: int,
    statements: int,
    seed: int,
    progress: Callable[[str], None],
) -> QuoteCheck:
    def tally(name: str, cases: Iterator[_Case], count: int) -> Tally:
        progress(name)
        return _tally(islice(cases, count))

    progress("foreign sentences")
    matches = [(sentence, find_quote(places.archive, sentence)) for sentence in strangers]
    return QuoteCheck(
        seed=seed,
        articles=len(places.version_ids),
        found=tally("excerpts", _found(places), excerpts),
        variants=tally("excerpts in other typography", _variants(places), excerpts),
        foreign=_tally(_declined(matches, "exact")),
        unlike=_tally(_declined(matches, "exact", "near")),
        altered=tally("altered excerpts", _altered(places), excerpts),
        refused={
            kind: tally(f"false statements: {kind}", _false(places, kind), statements)
            for kind in FALSE_KINDS
        },
        accepted={
            kind: tally(f"true statements: {kind}", _true(places, kind), statements)
            for kind in TRUE_KINDS
        },
    )


def _tally(cases: Iterator[_Case]) -> Tally:
    n = right = 0
    missed: list[Missed] = []
    for case in cases:
        n, right = n + 1, right + case.right
        if not case.right and len(missed) < MOST_MISSED:
            missed.append(Missed(case.stored, case.tried))
    return Tally(n, right, tuple(missed))


# Excerpts


def _found(places: Places) -> Iterator[_Case]:
    random = places.random("found")
    for place in places.draw("found"):
        text = _cut(place, random)
        yield _Case(text, text, _is_found(places.archive, text, place))


def _variants(places: Places) -> Iterator[_Case]:
    random = places.random("variants")
    for place in places.draw("variants"):
        text = _cut(place, random)
        varied = vary(text, random)
        if varied != text:
            yield _Case(text, varied, _is_found(places.archive, varied, place))


def _cut(place: Place, random: Random) -> str:
    """Return the sentence, a part of it, or it and the next one."""
    form = random.choice(("whole", "part", "two"))
    if form == "part":
        return part(place.text, random)
    return place.text_with_next if form == "two" else place.text


def _is_found(archive: Archive, text: str, place: Place) -> bool:
    """Return whether the source is named, with all that is known of it, for just these words."""
    match = find_quote(archive, text)
    found = [match.citation, *match.others] if match.status == "exact" else []
    return any(citation and _names_source(citation, text, place) for citation in found)


def _names_source(citation: Citation, text: str, place: Place) -> bool:
    article, version = place.article, place.version
    said = (citation.article_id, citation.title, citation.publisher, citation.published)
    known = (article.id, version.title, article.publisher, version.published)
    return (*said, citation.url) == (*known, article.url) and fold(citation.quote).strip(
        '" '
    ) == fold(text).strip('" ')


def _declined(matches: Sequence[tuple[str, QuoteMatch]], *wrong: str) -> Iterator[_Case]:
    for sentence, match in matches:
        named = match.citation.quote if match.citation else ""
        yield _Case(named, sentence, match.status not in wrong)


def _altered(places: Places) -> Iterator[_Case]:
    random = places.random("altered")
    for place in places.draw("altered"):
        text = part(place.text, random) if random.random() < 0.5 else place.text
        asked = alter(text, place.other_sentences, random)
        match = find_quote(places.archive, asked)
        shown = match.citation is not None and fold(text) in fold(match.citation.quote)
        right = shown and right_difference(asked, text, match.differences)
        yield _Case(text, asked, right)


# Statements


def _false(places: Places, kind: FalseKind) -> Iterator[_Case]:
    random = places.random(kind)
    for place in places.draw(kind):
        elsewhere = places.elsewhere(place, random, _OTHERS) if kind == "other article" else ()
        around = Surroundings(place.other_sentences, [other.text for other in elsewhere])
        false = falsify(kind, place.text, around, random)
        if false:
            second = place.at(false.second) if false.second else None
            refused = not _passes(false.text, place, second)
            yield _Case(place.text, false.text, refused)


def _true(places: Places, kind: TrueKind) -> Iterator[_Case]:
    random = places.random(kind)
    for place in places.draw(kind):
        text = reword(kind, place.text, random)
        if text:
            yield _Case(place.text, text, _passes(text, place, None))


def _passes(text: str, place: Place, second: Place | None) -> bool:
    """Return whether the gate lets the statement through over the quote, or over two quotes."""
    evidence = [p.evidence(number) for number, p in enumerate((place, second), 1) if p]
    draft = Draft((DraftStatement(text, tuple(item.number for item in evidence)),))
    answer = verify(draft, evidence, question="", standalone="", nearest=(), searched="")
    return answer.status == "answered"
