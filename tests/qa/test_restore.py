"""A kept answer comes back as it was, or is said not to; whatever was done to it meanwhile."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from qa.answer import Answer, Draft, DraftStatement, Turn, Withdrawn
from qa.conversations.records import decode_turn, encode_turn
from qa.restore import Restorer
from qa.verify import ask_back, decline, verify

FERRY = {
    "id": "ferry", "title": "Ferry lost", "publisher": "Harbour Gazette",
    "url": "https://gazette.example/ferry", "published": "2019-01-24T08:30:00+02:00",
    "text": "The ferry Skua sank on Monday. It carried 65 cars. Nobody on board was hurt.",
}  # fmt: skip
SANK = "The ferry Skua sank on Monday."
CARS = "It carried 65 cars."
HURT = "Nobody on board was hurt."
COST = "It had cost $575 million, the council said."


def encoded(answer: Answer) -> str:
    return encode_turn(Turn(answer.question, answer.standalone, answer))


def restored(newsroom: Any, kept: Answer | str) -> Answer:
    text = kept if isinstance(kept, str) else encoded(kept)
    answer = Restorer(newsroom.archive).turn(decode_turn(text)).answer
    assert answer
    return answer


def forged(answer: Answer, **fields: object) -> str:
    """Return the kept answer with fields of its first citation forged."""
    record = json.loads(encoded(answer))
    cited = (*(s["citations"][0] for s in record["answer"]["statements"]),)
    (cited or record["answer"]["nearest"])[0].update(fields)
    return json.dumps(record)


def alter(newsroom: Any, statement: str) -> None:
    with closing(sqlite3.connect(newsroom.archive.path)) as connection:
        assert connection.execute(statement).rowcount
        connection.commit()


# As it was


def test_an_answer_comes_back_as_it_was(newsroom: Any) -> None:
    for quotes, short in (
        ((SANK,), "Monday"),
        ((CARS, COST), "65 cars"),
        ((HURT, SANK, CARS), None),
    ):
        answer = newsroom.answer("What?", *quotes, short=short)
        assert restored(newsroom, answer) == answer


def test_one_sentence_of_two_outlets_comes_back_with_both(newsroom: Any) -> None:
    newsroom.take({"id": "wire", "text": SANK})
    items = [newsroom.evidence(SANK, 1)]
    wire = newsroom.archive.article("wire")
    version = newsroom.archive.current_version("wire")
    items.append(replace(items[0], number=2, article=wire, version=version))
    items[1] = replace(items[1], sentence=newsroom.archive.sentences(version.id)[0])
    answer = verify(
        Draft((DraftStatement(SANK, (1, 2)),)), items, question="q", standalone="q",
        nearest=(), searched="",
    )  # fmt: skip
    assert len(answer.citations) == 2
    assert restored(newsroom, answer) == answer
    newsroom.archive.remove(article_id="ferry")
    left = restored(newsroom, answer)
    assert [citation.article_id for citation in left.citations] == ["wire"]
    assert [gone.why for gone in left.withdrawn] == ["removed"]
    assert left.confidence == 0  # it was kept of the first quote only


@pytest.mark.parametrize(
    ("quote", "short"),
    [
        ("China paid €5 in 2016.", "€5"),
        ("Zoë Čapek paid Peru in 2016.", "Zoë Čapek"),
        ("Q\u0301ema paid Peru in 2016.", "Q\u0301ema"),
        ("China paid 😀 in 2016.", "😀"),
        ("中国 paid Peru in 2016.", "中国"),
        ("Zoë Čapek 😀 paid Peru in 2016.", "Peru"),
        ("China paid Peru €5 😀.", "China paid Peru €5 😀."),
    ],
    ids=ascii,
)
def test_a_short_answer_comes_back_in_code_points(newsroom: Any, quote: str, short: str) -> None:
    newsroom.take({"id": "abroad", "text": f"Peru was told 😀. {quote} That was late."})
    answer = newsroom.answer("Who?", quote, short=short)
    assert answer.citations[0].short == short
    assert restored(newsroom, answer) == answer


def test_a_decline_comes_back_with_what_was_nearest(newsroom: Any) -> None:
    answer = newsroom.declined("Did the ferry Heron sink?", SANK)
    assert answer.nearest[0].differs == ("Skua",)
    assert restored(newsroom, answer) == answer


def test_a_question_back_comes_back(newsroom: Any) -> None:
    answer = ask_back(
        question="they?", standalone="they?", choices=("They?", "they?"), searched="x"
    )
    assert restored(newsroom, answer) == answer


def test_a_shortened_sentence_comes_back(newsroom: Any) -> None:
    newsroom.take({"id": "long", "text": f"The list: {'one two three, ' * 60} and the end."})
    version = newsroom.archive.current_version("long")
    (sentence,) = newsroom.archive.sentences(version.id)
    item = newsroom.evidence(sentence.span.of(version.text))
    part = replace(sentence.span, start=10, end=32)
    answer = decline(
        question="q", standalone="q", nearest=[replace(item, quote_span=part)], searched=""
    )
    assert answer.nearest[0].quote == "one two three, one two"
    assert restored(newsroom, answer) == answer


def test_a_question_that_was_not_answered_has_no_answer(newsroom: Any) -> None:
    turn = Turn("When?", "When?")
    assert Restorer(newsroom.archive).turn(decode_turn(encode_turn(turn))) == turn


# What became of the article


def test_a_quote_stays_of_the_version_it_was_of(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK, HURT)
    newsroom.revise(FERRY, "on Monday", "on Tuesday")
    changed, still = restored(newsroom, answer).citations
    assert (changed.quote, changed.version, changed.changed) == (SANK, 1, True)
    assert (still.quote, still.version, still.changed) == (HURT, 1, False)


def test_a_sentence_with_something_before_it_is_another(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK)
    newsroom.revise(FERRY, "The ferry", "Nobody believes this: The ferry")
    assert restored(newsroom, answer).citations[0].changed


def test_a_sentence_that_came_back_is_no_change(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK)
    newsroom.revise(FERRY, "on Monday", "on Tuesday")
    newsroom.take(FERRY)
    assert newsroom.archive.current_version("ferry").number == 3
    assert restored(newsroom, answer) == answer


def test_versions_of_one_article_are_told_apart(newsroom: Any) -> None:
    first = newsroom.answer("When?", SANK)
    newsroom.revise(FERRY, "65 cars", "66 cars")
    second = newsroom.answer("When?", SANK)
    third = newsroom.answer("How many?", "It carried 66 cars.")
    restorer = Restorer(newsroom.archive)
    for answer, version in ((third, 2), (second, 2), (first, 1)):
        turn = restorer.turn(decode_turn(encoded(answer)))
        assert turn.answer == answer
        assert turn.answer.citations[0].version == version


def test_a_nearest_sentence_is_marked_as_well(newsroom: Any) -> None:
    answer = newsroom.declined("Did the ferry Heron sink?", SANK)
    newsroom.revise(FERRY, "on Monday", "on Tuesday")
    assert restored(newsroom, answer).nearest[0].changed


def test_a_newer_version_that_is_damaged_tells_nothing(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK)
    newsroom.revise(FERRY, "on Monday", "on Tuesday")
    alter(newsroom, "UPDATE versions SET text = text || '!' WHERE number = 2")
    assert restored(newsroom, answer) == answer


def test_a_quote_of_a_removed_article_is_no_source(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK, COST, short="Monday")
    newsroom.archive.remove(article_id="ferry")
    left = restored(newsroom, answer)
    assert [citation.quote for citation in left.citations] == [COST]
    assert (left.status, left.short) == ("answered", None)
    (gone,) = left.withdrawn
    assert gone == Withdrawn("", "", 1, answer.citations[0].sha256, "removed")


def test_an_answer_without_its_sources_is_a_decline(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK, short="Monday")
    newsroom.archive.remove(article_id="ferry")
    left = restored(newsroom, answer)
    assert (left.status, left.statements, left.short, left.nearest) == ("declined", (), None, ())
    assert [gone.quote for gone in left.withdrawn] == [""]


def test_a_nearest_sentence_of_a_removed_article_is_withdrawn(newsroom: Any) -> None:
    answer = newsroom.declined("Did the ferry Heron sink?", SANK)
    newsroom.archive.remove(article_id="ferry")
    left = restored(newsroom, answer)
    assert left.nearest == ()
    assert [(gone.quote, gone.nearest) for gone in left.withdrawn] == [("", True)]


def test_another_article_under_the_same_id_is_not_the_one_quoted(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK)
    newsroom.archive.remove(article_id="ferry")
    newsroom.take(FERRY | {"text": f"{SANK} So they say."})
    assert newsroom.archive.current_version("ferry").number == 2
    assert [gone.why for gone in restored(newsroom, answer).withdrawn] == ["removed"]


def test_the_same_article_taken_again_is_another(newsroom: Any) -> None:
    """What was removed is gone: the number that was quoted is given to no other text, nor again."""
    answer = newsroom.answer("When?", SANK)
    newsroom.archive.remove(article_id="ferry")
    newsroom.take(FERRY)
    assert newsroom.archive.current_version("ferry").number == 2
    assert [gone.why for gone in restored(newsroom, answer).withdrawn] == ["removed"]


OF_FERRY = "WHERE article = (SELECT key FROM articles WHERE id = 'ferry')"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE versions SET text = replace(text, 'Monday', 'Sunday') {OF_FERRY}",
        f"UPDATE versions SET title = 'Other' {OF_FERRY}",
        f"UPDATE versions SET sentences = x'' {OF_FERRY}",
        "UPDATE articles SET publisher = 'Other' WHERE id = 'ferry'",
    ],
    ids=["text", "title", "sentences", "publisher"],
)
def test_a_quote_of_damaged_text_is_no_source(newsroom: Any, statement: str) -> None:
    answer = newsroom.answer("When?", SANK)
    alter(newsroom, statement)
    left = restored(newsroom, answer)
    assert (left.status, left.citations) == ("declined", ())
    assert [gone.why for gone in left.withdrawn] == ["unmatched"]


# No way around the gate


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"quote": "The ferry Skua sank on Sunday."}, id="other words"),
        pytest.param({"quote": SANK.replace(" ", "\u00a0", 1)}, id="another space"),
        pytest.param({"quote": ""}, id="no words"),
        pytest.param({"span": {"start": 0, "end": 29}}, id="another place"),
        pytest.param({"span": {"start": 0, "end": 9999}}, id="beyond the end"),
        pytest.param({"span": {"start": 0, "end": 30}, "sentence": {"start": 31, "end": 50}},
                     id="outside of its sentence"),
        pytest.param({"article_id": "bridge"}, id="another article"),
        pytest.param({"version": 2}, id="another version"),
        pytest.param({"version": 10**15}, id="no version"),
        pytest.param({"sha256": "0" * 64}, id="another digest"),
        pytest.param({"quote": "carried 65 cars.", "span": {"start": 34, "end": 50},
                      "sentence": {"start": 34, "end": 50}}, id="no stored sentence"),
        pytest.param({"quote": "he ferry Skua sank on Monday.", "span": {"start": 1, "end": 30}},
                     id="a cut word"),
    ],
)  # fmt: skip
def test_a_forged_quote_is_never_a_source(newsroom: Any, fields: dict[str, object]) -> None:
    for answer in (newsroom.answer("When?", SANK), newsroom.declined("Heron?", SANK)):
        left = restored(newsroom, forged(answer, **fields))
        assert (left.status, left.citations, left.nearest) == ("declined", (), ())
        assert len(left.withdrawn) == 1


def test_who_said_it_is_what_the_archive_says(newsroom: Any) -> None:
    answer = newsroom.answer("When?", SANK, short="Monday")
    lies = {
        "title": "Lies", "publisher": "Other", "url": "javascript:alert(1)",
        "published": "2001-01-01", "dates": ["1066"], "missing": ["x"], "differs": ["y"],
    }  # fmt: skip
    assert restored(newsroom, forged(answer, **lies)) == answer


def test_forged_context_and_short_answers_are_left_out(newsroom: Any) -> None:
    answer = newsroom.answer("How many?", CARS, short="65 cars")
    assert answer.citations[0].context
    forgery = forged(answer, context=f"The lorry sank. {CARS}", short="60 cars")
    (citation,) = restored(newsroom, forgery).citations
    assert (citation.context, citation.short) == (None, None)


@pytest.mark.parametrize(
    "text",
    ["The ferry Skua sank on Sunday.", "The ferry Skua never sank.", "65 cars sank.", "", "\u202e"],
)
def test_a_forged_statement_says_no_more_than_its_quote(newsroom: Any, text: str) -> None:
    answer = newsroom.answer("When?", SANK)
    record = json.loads(encoded(answer))
    record["answer"]["statements"][0]["text"] = text
    assert restored(newsroom, json.dumps(record)) == answer


@pytest.mark.parametrize(
    ("field", "value"),
    [("short", "Sunday"), ("short", "onday"), ("confidence", 7.5), ("statements", [])],
)
def test_forged_fields_of_an_answer_do_not_pass(newsroom: Any, field: str, value: object) -> None:
    answer = newsroom.answer("When?", SANK, short="Monday")
    record = json.loads(encoded(answer))
    record["answer"][field] = value
    left = restored(newsroom, json.dumps(record))
    assert left.short in ("Monday", None)
    assert left.confidence <= 1
    assert (left.status == "answered") == bool(left.citations)


def test_a_decline_cannot_be_made_to_answer(newsroom: Any) -> None:
    record = json.loads(encoded(newsroom.answer("When?", SANK)))
    record["answer"]["status"] = "declined"
    assert restored(newsroom, json.dumps(record)).statements == ()


def test_a_statement_without_citation_is_none(newsroom: Any) -> None:
    record = json.loads(encoded(newsroom.answer("When?", SANK)))
    record["answer"]["statements"][0]["citations"] = []
    assert restored(newsroom, json.dumps(record)).status == "declined"
