"""What was said before is read newest first, and every place names its word."""

from __future__ import annotations

from index.embed import open_tokenizer
from index.export import bundled_folder
from qa.answer import Conversation, Turn
from qa.resolve.said import LIMIT, TURNS_READ, Said, said_before, write_row

TOKENIZER = open_tokenizer(bundled_folder())


def test_the_newest_turn_comes_first_and_only_the_last_are_read() -> None:
    turns = tuple(Turn(f"Question {n}?", f"Question {n}?") for n in range(50))
    said = said_before(Conversation(turns))
    assert [each.text for each in said][:2] == ["Question 49?", "Question 48?"]
    assert [each.ago for each in said] == [*range(1, TURNS_READ + 1)]


def test_every_place_is_the_first_piece_of_its_word() -> None:
    said = [Said("Who runs Petróleos de Venezuela’s refineries?", 1, is_answer=False)]
    row = write_row(TOKENIZER, "And since when?", said)
    words = {span.of(said[0].text): TOKENIZER.id_to_token(row.ids[at]) for _, span, at in row.words}
    assert words["Petróleos"].startswith("pet")
    assert words["Venezuela’s"] == "venezuela"
    assert row.ids[: row.segment].count(TOKENIZER.token_to_id("[SEP]")) == 1


def test_a_dateline_is_not_what_is_asked_on_about() -> None:
    turn = Turn("Who sold them?", "Who sold them?", said="MOSCOW (Tallis Wire) - Russia sold them.")
    assert said_before(Conversation((turn,)))[1].text == "Russia sold them."


def test_what_is_too_long_is_cut() -> None:
    long = [Said("word " * 300, n, is_answer=False) for n in range(1, 12)]
    row = write_row(TOKENIZER, "why? " * 200, long)
    assert len(row.ids) <= LIMIT
    assert max(at for _, _, at in row.words) < len(row.ids)
