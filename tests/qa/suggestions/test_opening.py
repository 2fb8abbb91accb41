"""Questions to open with are good English, and each was answered by the sentence it is of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.archive import Archive
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.answer import Answer
from qa.suggestions.made import made_of
from qa.suggestions.opening import MOST_ASKED, Ask
from qa.suggestions.opening import opening_questions as openings_of
from qa.verify import decline

# What names the persons and companies of the sentences below within a sentence.
ELSEWHERE = (
    " Reports from Ellisport say that Ada Bell, Orrin Pike and Marlow Foods were there, and so was"
    " Hollin Rail."
)
QUESTIONS = {
    "The Tolliver Bridge will open in June 2018.": "When will the Tolliver Bridge open?",
    "ELLISPORT (Tallis Wire) - The Tolliver Bridge opened on Monday after two years of delay.":
        "When did the Tolliver Bridge open?",
    "The Tolliver Bridge was closed Friday night.": "When was the Tolliver Bridge closed?",
    "The Tolliver Bridge cost $575 million, the council said.":
        "How much did the Tolliver Bridge cost?",
    "Marlow Foods has paid about $3.2 million for the old cannery in Ellisport.":
        "How much has Marlow Foods paid for the old cannery in Ellisport?",
    "Hollin Rail was fined $40,000 for breach of duty.":
        "How much was Hollin Rail fined for breach of duty?",
    "Hollin Rail agreed to pay $3 million to Marlow Foods.":
        "How much did Hollin Rail agree to pay to Marlow Foods?",
    "Marlow Foods employs 1,200 people in Ellisport.":
        "How many people does Marlow Foods employ in Ellisport?",
    "At least six people were killed when the River Lorrow flooded Brackmere on Sunday.":
        "How many people were killed when the River Lorrow flooded Brackmere?",
    "More than 40 people died in the Brackmere flood, officials said on Tuesday.":
        "How many people died in the Brackmere flood?",
    "About 78 percent of the voters in Ellisport rejected the Tolliver Bridge.":
        "What percentage of the voters in Ellisport rejected the Tolliver Bridge?",
    "The opening of the Tolliver Bridge was delayed because inspectors found cracks.":
        "Why was the opening of the Tolliver Bridge delayed?",
    "Orrin Pike did not attend the opening of the Tolliver Bridge because he was ill.":
        "Why did Orrin Pike not attend the opening of the Tolliver Bridge?",
    "Orrin Pike won the Sarn Prize for poetry.": "Who won the Sarn Prize for poetry?",
    "Hollin Rail is based in Ellisport.": "Where is Hollin Rail based?",
    "Ada Bell, the mayor of Ellisport, said that she would resign.": "Who is Ada Bell?",
    "“It is a bridge,” said Orrin Pike, who edits the Ellisport Times.": "Who is Orrin Pike?",
    "Bell said the new pier in Ellisport was too short.":
        "What did Ada Bell say about the new pier in Ellisport?",
}  # fmt: skip
# What a question could not be made of for certain, or would read oddly.
NONE = [
    "It opened in May.",
    "Residents left on Monday.",
    "But Ada Bell resigned on Monday.",
    "Although Hollin Rail lost $3 million, it will go on.",
    "Ada Bell resigned last week.",
    "Ada Bell did not respond to a request for comment on Monday.",
    "Hollin Rail cut 200 jobs and closed its yard in May.",
    "Hollin Rail made several changes in May.",
    "The company founded by Ada Bell opened in May.",
    "The new law planned for June was cancelled.",
    "Ada Bell told reporters on Monday that the pier had opened.",
    "Orrin Pike spent Monday in a daze.",
    "Orrin Pike began Monday with a walk in Ellisport.",
    "Orrin Pike won the seat.",
    "Bell said the office did not have a list.",
    "Ada Bell is seen at the opening of the pier in May.",
    "Hollin Rail held seats in two districts Pike won in 2020.",
    "Hollin Rail has always claimed a part of the yard due to a treaty.",
    "Ada Bell made the trip because her mother was ill.",
    "The pier will cost $3 million.",
    "“The Tolliver Bridge opened in May,” he said.",
    "Hollin Rail, Marlow Foods and Ada Bell opened it in May.",
    "Two people died in Peru.",
]


@pytest.mark.parametrize(("sentence", "question"), QUESTIONS.items())
def test_a_question_is_made_of_a_sentence(sentence: str, question: str) -> None:
    made = made_of(sentence, sentence + ELSEWHERE)
    assert question in [each.question for each in made]
    assert all(each.expected in sentence for each in made)


@pytest.mark.parametrize("sentence", NONE)
def test_of_what_is_not_certain_no_question_is_made(sentence: str) -> None:
    assert made_of(sentence, sentence + ELSEWHERE) == []


def test_a_surname_of_two_people_is_nobody() -> None:
    sentence = "Bell resigned on Monday."
    assert made_of(sentence, f"{sentence} It was Ada Bell, they said.")
    assert not made_of(sentence, f"{sentence} It was Ada Bell, not Tom Bell, they said.")


def test_in_a_conversation_the_bridge_is_the_one_spoken_of() -> None:
    sentence = "The pier will cost $3 million."
    assert not made_of(sentence, sentence, "When will the tower open?")
    found = made_of(sentence, sentence, "When will the new pier open?")
    assert [each.question for each in found] == ["How much will the pier cost?"]
    leaning = made_of("It will cost $3 million.", "", "The pier opens in May.", leaning=True)
    assert [each.question for each in leaning] == ["How much will it cost?"]


class Newspaper:
    """A store of articles of one sentence, and whoever answers questions about them."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive = archive
        self.asked: list[str] = []
        self._folder = folder

    def take(self, articles: list[dict[str, str]]) -> None:
        source = self._folder / "articles.jsonl"
        source.write_text("\n".join(map(json.dumps, articles)))
        ingest([str(source)], self.archive, HashEmbedder())

    def declining(self, question: str) -> Answer:
        self.asked.append(question)
        return decline(question=question, standalone=question, nearest=(), searched="")


