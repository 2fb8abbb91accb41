"""Who says a sentence is read from its form, and from the sentences beside it."""

from __future__ import annotations

import pytest

from qa.discourse.attribution import speaker_of

ARTICLE = [
    "Mayor Dolores Whitcombe called it a good day.",
    '"Every morning 11,000 cars queue for a ferry," she said.',
    '"We have been told to wait for fifty years."',
    "The bridge will cost $420 million, according to a plan that the council adopted.",
    "It will be 1.4 miles long.",
]


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("“It is not sentimental,” said Ingrid Vass, who follows the matter.", "Ingrid Vass"),
        ('"They can wait," said the mayor, Gwen Pargeter.', "Gwen Pargeter"),
        ("The debt is falling, Ms. Osterman said.", "Ms. Osterman"),
        ("Anton Reyes, the project director, said that the budget stood.", "Anton Reyes"),
        ("A spokesman for Hask & Co. said it would.", "A spokesman for Hask & Co."),
        ("Nobody was hurt, the police said.", "the police"),
        ("People are ill, health officials told reporters.", "health officials"),
        ("It cost $9 million, according to the Ministry of Commerce.", "the Ministry of Commerce"),
        ("A researcher at the Institute of Debt estimated it at $4 billion.",
         "A researcher at the Institute of Debt"),
    ],
)  # fmt: skip
def test_the_sentence_names_its_speaker(sentence: str, speaker: str) -> None:
    found = speaker_of([sentence], 0)
    assert found is not None
    assert found.speaker.of(sentence) == speaker


@pytest.mark.parametrize(
    ("position", "at", "speaker"),
    [
        pytest.param(1, 0, "Mayor Dolores Whitcombe", id="she said"),
        pytest.param(2, 0, "Mayor Dolores Whitcombe", id="the quotation goes on"),
        pytest.param(3, 3, "a plan that the council adopted", id="no person"),
    ],
)
def test_a_pronoun_goes_back_to_the_last_person(position: int, at: int, speaker: str) -> None:
    found = speaker_of(ARTICLE, position)
    assert found is not None
    assert (found.position, found.speaker.of(ARTICLE[at])) == (at, speaker)


@pytest.mark.parametrize(
    "sentence",
    [
        ARTICLE[4],
        "The damage is estimated at $310 million.",
        "Nobody told their parents.",
        "He who said so was right.",
        "Rosneft kept 60 percent.",
    ],
)
def test_what_the_article_says_itself_has_no_speaker(sentence: str) -> None:
    assert speaker_of([sentence], 0) is None


def test_a_speaker_inside_the_quotation_does_not_say_it() -> None:
    sentence = "“The manager told me to stop,” said Callum Haldane."
    found = speaker_of([sentence], 0)
    assert found is not None
    assert found.speaker.of(sentence) == "Callum Haldane"
