from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.archive import Archive
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.quotes import Difference, QuoteMatch, find_quote

LENT = "By 2015, China had lent Venezuela a total of $65 billion."
SAID = "The minister denied that the loan was “secret” – it’s in the books."
ARTICLES = [
    {"id": "a", "publisher": "Daily Example", "published": "2019-01-24", "title": "Loans",
     "text": f"Caracas owes much. {LENT} {SAID}\n\nPilots flew 6,000 miles. They will return."},
    {"id": "b", "publisher": "Evening Sample", "published": "2018-05-01", "title": "Wire",
     "text": f"A later look. {LENT} Rosneft took a ﬁfth of the shares."},
    {"id": "c", "publisher": "Old Paper", "title": "No date", "text": f"Again: {LENT}"},
]  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    source = tmp_path / "articles.jsonl"
    source.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
        yield archive


def stored(archive: Archive, match: QuoteMatch) -> str:
    assert match.citation is not None
    version = archive.version_number(match.citation.article_id, match.citation.version)
    assert version is not None
    assert match.citation.sha256 == version.sha256
    assert match.citation.span.of(version.text) == match.citation.quote
    return match.citation.quote


@pytest.mark.parametrize(
    ("asked", "quote"),
    [
        (SAID, SAID),
        ('The minister denied that the loan was "secret" - it\'s in the books.', SAID),
        ("“The minister denied that the loan was ‘secret’", None),
        ("  The minister denied\nthat the loan was “secret” ", SAID[:45]),
        ("Rosneft took a fifth of the shares.", "Rosneft took a ﬁfth of the shares."),
        ("flew 6,000 miles. They will return.", "flew 6,000 miles. They will return."),
        (f"{SAID} Pilots flew 6,000 miles", f"{SAID}\n\nPilots flew 6,000 miles"),
        ("“They will return”", "They will return"),
        ("miles", "miles"),
    ],
    ids=range(9),
)  # fmt: skip
def test_exact(archive: Archive, asked: str, quote: str | None) -> None:
    match = find_quote(archive, asked)
    assert (match.status == "exact") is (quote is not None)
    assert quote is None or stored(archive, match) == quote


def test_a_part_shows_its_sentence_as_context(archive: Archive) -> None:
    citation = find_quote(archive, "China had lent Venezuela").citation
    assert citation is not None
    assert (citation.quote, citation.context) == ("China had lent Venezuela", LENT)


def test_all_articles_that_say_it_the_earliest_first(archive: Archive) -> None:
    match = find_quote(archive, LENT)
    assert match.citation is not None
    assert match.citation.article_id == "b"
    assert [citation.article_id for citation in match.others] == ["a", "c"]
    assert match.differences == ()


@pytest.mark.parametrize(
    ("asked", "difference"),
    [
        (LENT.replace("$65", "$62"), Difference("replaced", "$62", "$65")),
        (SAID.replace("denied", "admitted"), Difference("replaced", "admitted", "denied")),
        (LENT.replace("had lent", "had never lent"), Difference("added", "never", "")),
        (LENT.replace("a total of ", ""), Difference("missing", "", "a total of")),
        (LENT.replace("China", "china"), Difference("replaced", "china", "China")),
        ("China had lent Venezuela a total of $65", Difference("missing", "", "billion.")),
        ("Caracas owes much. The minister denied that the loan was “secret”", None),
        (f"{LENT} The minister admitted that the loan was “secret”", None),
    ],
    ids=["figure", "word", "negation", "left out", "case", "cut figure", "stitched", "stitched 2"],
)  # fmt: skip
def test_falsified_quotes_are_never_exact(
    archive: Archive, asked: str, difference: Difference | None
) -> None:
    match = find_quote(archive, asked)
    assert match.status == "near"
    assert stored(archive, match)
    assert difference is None or difference in match.differences


def test_differences_lead_from_what_was_asked_to_what_is_stored(archive: Archive) -> None:
    asked = SAID.replace("denied", "admitted").replace(" in the", " not in any")
    match = find_quote(archive, asked)
    theirs = " ".join(d.theirs for d in match.differences if d.theirs)
    assert theirs.split() == asked.replace("“", '"').replace("”", '"').replace("–", "-").replace(
        "’", "'"
    ).split()  # fmt: skip
    assert " ".join(d.stored for d in match.differences if d.stored) == SAID


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "  “…” ",
        "The committee of bakers elected a new chairwoman yesterday.",
        '" OR NEAR( * ^ text: zebra',
        "zebra'; DROP TABLE articles; --",
    ],
)
def test_none(archive: Archive, asked: str) -> None:
    assert find_quote(archive, asked) == QuoteMatch("none")


def test_only_the_current_version_counts(archive: Archive, tmp_path: Path) -> None:
    changed = dict(ARTICLES[0], text="Nothing of it is left in this correction of the story.")
    source = tmp_path / "changed.jsonl"
    source.write_text(json.dumps(changed))
    ingest([str(source)], archive, HashEmbedder())
    assert find_quote(archive, SAID).status == "none"
    assert find_quote(archive, "Nothing of it is left").status == "exact"


def test_a_damaged_version_is_not_quoted(archive: Archive) -> None:
    with archive.transaction() as connection:
        connection.execute("UPDATE versions SET text = replace(text, 'secret', 'public')")
    assert find_quote(archive, SAID.replace("secret", "public")) == QuoteMatch("none")
