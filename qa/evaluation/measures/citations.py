"""Whether an answer's citations stand, and carry what it states; from its JSON and stored text.

Written apart from `qa.verify`, which lets answers through, so that the one checks the other. Each
measure is of one answer that states something, in the form of ``onrecord ask --json``; a figure is
the mean over them.

Citation recall and precision are those of ALCE (Gao et al. 2023, "Enabling Large Language Models to
Generate Text with Citations"). ALCE asks an entailment model whether quotes carry a statement. What
stands in for it here is a stricter rule that needs no model (`entails`): it refuses honest
paraphrases, and, as it knows no grammar, takes the same words in another order for the same claim.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qa.facts import FUNCTION_WORDS, Token, tokens
from qa.fold import fold

Json = Mapping[str, Any]
TextOf = Callable[[str, int, str], str | None]
"""The stored text of an article's version with this sha256, or None if there is none."""

_CHECKED = ("number", "moment", "name", "negation")
_ATTRIBUTION = frozenset("according reported reports said say saying says".split())


def fidelity(answer: Json, text_of: TextOf) -> float:
    """Return the share of citations whose quote stands where they say, in an unaltered text.

    ``quote == text[start:end]`` in code points, and the text's sha256 is the citation's. From 0 to
    1, higher is better; below 1 something is broken.

    Raises:
        ValueError: The answer states nothing.
    """
    citations = [c for statement in _statements(answer) for c in statement["citations"]]
    return _mean([_is_faithful(citation, text_of) for citation in citations])


def support(answer: Json) -> float:
    """Return the share of statements whose facts are in their quotes (`supports`).

    The facts are those a sentence is easily falsified by: numbers, names, dates and negations. From
    0 to 1, higher is better.

    Raises:
        ValueError: The answer states nothing.
    """
    return _mean([supports(s["citations"], s["text"]) for s in _statements(answer)])


def citation_recall(answer: Json) -> float:
    """Return ALCE's citation recall: the share of statements that their quotes together entail.

    Source: Gao et al. 2023, section 3; `entails` stands in for the entailment model. From 0 to 1,
    higher is better.

    Raises:
        ValueError: The answer states nothing.
    """
    return _mean([entails(s["citations"], s["text"]) for s in _statements(answer)])


def citation_precision(answer: Json) -> float:
    """Return ALCE's citation precision: the share of citations that are needed.

    A citation counts if all of its statement's together entail it, and either this one does alone
    or the others do not without it. Source: Gao et al. 2023, section 3; `entails` stands in for the
    entailment model. From 0 to 1, higher is better.

    Raises:
        ValueError: The answer states nothing.
    """
    needed = [
        _is_needed(statement["citations"], place, statement["text"])
        for statement in _statements(answer)
        for place in range(len(statement["citations"]))
    ]
    return _mean(needed)


def supports(citations: Sequence[Json], statement: str) -> bool:
    """Return whether the statement's numbers, names, dates and negations are in its quotes.

    A quote's date says its year too. A name may come from a citation's context where its quote has
    a pronoun. Negations are counted, since leaving one out is as false as adding one: the statement
    has those of one of its quotes, or of all of them together.
    """
    claims = [t for t in tokens(fold(statement)) if t.kind in _CHECKED]
    return _all_said(claims, citations) and _negates_alike(claims, citations)


def entails(citations: Sequence[Json], statement: str) -> bool:
    """Return whether the quotes support the statement and have all its words that carry meaning.

    Words are compared as they stand, without stemming; function words and those that only attribute
    ("said", "according") are free.
    """
    claims = [t for t in tokens(fold(statement)) if t.kind == "hedge" or _carries_meaning(t)]
    return supports(citations, statement) and _all_said(claims, citations)


def _is_faithful(citation: Json, text_of: TextOf) -> bool:
    text = text_of(citation["article_id"], citation["version"], citation["sha256"])
    start, end = citation["start"], citation["end"]
    if text is None or not 0 <= start < end <= len(text):
        return False
    intact = hashlib.sha256(text.encode()).hexdigest() == citation["sha256"]
    stands: bool = text[start:end] == citation["quote"]
    return intact and stands


def _is_needed(citations: Sequence[Json], place: int, statement: str) -> bool:
    others = [*citations[:place], *citations[place + 1 :]]
    return entails(citations, statement) and (
        entails([citations[place]], statement) or not entails(others, statement)
    )


def _all_said(claims: Sequence[Token], citations: Sequence[Json]) -> bool:
    said = [token for citation in citations for token in _said(citation)]
    return all(any(token.says(claim) for token in said) for claim in claims)


def _said(citation: Json) -> list[Token]:
    """Return the tokens of the quote, and the names of its context if a pronoun may mean them."""
    said = tokens(fold(citation["quote"]))
    if any(token.kind == "pronoun" for token in said):
        said += [t for t in tokens(fold(citation.get("context") or "")) if t.kind == "name"]
    return said


def _negates_alike(claims: Sequence[Token], citations: Sequence[Json]) -> bool:
    quotes = [Counter(_negations(tokens(fold(c["quote"])))) for c in citations]
    together: Counter[str] = sum(quotes, Counter())
    return Counter(_negations(claims)) in [*quotes, together]


def _negations(found: Sequence[Token]) -> list[str]:
    return [token.key for token in found if token.kind == "negation"]


def _carries_meaning(token: Token) -> bool:
    return token.kind == "word" and token.key not in FUNCTION_WORDS | _ATTRIBUTION


def _statements(answer: Json) -> Sequence[Json]:
    statements: Sequence[Json] = answer["statements"]
    if not statements:
        raise ValueError("there is nothing to report over: the answer states nothing")
    return statements


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values)