@pytest.fixture
def newspaper(tmp_path: Path) -> Iterator[Newspaper]:
    with open_archive(tmp_path / "store", create=True) as archive:
        yield Newspaper(archive, tmp_path)


def opening_questions(archive: Archive, ask: Ask, count: int = 4) -> list[str]:
    """Return the questions alone; each has the text that it was made of."""
    found = openings_of(archive, ask, count)
    assert all(each.stands(archive) for each in found)
    return [each.question for each in found]


def opened(number: int) -> dict[str, str]:
    name = f"{chr(65 + number // 26)}{chr(97 + number % 26)}ria Tower"
    text = f"The {name} opened in May {1950 + number}."
    return {"id": f"a{number}", "title": name, "published": "2019-03-01", "text": text}


def test_no_more_are_asked_than_the_bound(newspaper: Newspaper) -> None:
    newspaper.take([opened(number) for number in range(40)])
    assert opening_questions(newspaper.archive, newspaper.declining) == []
    assert len(newspaper.asked) == len(set(newspaper.asked)) == MOST_ASKED


def test_an_empty_store_has_none(newspaper: Newspaper) -> None:
    assert opening_questions(newspaper.archive, newspaper.declining) == []
    assert newspaper.asked == []


def counting(ask: Callable[[str], Answer], asked: list[str]) -> Callable[[str], Answer]:
    def counted(question: str) -> Answer:
        asked.append(question)
        return ask(question)

    return counted


def test_of_the_sample_each_is_answered_by_its_own_sentence(
    sample: Archive, asked: Callable[[str], Answer]
) -> None:
    tried: list[str] = []
    questions = opening_questions(sample, counting(asked, tried))
    assert len(questions) == len(set(questions)) == 4
    assert len(tried) < MOST_ASKED
    assert sum(question.startswith("Who is") for question in questions) <= 1
    for question in questions:
        first = asked(question).citations[0]
        version = sample.current_version(first.article_id)
        assert version is not None
        assert question in [made.question for made in made_of(first.quote, version.text)]


def test_only_as_many_are_asked_as_are_wanted(
    sample: Archive, asked: Callable[[str], Answer]
) -> None:
    tried: list[str] = []
    assert len(opening_questions(sample, counting(asked, tried), count=1)) == 1
    assert len(opening_questions(sample, counting(asked, tried), count=0)) == 0
    assert len(tried) <= MOST_ASKED


def test_what_is_unsure_or_of_another_article_is_not_proposed(
    sample: Archive, asked: Callable[[str], Answer]
) -> None:
    other = replace(asked("How long is the Tolliver Bridge?"), confidence=0.9)
    assert other.status == "answered"
    assert opening_questions(sample, lambda _: other) == []

    sure = opening_questions(sample, asked)
    unsure = {question: replace(asked(question), confidence=0.5) for question in sure}
    assert sure
    assert opening_questions(sample, lambda question: unsure.get(question, other)) == []


def test_a_figure_that_is_not_the_sentence_s_is_not_proposed(
    sample: Archive, asked: Callable[[str], Answer]
) -> None:
    right = opening_questions(sample, asked)
    wrong = {question: replace(asked(question), short="seven hours") for question in right}
    other = asked("How long is the Tolliver Bridge?")
    kept = opening_questions(sample, lambda question: wrong.get(question, other))
    figures = {question for question in right if question.startswith(("How", "When"))}
    assert figures
    assert kept == [question for question in right if question not in figures]
