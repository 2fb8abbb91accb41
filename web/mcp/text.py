"""What the tools return, in words: every quote as it is stored, with its source and its link.

Line ends within a quote become spaces, so that no article can forge the line of a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from corpus.lookup import LEAST_DIGITS
from qa.links import plain_address, web_link

Json = dict[str, Any]

_DECLINED = (
    "Not on record: no sentence was found that answers this. Say so; what stands below comes"
    " nearest and is no answer."
)


def answer_text(answer: Json) -> str:
    """Return an answer as `ask` gives it."""
    return "\n".join(_answer_lines(answer))


def _answer_lines(answer: Json) -> Iterator[str]:
    if answer["standalone"] != answer["question"] and answer["status"] != "unclear":
        yield f"Understood as: {_line(answer['standalone'])}"
    if answer["limits"]:
        within = ", ".join(f"{name} {_line(value)}" for name, value in answer["limits"].items())
        yield f"Limited to articles of: {within}"
    if answer["answer"]:
        yield f"Short answer: {_line(answer['answer'])}"
    if answer["note"]:
        yield _line(answer["note"])
    if answer["status"] == "unclear":
        yield "Ask the user which of these is meant, or what is meant, and ask again:"
    elif answer["choices"]:
        yield "The user may have meant:"
    if answer["choices"]:
        yield from (f"- {_line(choice)}" for choice in answer["choices"])
    if answer["status"] == "declined":
        yield _DECLINED
    if answer["everything"]:
        yield "Not everything was searched: with `everything`, and no other limits, it is."
    said = [citation for statement in answer["statements"] for citation in statement["citations"]]
    yield from _cited([*said, *answer["nearest"]])


def found_text(found: Json) -> str:
    """Return the sentences that `search` found."""
    if not found["sentences"]:
        return "Nothing was found."
    opening = "Likeliest to answer, the best first; whether they do is still to be judged."
    return "\n".join([opening, *_cited(found["sentences"])])


def article_text(article: Json) -> str:
    """Return an article as `article` gives it, its text as stored."""
    lines = [_line(article["title"] or "(no title)"), _outlet(article)]
    lines += [f"By {_line(', '.join(article['authors']))}"] if article["authors"] else []
    lines += _address(article["url"])
    lines += [_place(article["id"], article["version"], article["sha256"])]
    return "\n".join([*lines, "", article["text"]])


def match_text(match: Json) -> str:
    """Return what `quote` found of the words that were to be checked."""
    if match["citation"] is None:
        return "No article says this, or nearly this. It must not be shown as a quote."
    if match["status"] == "exact":
        opening = "This is word for word what is written in:"
        return "\n".join([opening, *_cited([match["citation"], *match["others"]])])
    opening = (
        "No article says exactly this: the wording was altered. The nearest sentence is quoted"
        " below; quote that instead, or nothing."
    )
    changed = [
        f"- given: {_marked(piece['theirs'])}; written: {_marked(piece['stored'])}"
        for piece in match["differences"]
        if piece["operation"] != "same"
    ]
    return "\n".join([opening, *changed, *_cited([match["citation"]])])


def _cited(citations: Iterable[Json]) -> Iterator[str]:
    for number, citation in enumerate(citations, 1):
        yield f"\n[{number}] “{_line(citation['quote'])}”"
        title = f", “{_line(citation['title'])}”" if citation["title"] else ""
        yield f"    {_outlet(citation)}{title}"
        yield from (f"    {address}" for address in _address(citation["url"]))
        yield f"    {_place(citation['article_id'], citation['version'], citation['sha256'])}"
        if citation["missing"]:
            yield f"    It does not speak of: {_line(', '.join(citation['missing']))}"
        if citation.get("changed"):
            yield "    A newer version of the article no longer has this sentence."


def _address(url: str | None) -> list[str]:
    """Return the link, if there is one; as code what may lead elsewhere than it seems to."""
    if link := web_link(url):
        return [link]
    if shown := plain_address(url):
        return [f"`{shown.replace('`', '%60')}` (not to be followed)"]
    return []


def _outlet(source: Json) -> str:
    return f"{_line(source['publisher'] or 'outlet unknown')}, {source['published'] or 'no date'}"


def _place(article_id: str, version: int, sha256: str) -> str:
    return f"article_id: {_line(article_id)}, version {version}, sha256 {sha256[:LEAST_DIGITS]}"


def _marked(words: str) -> str:
    return f"“{_line(words)}”" if words else "nothing"


def _line(text: str) -> str:
    return " ".join(text.split())
