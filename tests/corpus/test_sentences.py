"""Sentence rules as golden (text, sentences) pairs, and what holds for any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.clean import clean
from corpus.sentences import MAX_ENCLOSED, split_sentences


def sentences(text: str) -> list[str]:
    return [sentence.span.of(text) for sentence in split_sentences(text)]


# Sentences are joined by " | "; a new line of text is joined by a newline.
GOLDEN = {
    # Hours
    "p.m. before a weekday": "He left at 5 p.m. Tuesday. | He slept.",
    "p.m. before a month": "It ends at 9 p.m. Nov. 11 in Lund. | Doors open at 8 p.m. June 3.",
    "p.m. before a time zone": "It starts at 8 p.m. ET on a Monday. | It ends at 9 p.m. GMT.",
    "p.m. before a place's time": "It starts at 8 p.m. Milwaukee time and ends late.",
    "p.m. before a bracket": "The parade at 2:30 p.m. (9:30 a.m. ET) is free.",
    "p.m. at a true end": "The shop shuts at 5 p.m. | The owner goes home.",
    "a.m. at a true end": "They landed at 3 a.m. | Nobody was hurt.",
    "hour phrase without a verb": "At 5 p.m. Olsen called the police. | They came.",
    # Titles, companies, abbreviations
    "Mr.": "Loans to Mr. Maduro grew. | Mrs. May and Ms. Li agreed.",
    "Dr. and Prof.": "Dr. No met Prof. Yes. | They spoke.",
    "Gov. and Sen.": "Gov. Kay Berg met Sen. Bob Lind. | Rep. Ann Ek stayed.",
    "plural titles": "Reps. Ann Ek and Sens. Bo Lind voted no. | It passed.",
    "Lt. Gov.": "Lt. Gov. Dan Moe resigned. | Maj. Gen. Eva Ås followed.",
    "military ranks": "Staff Sgt. Ian Holm and Cpl. Ada Lund served. | Both are well.",
    "St. and Ft. and Mt.": "St. Louis beat Ft. Worth near Mt. Hood. | It rained.",
    "LLC.": "Acme Energy LLC. will pay. | Acme Inc. said so.",
    "Inc. and Corp. inside": "Acme Corp. and Bolt Inc. merged. | Ltd. firms did not.",
    "Inc. at a true end": "She works for Acme Inc. | The firm is old.",
    "Jr. inside and at an end": "Sammy Lind Jr. sang. | So did Bo Ek Jr. | They left.",
    "U.S. before lower case": "U.S. officials said so. | The U.S. economy grew.",
    "U.S. before a name": "U.S. President Ann Ek met U.S. Steel workers.",
    "U.S. at a true end": "He lives in the U.S. | She does not.",
    "D.C. inside": "Washington, D.C. Mayor Ann Ek spoke. | He lives in D.C. | It is hot.",
    "No. before a number": "She is the No. 1 seed. | Nos. 2 and 3 lost.",
    "No as an answer": "The answer is no. | He left. | No. | It rained.",
    "no, me, DC at an end": "Oslo voted no. | China did not ask me. | Ek flew to DC. | Bo too.",
    "featuring": "Wait for You ft. The Weeknds is new. | It sells.",
    "versus": "Roe v. Wade and Lund vs. Malmo are known. | Both ended.",
    "months": "On Sept. 11 he left. | By Jan. 24 he was back. | It was cold in Feb. | He froze.",
    "initials": "J. K. Rowling met J.K. Rolf and George W. Bush. | They ate.",
    "two initials before a name": "Candidate J.D. Vance and J.B. Pritzker met. | J.R. Lind won.",
    "compass point in an address": "It is at 308 N. Second Ave. in Lund. | Come early.",
    "letter at a true end": "They need vitamin C. | The doctor said so. | Plan B. | It works.",
    "Ph.D.": "Ph.D. students met. | She holds a Ph.D. | It took years.",
    "party and state": "Rep. Jim Ek (D-Ala.) said no. | Sen. Bo Lind, R-Iowa, said yes.",
    "e.g. and i.e.": "Bring food, e.g. bread, i.e. not money. | Thank you.",
    "name with an exclamation mark": "Yahoo! Finance reported it. | Yahoo! said so.",
    # Datelines
    "dateline AP": "WASHINGTON (AP) — The bridge is shut. | It rained.",
    "dateline Reuters": "LONDON, Jan. 24 (Reuters) - The bank cut rates. | Markets rose.",
    "dateline CNN": "(CNN) —The bridge is shut. | It rained.",
    "dateline with a state": "NASHVILLE, Tenn. – The singer has died. | She was 90.",
    # Numbers, links, dots
    "decimals and money": "It cost $1.5 billion, up 3.5 percent. | Then 4.2 million left.",
    "link": "See https://news.example/a.b?c=d.E for more. | Write to a.b@news.example. | Thanks.",
    "site name": "Booking.Com and PowerOutage.US said so. | Node.js too.",
    "missing space": "The first race ended.| Ann Ek won it.",
    "three dots inside": "He waited... and left. | She stayed … for a day.",
    "three dots at an end": "He waited... | The train came.",
    "lone dots stay with the sentence before": "She won in 1951. ... | The next lost.",
    "lone dots at the start": "... The field was small. | It rained.",
    "question and exclamation": "Why? | Nobody knows! | Really?! | Yes.",
    "question in a dash": "He said it in — where else? — a tweet on Thursday. | It spread.",
    # Quotations
    "closing mark before a new sentence": "It is “what I said.” | He left.",
    "straight closing mark": 'It is "what I said." | He left.',
    "opening mark goes with the next": "He left. | “It is late,” she said.",
    "closing and opening mark": "“No.” | “Yes,” she said.",
    "question before he said": '"Why?" he asked. | "Go!" she said.',
    "question before a name who said": "“Why?” Mr. Lind asked. | “Go!” Ann Ek said. | They went.",
    "question before a name of an age": "“Did you sleep?” Lind, 49, said. | She had.",
    "shout before another's act": "“Stop!” | The man ran.",
    "two sentences and who said them": "“I go. We stay,” she said. | He nodded.",
    "said first": "She said: “I go. We stay.” | He nodded.",
    "quotation, who, quotation": "“I go. We stay,” she said. | “You sleep. He eats.” | He ate.",
    "open curly, closed straight": '“We lost. It hurts," Lind said. | He left.',
    "quotation left open runs on": "“We lost. | It hurts. | We go home.",
    "quotation closed only": "It hurts. | We go home,” he said.",
    "quote within a quote": "“He said, ‘Go. Now.’ I went,” she said. | He stayed.",
    "nested closing marks apart": "“She asked, ‘Is it late?’ ” Lind said. | It was.",
    "inches are no quotation": "He is 6'2\" tall. | She is 5'1\" tall. | They met.",
    "single marks": "She said 'no.' | Then she left. | The boys' room. | It is big.",
    "apostrophes": "They can't. | Ann Ek’s. | Bo Lind won’t. | Sales rose.",
    "lower case after a quoted stop": "She said “go.” and left. | He stayed.",
    # Brackets, lists, headings
    "bracketed sentences stay whole": "(He did. She did not.) | They left.",
    "bracket inside": "He (Mr. Lind, not Mr. Ek. Yes.) left. | She stayed.",
    "stray bracket": "He left :( and came back. | She stayed. | They met.",
    "letter in brackets": "It was 70 degrees (F). | Sea ice melted. | The 401(k). | Not now.",
    "list number": "1. First the bridge. | 2. Then the road.",
    "bullet": "• Roads: Two are shut. | One is open.",
    "sign-off": "They won 3-2. | — Ann Ek",
    "heading": "What it costs\nThe bridge costs 30 million.",
    "heading with a full stop and without": "It rained.\nThe costs\nThey rose. | They fell.",
    "lines never join": "one line without an end\nAnother line\n\nA third.",
    "list lines": "- One item\n- Two items. | Three items\n- U.S.\n- Officials",
    # Case and script
    "all lower case": "lol i can't. | ok then. | no way.",
    "brand in lower case": "Sales fell. | iPhone sales rose. | eBay did too.",
    "accents": "Hugo Chávez spoke. | Él habló. | Śląsk won.",
    "chinese": "银行说。| 他走了。",
    "nothing": "",
}


@pytest.mark.parametrize("marked", GOLDEN.values(), ids=GOLDEN)
def test_golden(marked: str) -> None:
    text = marked.replace(" | ", " ").replace("| ", "")
    expected = [
        piece.strip() for line in marked.split("\n") for piece in line.split("| ") if piece.strip()
    ]
    assert sentences(text) == expected


def test_long_quotation_is_split_at_its_sentences() -> None:
    inner = ["We have built a bridge that carries forty thousand cars a day."] * 6
    text = f"“{' '.join(inner)} It stands,” Lind said. He left."
    assert len(text) > MAX_ENCLOSED
    assert sentences(text) == [f"“{inner[0]}", *inner[1:], "It stands,” Lind said.", "He left."]


def test_positions_and_paragraphs() -> None:
    text = "Title\n\nOne. Two.\nThree."
    found = split_sentences(text, version_id=7)
    assert [(s.version_id, s.position, s.paragraph) for s in found] == [
        (7, 0, 0),
        (7, 1, 1),
        (7, 2, 1),
        (7, 3, 2),
    ]


PIECES = (
    "word Word U.S. Mr. p.m. J. 5 1. No. . ! ? … ... , ; : ' \" ’ “ ” ‘ ( ) [ ] « » - — • é 中。 😀"
).split()
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([*PIECES, " ", " ", "\n"]), max_size=60).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
)


@settings(max_examples=1500, deadline=None)
@given(TEXTS)
def test_invariants(text: str) -> None:
    found = split_sentences(text)
    end = 0
    for position, sentence in enumerate(found):
        piece = sentence.span.of(text)
        assert sentence.position == position
        assert piece == piece.strip()
        assert "\n" not in piece
        assert not text[end : sentence.span.start].strip()
        end = sentence.span.end
    assert not text[end:].strip()
    paragraphs = [sentence.paragraph for sentence in found]
    assert all(0 <= after - before <= 1 for before, after in pairwise(paragraphs))
    assert len(set(paragraphs)) == sum(bool(line.strip()) for line in text.split("\n"))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_canonical_text_splits_line_by_line(text: str) -> None:
    text = clean(text)
    whole = sentences(text)
    assert whole == [piece for line in text.split("\n") for piece in sentences(line)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("word " * 1_000_000, 1, id="one sentence of 5 MB"),
        pytest.param("Word. " * 100_000, 100_000, id="100,000 sentences"),
        pytest.param("“Word. " * 100_000, 100_000, id="quotations never closed"),
        pytest.param("(" * 200_000 + "]" * 200_000, 1, id="brackets never closed"),
        pytest.param('"' * 500_000, 1, id="only quotation marks"),
        pytest.param('Word. " ' * 50_000, 50_000, id="marks between spaces"),
        pytest.param("市長は辞任した。" * 60_000, 60_000, id="Japanese without spaces"),
    ],
)
@pytest.mark.usefixtures("ends")
def test_huge_texts_take_no_quadratic_time(text: str, count: int) -> None:
    assert len(split_sentences(text)) == count


def test_a_line_of_many_windows_is_split_like_its_sentences_alone() -> None:
    chosen = [
        "Dr. Ames paid $1,234.50 at 5 p.m. on Jan. 5 in the U.S. Senate.",
        "“We won. We did,” said the mayor (who lost).",
        "Who won? Nobody!",
        "市長は月曜日に辞任した。",
    ]
    alone = [piece for sentence in chosen for piece in sentences(sentence)]
    assert sentences(" ".join(chosen * 300)) == alone * 300
