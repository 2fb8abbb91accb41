"""`onrecord quote`: who says exactly this."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import AsJson, Config, Debug, Store, read_settings

if TYPE_CHECKING:
    from qa.answer import Citation
    from qa.quotes import QuoteMatch
    from qa.worddiff import Difference

LONGEST = 10_000
"""Characters; comparing word by word takes time that grows with the square of the length."""


def quote(
    context: typer.Context,
    sentence: Annotated[str, typer.Argument(help="The sentence, in quotes.")],
    as_json: AsJson = False,
    store: Store = None,
    config: Config = None,
    _debug: Debug = False,
) -> None:
    """Tell which article says exactly this, or how the nearest sentence differs.

    Finding nothing is an answer too: the exit code is 0.

    For example: onrecord quote "Caracas has borrowed $65 billion."
    """
    if len(sentence) > LONGEST:
        context.fail(f"the sentence has more than {LONGEST:,} characters")
    from index.schema import open_archive
    from qa.quotes import find_quote, match_json

    with open_archive(read_settings(config, store).store) as archive:
        match = find_quote(archive, sentence)
    if as_json:
        typer.echo(json.dumps(match_json(match), ensure_ascii=False))
    else:
        typer.echo("\n".join(match_lines(match)))


def match_lines(match: QuoteMatch) -> Iterator[str]:
    """Yield what was found as lines for the terminal."""
    if match.citation is None:
        yield "No article says this, or anything near it."
    elif match.status == "exact":
        yield "Exactly this is said in:"
        for citation in (match.citation, *match.others):
            yield from ("", *_source(citation))
    else:
        yield "No article says exactly this. The nearest: [-as asked-] {+as stored+}"
        yield from ("", f"  {word_difference(match.differences)}", "", *_source(match.citation))


def word_difference(differences: tuple[Difference, ...]) -> str:
    """Return the stored words with `[-…-]` for what was asked instead and `{+…+}` for theirs."""
    return " ".join(
        difference.stored
        if difference.operation == "same"
        else " ".join(
            [f"[-{difference.theirs}-]"] * bool(difference.theirs)
            + [f"{{+{difference.stored}+}}"] * bool(difference.stored)
        )
        for difference in differences
    )


def _source(citation: Citation) -> Iterator[str]:
    from qa.wording import shown_date

    yield f"  “{citation.quote}”"
    named = (citation.publisher, shown_date(citation.published), citation.title)
    yield f"    — {', '.join(part for part in named if part)}"
    yield f"    {citation.url or citation.article_id}"
