from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.export import article_json
from qa.answer import Turn
from qa.conversations.export import conversation_json, conversation_markdown
from qa.conversations.kept import Reopened
from qa.conversations.store import Conversations
from qa.evaluation import check_proof
from qa.proof import proof
from qa.render import to_json, to_markdown

FERRY = {
    "id": "ferry", "title": "Ferry lost", "publisher": "Harbour Gazette",
    "url": "https://gazette.example/ferry", "published": "2019-01-24T08:30:00+02:00",
    "text": "The ferry Skua sank on Monday. It carried 65 cars. Nobody on board was hurt.",
}  # fmt: skip
SANK = "The ferry Skua sank on Monday."
COST = "It had cost $575 million, the council said."


@pytest.fixture
def kept(newsroom: Any) -> Iterator[Conversations]:
    with Conversations(newsroom.archive) as conversations:
        yield conversations


@pytest.fixture
def id_(kept: Conversations, newsroom: Any) -> str:
    id_ = kept.start("ann", "When did *it* sink?")
    answers = (
        newsroom.answer("When did *it* sink?", SANK, short="Monday"),
        newsroom.answer("And the <b>cost</b>?", COST),
        newsroom.declined("Did the Heron sink?", SANK),
    )
    for answer in answers:
        kept.append("ann", id_, Turn(answer.question, answer.standalone, answer))
    kept.append("ann", id_, Turn("Broken off?", "Broken off?"))
    return id_


@pytest.fixture
def reopened(kept: Conversations, id_: str) -> Reopened:
    return kept.open("ann", id_)


def test_markdown_holds_every_question_with_its_answer(reopened: Reopened) -> None:
    text = conversation_markdown(reopened)
    assert text.startswith("# When did \\*it\\* sink?\n\n*Begun ")
    assert "; 4 questions.*" in text
    assert "## And the \\<b\\>cost\\</b\\>?" in text
    for timed in reopened.turns:
        if timed.turn.answer:
            assert to_markdown(timed.turn.answer).rstrip() in text
    assert "## Broken off?" in text
    assert "*Not answered.*" in text


def test_json_holds_every_answer_as_the_contract_has_it(reopened: Reopened) -> None:
    record = conversation_json(reopened)
    assert json.loads(json.dumps(record)) == record
    assert (record["name"], record["questions"]) == ("When did *it* sink?", 4)
    answers = [timed.turn.answer for timed in reopened.turns]
    assert [turn["answer"] for turn in record["turns"]] == [a and to_json(a) for a in answers]
    assert not any("proof" in turn for turn in record["turns"])


def test_json_with_proofs_can_be_checked_elsewhere(
    reopened: Reopened, tmp_path: Path, newsroom: Any
) -> None:
    record = conversation_json(reopened, proofs=True)
    answers = [timed.turn.answer for timed in reopened.turns]
    assert [turn["proof"] for turn in record["turns"]] == [a and proof(a) for a in answers]
    files = (tmp_path / "talk.json", tmp_path / "articles.jsonl")
    files[0].write_text(json.dumps(record))
    lines = [json.dumps(article_json(*each, ())) for each in newsroom.archive.current_versions()]
    files[1].write_text("\n".join(lines))
    command = [sys.executable, check_proof.__file__, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count('holds: "') == 3
    files[1].write_text("\n".join(lines).replace("Monday", "Sunday"))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_what_became_of_the_quotes_is_exported(
    kept: Conversations, id_: str, newsroom: Any
) -> None:
    newsroom.revise(FERRY, "on Monday", "on Tuesday")
    newsroom.archive.remove(article_id="bridge")
    reopened = kept.open("ann", id_)
    text = conversation_markdown(reopened)
    assert text.count("The article has changed since") == 2
    assert "A quote was taken off" in text
    assert COST not in text
    assert "Bridge" not in text
    first, second, third, _ = conversation_json(reopened, proofs=True)["turns"]
    assert first["answer"]["statements"][0]["citations"][0]["changed"] is True
    assert third["answer"]["nearest"][0]["changed"] is True
    assert second["answer"]["statements"] == []
    (gone,) = second["answer"]["withdrawn"]
    assert (gone["why"], gone["quote"], gone["published"]) == ("removed", "", None)
    assert second["proof"]["articles"] == []


def test_what_was_left_out_is_said(kept: Conversations, id_: str) -> None:
    with kept.transaction() as connection:
        connection.execute("UPDATE turns SET digest = '' WHERE number = 2")
    assert "*Left out: 1 damaged turn.*" in conversation_markdown(kept.open("ann", id_))
