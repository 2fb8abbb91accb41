"""What becomes of an old citation when its article is removed and others bear its id."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Answer, Conversation, Turn
from qa.discourse.moves import Move
from qa.discourse.recall import place_of
from qa.discourse.replies import Replies
from qa.evaluation.check_proof import check
from qa.proof import proof
from qa.render import citation_json
from web.page.panel import place, source
from web.page.source import citation_source, source_of

SANK = "The ferry Skua sank on Monday."
# Other words, longer and shorter than those quoted, and with the quote at another place.
OTHERS = {
    "longer": "The mayor resigned. She had been asked to by her council, twice, in a letter.",
    "shorter": "Short.",
    "moved": f"They say so. {SANK}",
    "reworded": "The ferry Skua sank on Sunday. It carried 65 cars. Nobody on board was hurt.",
}


class Finds:
    """Looks up as the assistant does."""

    def __init__(self, newsroom: Any) -> None:
        self.source = newsroom.archive.cited
        self.numbered = newsroom.archive.numbered


def asked(newsroom: Any) -> Conversation:
    answer: Answer = newsroom.answer("When did it sink?", SANK, short="Monday")
    return Conversation((Turn("When did it sink?", "When did it sink?", answer),))


def replaced(newsroom: Any, text: str) -> None:
    newsroom.archive.remove(article_id="ferry")
    newsroom.take({"id": "ferry", "title": "Another", "text": text})
    assert newsroom.archive.current_version("ferry").text == text


def numbered_one(answer: Answer) -> Answer:
    """Return the answer as of the first version of another article, for others, with this id."""
    (statement,) = answer.statements
    citations = tuple(replace(citation, version=1) for citation in statement.citations)
    return replace(answer, statements=(replace(statement, citations=citations),))


def searched(*_: object, **__: object) -> list[Any]:
    return []


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_the_panel_of_other_words_is_never_opened(newsroom: Any, text: str) -> None:
    held = asked(newsroom)
    assert f'selected">{SANK}' in citation_source(held, 0, 0, Finds(newsroom))
    replaced(newsroom, text)
    html = citation_source(held, 0, 0, Finds(newsroom))
    assert "can no longer be shown" in html
    assert "<mark" not in html


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_link_to_a_sentence_never_marks_other_words(newsroom: Any, text: str) -> None:
    citation = asked(newsroom).turns[0].answer.citations[0]
    link = place(newsroom.archive.current_version("ferry"), citation.span)
    assert f'selected">{SANK}' in source_of({"at": link}, Conversation(), Finds(newsroom))
    replaced(newsroom, text)
    html = source_of({"at": link}, Conversation(), Finds(newsroom))
    assert "no longer, in the collection" in html


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("move", [m for m in Move if m is not Move.REASON])
def test_a_follow_up_never_speaks_of_other_words(newsroom: Any, move: Move, text: str) -> None:
    held = asked(newsroom)
    assert place_of(newsroom.archive, held.turns[0].answer.citations[0])
    replaced(newsroom, text)
    assert place_of(newsroom.archive, held.turns[0].answer.citations[0]) is None
    assert Replies(newsroom.archive, 0.5).reply(move, "When?", held, searched) is None


def test_quotes_of_another_text_of_the_same_number_are_not_marked_beside(newsroom: Any) -> None:
    held = asked(newsroom)
    article, version = newsroom.archive.numbered("ferry", 1)
    replaced(newsroom, OTHERS["longer"])
    answer = numbered_one(newsroom.answer("Who?", OTHERS["longer"].split(".")[0] + "."))
    both = Answer("q", "q", "answered", (*held.turns[0].answer.statements, *answer.statements))
    html = source(0, 0, both, article, version)
    assert html.count("<mark") == 1


def test_a_proof_tells_two_texts_of_one_id_and_number_apart(newsroom: Any) -> None:
    held = asked(newsroom)
    old = newsroom.archive.numbered("ferry", 1)[1].text
    replaced(newsroom, OTHERS["longer"])
    answer = numbered_one(newsroom.answer("Who?", "The mayor resigned."))
    both = Answer("q", "q", "answered", (*held.turns[0].answer.statements, *answer.statements))
    listed = proof(both)["articles"]
    assert len(listed) == 2
    texts = {"ferry": [{"text": old}, {"text": OTHERS["longer"]}]}
    findings = list(check(proof(both), texts))
    assert [finding.faults for finding in findings] == [[], [], []]
    assert citation_json(both.citations[0])["sha256"] != citation_json(both.citations[1])["sha256"]


@given(st.text(max_size=80))
def test_nothing_that_a_link_says_raises(text: str) -> None:
    class Nothing:
        def source(self, *_: object) -> None:
            return None

        numbered = source

    for link in (text, f"{text}.1.0.5", f"{text}.1.0.5.0123abcd"):
        assert 'class="empty"' in source_of({"at": link}, Conversation(), Nothing())
