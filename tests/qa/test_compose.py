"""What is shown of the evidence: nothing below the floor, wire copies once, rivals newest first."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Sentence, Span, Version, sha256_of
from qa.answer import Draft, Evidence
from qa.compose import compose

FLOOD = "The flood in Brackmere killed 12 people, the county said."
LATER = "The flood in Brackmere killed 19 people, the county said."
MAYOR = "Mayor Dolores Whitcombe ordered the schools of the valley closed until Monday."
BRIDGE = "Engineers from Calderwick blame a beam for what happened at the crossing."


def evidence(
    number: int,
    text: str,
    score: float = 0.9,
    *,
    short: str | None = None,
    day: date | datetime | None = None,
    quote: str | None = None,
) -> Evidence:
    version = Version(
        number, f"a{number}", 1, None, (), day, datetime(2026, 1, 2, tzinfo=UTC), None, text,
        sha256_of(text),
    )  # fmt: skip

    def span(part: str) -> Span:
        return Span(text.index(part), text.index(part) + len(part))

    return Evidence(
        number, Article(f"a{number}", None, None), version,
        Sentence(number, 0, Span(0, len(text)), 0), score,
        answer_span=span(short) if short else None, quote_span=span(quote) if quote else None,
    )  # fmt: skip


def shown(*items: Evidence, floor: float = 0.5, quotes: int = 4) -> list[tuple[int, ...]]:
    """Return the evidence numbers of each statement."""
    draft = compose(items, floor=floor, quotes=quotes)
    return [statement.evidence for statement in draft.statements]


def test_nothing_is_no_draft() -> None:
    assert compose([], floor=0.0, quotes=4) == Draft(())


@pytest.mark.parametrize(
    ("scores", "numbers"),
    [
        pytest.param((0.9, 0.8, 0.7), [(1,), (2,), (3,)], id="all above"),
        pytest.param((0.9, 0.5, 0.49), [(1,), (2,)], id="the floor itself passes"),
        pytest.param((0.9, 0.4, 0.8), [(1,), (3,)], id="one between"),
        pytest.param((0.49, 0.3, 0.1), [], id="none"),
    ],
)
def test_nothing_below_the_floor(scores: tuple[float, ...], numbers: list[tuple[int, ...]]) -> None:
    items = [
        evidence(n, text, score)
        for n, (text, score) in enumerate(zip((FLOOD, MAYOR, BRIDGE), scores, strict=True), 1)
    ]
    assert shown(*items) == numbers
    assert (compose(items, floor=0.5, quotes=4) == Draft(())) is (not numbers)


def test_a_newer_rival_below_the_floor_does_not_lead() -> None:
    older = evidence(1, FLOOD, 0.7, short="12", day=date(2019, 1, 1))
    newer = evidence(2, LATER, 0.45, short="19", day=date(2019, 1, 2))
    assert shown(older, newer) == [(1,)]
    assert shown(older, newer, floor=0.4) == [(2,), (1,)]


def test_a_statement_is_the_quoted_part_and_the_short_answer_stands_in_it() -> None:
    item = evidence(3, FLOOD, short="12", quote="killed 12 people")
    draft = compose([item], floor=0.5, quotes=4)
    assert (draft.statements[0].text, draft.short) == ("killed 12 people", "12")
    whole = compose([evidence(3, FLOOD)], floor=0.5, quotes=4)
    assert (whole.statements[0].text, whole.short) == (FLOOD, None)


def test_wire_copies_become_one_statement_with_several_citations() -> None:
    items = [evidence(1, FLOOD), evidence(2, MAYOR), evidence(3, FLOOD), evidence(4, FLOOD, 0.6)]
    assert shown(*items) == [(1, 3, 4), (2,)]
    assert shown(*items, floor=0.7) == [(1, 3), (2,)]


def test_what_says_nearly_the_same_is_left_out() -> None:
    items = [
        evidence(1, "The council closed the schools of the valley until Monday."),
        evidence(2, "The council has closed the schools of the valley until Monday."),
        evidence(3, BRIDGE),
    ]
    assert shown(*items) == [(1,), (3,)]


def test_at_most_so_many_statements() -> None:
    items = [evidence(1, FLOOD), evidence(2, MAYOR), evidence(3, BRIDGE)]
    assert shown(*items, quotes=2) == [(1,), (2,)]
    assert shown(*items, quotes=1) == [(1,)]


def test_of_rival_figures_the_newest_comes_first_and_gives_the_short_answer() -> None:
    items = [
        evidence(1, FLOOD, 0.9, short="12", day=date(2019, 3, 1)),
        evidence(2, MAYOR, 0.85, day=date(2020, 1, 1)),
        evidence(3, LATER, 0.8, short="19", day=datetime(2019, 3, 4, 9, tzinfo=UTC)),
    ]
    draft = compose(items, floor=0.5, quotes=4)
    assert [statement.evidence for statement in draft.statements] == [(3,), (1,), (2,)]
    assert draft.short == "19"


@pytest.mark.parametrize(
    ("rival", "order"),
    [
        pytest.param(evidence(2, LATER, 0.8, short="19", day=date(2018, 1, 1)), [1, 2], id="older"),
        pytest.param(evidence(2, LATER, 0.8, short="19"), [1, 2], id="undated"),
        pytest.param(
            evidence(2, LATER, 0.51, short="19", day=date(2020, 1, 1)), [1, 2], id="far less likely"
        ),
        pytest.param(
            evidence(2, "It lost $19 then.", 0.8, short="$19", day=date(2020, 1, 1)),
            [1, 2],
            id="another kind of figure",
        ),
        pytest.param(
            evidence(2, MAYOR, 0.8, short="Monday", day=date(2020, 1, 1)), [1, 2], id="no figure"
        ),
        pytest.param(
            evidence(2, "A dozen died there.", 0.8, short="dozen", day=date(2020, 1, 1)),
            [1, 2],
            id="the same figure in words",
        ),
        pytest.param(
            evidence(2, LATER, 0.8, short="19", day=date(2020, 1, 1)), [2, 1], id="a rival"
        ),
    ],
)
def test_only_another_figure_about_as_likely_is_a_rival(rival: Evidence, order: list[int]) -> None:
    first = evidence(1, FLOOD, 0.9, short="12", day=date(2019, 3, 1))
    assert shown(first, rival) == [(number,) for number in order]


def test_the_same_sentence_with_another_figure_is_no_repetition() -> None:
    one = evidence(1, FLOOD, 0.9, short="12", day=date(2019, 3, 4))
    other = evidence(2, LATER, 0.8, short="19", day=date(2019, 3, 1))
    assert shown(one, other) == [(1,), (2,)]


@given(
    st.lists(
        st.builds(
            evidence,
            st.integers(1, 9),
            st.sampled_from([FLOOD, LATER, MAYOR, BRIDGE]),
            st.floats(0, 1),
            day=st.none() | st.dates(),
        ),
        max_size=8,
        unique_by=lambda item: item.number,
    ),
    st.floats(0, 1),
    st.integers(1, 4),
)
def test_whatever_is_found_each_sentence_is_stated_once_with_its_own_words(
    items: list[Evidence], floor: float, quotes: int
) -> None:
    items.sort(key=lambda item: -item.score)
    draft = compose(items, floor=floor, quotes=quotes)
    by_number = {item.number: item for item in items}
    cited = [number for statement in draft.statements for number in statement.evidence]
    assert len(cited) == len(set(cited))
    assert all(by_number[number].score >= floor for number in cited)
    assert len(draft.statements) <= quotes
    for statement in draft.statements:
        assert {by_number[n].version.text for n in statement.evidence} == {statement.text}
    assert bool(draft.statements) is any(item.score >= floor for item in items)


def one_article(*sentences: str) -> list[Evidence]:
    """Return evidence for each sentence of one article, the first score the highest."""
    text = " ".join(sentences)
    version = Version(
        1, "a", 1, None, (), None, datetime(2026, 1, 2, tzinfo=UTC), None, text, sha256_of(text)
    )
    items = []
    for place, sentence in enumerate(sentences):
        span = Span(text.index(sentence), text.index(sentence) + len(sentence))
        items.append(
            Evidence(place + 1, Article("a", None, None), version, Sentence(1, place, span, 0), 0.9)
        )
    return items


def test_for_several_the_best_comes_first_and_the_others_in_the_articles_order() -> None:
    peru, chile, cuba, bolivia = one_article(
        "Peru borrowed from Beijing.",
        "Chile sold copper abroad.",
        "Cuba was given oil for nothing.",
        "Bolivia opened its mines.",
    )
    draft = compose([bolivia, cuba, peru, chile], floor=0.5, quotes=4, several=True)
    assert [statement.evidence for statement in draft.statements] == [(4,), (1,), (2,), (3,)]


def test_for_several_what_says_nothing_new_is_left_out() -> None:
    first, again, other = one_article(
        "Peru, Chile and Cuba borrowed money from Beijing last year.",
        "Peru and Cuba borrowed from Beijing, too.",
        "Bolivia opened its lithium mines instead.",
    )
    draft = compose([first, again, other], floor=0.5, quotes=4, several=True)
    assert [statement.evidence for statement in draft.statements] == [(1,), (3,)]
    assert len(compose([first, again, other], floor=0.5, quotes=1, several=True).statements) == 1
