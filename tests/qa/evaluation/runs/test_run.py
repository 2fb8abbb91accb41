"""Runs over a store of four sentences, with an assistant that finds what it is told to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.archive import Archive
from corpus.errors import QuestionError, UsageError
from index.build import ingest
from index.chunk_index import Hit
from index.chunks import Chunk
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Conversation, Evidence
from qa.assistant import Trace
from qa.compose import compose
from qa.evaluation.runs.journal import Journal, open_journal
from qa.evaluation.runs.row import IN_CONVERSATION, sentence_id
from qa.evaluation.runs.run import Progress, data_of, first_questions, run
from qa.evaluation.sets.questions import GoldSentence, Query, QuestionSet
from qa.verify import verify

SANK = "The ferry Constance sank off Skail on March 4."
CREW = "All 31 people on board were saved."
PRICE = "The bridge cost $12 million."
AGAIN = "It was March 4 when the Constance went down."
ARTICLES = [
    {"id": "ferry", "publisher": "Gazette", "published": "2019-03-05", "text": f"{SANK} {CREW}"},
    {"id": "bridge", "publisher": "Post", "published": "2018-07-01", "text": PRICE},
    {"id": "recall", "publisher": "Post", "published": "2019-04-01", "text": AGAIN},
]
ASK = "When did the Constance sink?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("run")
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    with open_archive(folder / "store", create=True) as opened:
        ingest([str(source)], opened, HashEmbedder())
        yield opened


@dataclass
class Scripted:
    """Reads, for each question, the sentences it is told to, the first as surely as it is told."""

    archive: Archive
    script: dict[str, Sequence[str]]
    sure: float = 0.9
    calls: list[tuple[str, list[str], date | None]] = field(default_factory=list)

    def trace(self, question: str, *, conversation: Conversation, asked: date | None) -> Trace:
        self.calls.append((question, [turn.question for turn in conversation.turns], asked))
        if question not in self.script:
            raise QuestionError("E_EMPTY", "ask something")
        evidence = [self.evidence(n, s) for n, s in enumerate(self.script[question], start=1)]
        answer = verify(
            compose(evidence, floor=0.5, quotes=4),
            evidence,
            question=question,
            standalone=question,
            nearest=evidence,
            searched="3 articles",
        )
        hits = [
            Hit(Chunk(e.number, e.version.id, e.sentence.span, (0, 1)), 1 / e.number, e.number)
            for e in evidence
        ]
        return Trace(answer, tuple(hits), tuple(evidence))

    def evidence(self, number: int, wanted: str) -> Evidence:
        for article, version in self.archive.current_versions():
            for sentence in self.archive.sentences(version.id):
                if sentence.span.of(version.text) == wanted:
                    return Evidence(number, article, version, sentence, self.sure)
        raise AssertionError(wanted)


def query(identity: str = "q", question: str = ASK, **given: Any) -> Query:
    answerable = {
        "answers": ("March 4",),
        "gold": (GoldSentence("ferry", SANK),),
        "relevant": ("ferry",),
    }
    fields = {"asked": None, "possible": (), **answerable, **given}
    return Query(identity, question, answerable=bool(fields["answers"]), **fields)


def near_miss(identity: str = "q", question: str = ASK, **given: Any) -> Query:
    return query(identity, question, answers=(), gold=(), relevant=(), **given)


def question_set(*queries: Query) -> QuestionSet:
    return QuestionSet(Path("set.jsonl"), "5e7", queries, ())


def rows_of(assistant: Scripted, *queries: Query) -> list[dict[str, Any]]:
    rows = run(question_set(*queries), assistant, assistant.archive, Journal(None, {}))
    assert rows is not None
    return rows


@pytest.mark.parametrize(
    ("asked", "found", "sure", "outcome", "lost"),
    [
        pytest.param(query(), [SANK], 0.9, "right", None, id="gold"),
        pytest.param(query(), [AGAIN], 0.9, "right", None, id="another that holds the answer"),
        pytest.param(query(), [SANK], 0.4, "wrongly declined", "wrongly declined", id="unsure"),
        pytest.param(query(), [CREW, SANK], 0.9, "wrong quote", "not picked", id="second"),
        pytest.param(query(), [CREW, SANK], 0.4, "wrongly declined", "not picked", id="both"),
        pytest.param(query(), [CREW], 0.9, "wrong quote", "not ranked", id="right article"),
        pytest.param(query(), [PRICE], 0.9, "wrong quote", "not retrieved", id="wrong article"),
        pytest.param(query(), [], 0.9, "wrongly declined", "not retrieved", id="nothing"),
        pytest.param(near_miss(), [SANK], 0.4, "declined", None, id="a near miss declined"),
        pytest.param(near_miss(), [], 0.4, "declined", None, id="nothing near"),
        pytest.param(near_miss(), [SANK], 0.9, "wrongly answered", "wrongly answered", id="fooled"),
    ],
)
def test_what_became_of_a_question_and_where_it_was_lost(
    archive: Archive, asked: Query, found: list[str], sure: float, outcome: str, lost: str | None
) -> None:
    row = rows_of(Scripted(archive, {ASK: found}, sure), asked)[0]
    assert (row["outcome"], row["lost"]) == (outcome, lost)
    status = {"declined": "declined", "wrongly declined": "declined"}.get(outcome, "answered")
    assert row["answer"]["status"] == status


def test_the_values_of_an_answered_question(archive: Archive) -> None:
    row = rows_of(Scripted(archive, {ASK: [PRICE, CREW, SANK]}), query())[0]
    values = row["values"]
    assert {name: values.pop(f"article {name}") for name in ("R@1", "R@5", "RR@10")} == {
        "R@1": 0, "R@5": 1, "RR@10": 1 / 2,
    }  # fmt: skip
    assert {name: values.pop(f"sentence {name}") for name in ("R@1", "R@5", "RR@10")} == {
        "R@1": 0, "R@5": 1, "RR@10": pytest.approx(1 / 3),
    }  # fmt: skip
    assert {name: value for name, value in values.items() if "@" not in name} == {
        "short answer EM": 0, "short answer F1": 0, "quote holds the answer": 0,
        "quote is a gold sentence": 0, "first quote right": 0, "answered right": 0,
        "right publisher and date": 0, "citation fidelity": 1, "citation support": 1,
        "citation recall": 1, "citation precision": 1, "answerable declined": 0,
    }  # fmt: skip
    assert row["retrieved"] == [["bridge", 1.0], ["ferry", 1 / 2]]
    assert row["ranked"][2] == [sentence_id("ferry", SANK), 1 / 3]
    assert set(row["ms"]) == set()  # the scripted one takes no time
    assert row["slices"] == {
        "kind": "date", "publisher": "Gazette", "year": "2019", "length": "short question",
    }  # fmt: skip


def test_the_quote_put_first_is_judged_where_it_was_declined_too(archive: Archive) -> None:
    values = rows_of(Scripted(archive, {ASK: [SANK]}, 0.4), query())[0]["values"]
    assert values["first quote right"] == values["quote is a gold sentence"] == 1
    assert values["right publisher and date"] == values["answerable declined"] == 1
    assert values["answered right"] == values["short answer EM"] == 0
    assert "citation fidelity" not in values


def test_only_unanswerable_questions_have_the_figures_of_unanswerable_ones(
    archive: Archive,
) -> None:
    values = rows_of(Scripted(archive, {ASK: [SANK]}, 0.4), near_miss())[0]["values"]
    assert values == {"unanswerable declined": 1}


def test_what_cannot_be_asked_counts_as_nothing_and_the_rest_goes_on(archive: Archive) -> None:
    assistant = Scripted(archive, {ASK: [SANK]})
    failed, fooled, right = rows_of(
        assistant, query("a", "of the"), near_miss("b", "of which"), query("c")
    )
    assert [row["outcome"] for row in (failed, fooled, right)] == ["failed", "failed", "right"]
    assert (failed["answer"], failed["error"], failed["lost"]) == (None, "ask something", None)
    assert set(failed["values"].values()) == {0}
    assert set(failed["values"]) == {n for n in right["values"] if not n.startswith("citation")}
    assert fooled["values"] == {"unanswerable declined": 0}


def test_where_nothing_can_be_asked_there_is_nothing_to_report(archive: Archive) -> None:
    with pytest.raises(UsageError, match="none of 2 questions could be asked; ask something"):
        rows_of(Scripted(archive, {}), query("a"), near_miss("b", "of the"))


def dialogue() -> list[Query]:
    first = query("c.0", conversation="c", standalone=ASK, asked=date(2019, 5, 1))
    where = query(
        "c.1", "And where?", conversation="c", turn=1, history=(ASK,), standalone="Where was that?",
        answers=("off Skail",), asked=date(2019, 5, 1),
    )  # fmt: skip
    return [first, where]


@pytest.mark.parametrize(
    ("alone", "together", "kept"),
    [
        (SANK, SANK, 1),
        (SANK, CREW, 0),
        pytest.param(CREW, SANK, None, id="wrong when asked by itself"),
    ],
)
def test_a_dialogue_is_held_and_its_follow_ups_asked_by_themselves_as_well(
    archive: Archive, alone: str, together: str, kept: float | None
) -> None:
    script = {ASK: [SANK], "And where?": [together], "Where was that?": [alone], "Whom?": [CREW]}
    assistant = Scripted(archive, script)
    rows = rows_of(assistant, *dialogue(), query("z", "Whom?"))
    day = date(2019, 5, 1)
    assert assistant.calls == [
        (ASK, [], day),
        ("And where?", [ASK], day),
        ("Where was that?", [], day),
        ("Whom?", [], None),
    ]
    assert [row["values"].get(IN_CONVERSATION) for row in rows] == [None, kept, None]


def test_the_history_of_a_single_question_is_asked_first(archive: Archive) -> None:
    assistant = Scripted(archive, {ASK: [SANK], "And who?": [CREW], "How many?": [CREW]})
    history = (ASK, "not to be asked", "And who?")
    rows_of(assistant, query("q", "How many?", history=history, turn=3))
    assert assistant.calls[-1] == ("How many?", [ASK, "And who?"], None)


def test_a_stopped_run_goes_on_where_it_was(archive: Archive, tmp_path: Path) -> None:
    queries = [query("a"), *dialogue(), query("z")]
    script = {ASK: [SANK], "And where?": [SANK], "Where was that?": [SANK]}
    whole = rows_of(Scripted(archive, script), *queries)
    part, key, seen = tmp_path / "part", {"sha256": "5e7"}, list[Progress]()

    def resumed(stop_after: int) -> tuple[list[dict[str, Any]] | None, Scripted, int]:
        assistant = Scripted(archive, script)
        with open_journal(part, key) as journal:
            before = journal.resumed
            rows = run(
                question_set(*queries), assistant, archive, journal,
                seen.append, lambda: len(assistant.calls) >= stop_after,
            )  # fmt: skip
        return rows, assistant, before

    rows, assistant, before = resumed(2)  # in the middle of the dialogue
    assert (rows, before, [call[0] for call in assistant.calls]) == (None, 0, [ASK, ASK])
    rows, assistant, before = resumed(99)
    assert before == 2
    assert [call[1] for call in assistant.calls] == [[], [ASK], [], []]
    assert seen[-1] == Progress(4, 4, ASK)
    assert rows is not None
    timeless = [[{**row, "cpu_ms": 0} for row in found] for found in (rows, whole)]
    assert timeless[0] == timeless[1]


def test_the_first_questions_are_another_set() -> None:
    whole = question_set(query("a"), query("b"))
    part = first_questions(whole, 1)
    assert [q.id for q in part.queries] == ["a"]
    assert part.sha256 not in (whole.sha256, first_questions(question_set(*"ab"), 2).sha256)
    assert first_questions(whole, 2) == first_questions(whole, None) == whole


def test_the_digest_of_the_data_is_of_texts_and_not_of_the_order_of_ingest(tmp_path: Path) -> None:
    def digest(name: str, *articles: dict[str, str]) -> dict[str, Any]:
        source = tmp_path / f"{name}.jsonl"
        source.write_text("".join(json.dumps(article) + "\n" for article in articles))
        with open_archive(tmp_path / name, create=True) as archive:
            ingest([str(source)], archive, HashEmbedder())
            return data_of(archive)

    ferry, bridge, recall = ARTICLES
    first = digest("first", ferry, bridge)
    assert first["articles"] == 2
    assert digest("turned", bridge, ferry) == first
    assert digest("other", ferry, {**bridge, "text": AGAIN}) != first
    assert digest("less", ferry)["sha256"] != first["sha256"]
    assert digest("more", ferry, bridge, recall)["sha256"] != first["sha256"]
