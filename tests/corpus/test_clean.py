"""Canonical text: what changes, what never does, and that cleaning again changes nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.clean import MAX_MARKS, clean, clean_line

CASES = {
    "plain": ("The council met.", "The council met."),
    "carriage returns": ("a\r\nb\rc", "a\nb\nc"),
    "unicode line ends": ("a\u2028b\u2029c\x85d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
    "byte-order mark": ("\ufeffa", "a"),
    "zero width space": ("Mad\u200buro", "Maduro"),
    "soft hyphen": ("Venezu\u00adela", "Venezuela"),
    "word joiner": ("10\u206020", "1020"),
    "nul and controls": ("a\x00b\x07c\x1bd\x9be", "abcde"),
    "lone surrogates": ("a\ud800b\udfffc", "abc"),
    "bidi override": ("pay \u202e001\u202c now", "pay 001 now"),
    "bidi marks and isolates": ("a\u200eb\u200fc\u2066d\u2069e\u061cf", "abcdef"),
    "tag characters": ("safe\U000e0041\U000e0042", "safe"),
    "no-break space": ("10\u00a0000 people", "10 000 people"),
    "narrow and ideographic spaces": ("a\u202fb\u3000c\u2009d", "a b c d"),
    "tab and runs of spaces": ("a\tb   c \t d", "a b c d"),
    "spaces at line edges": ("  a  \n  b  ", "a\nb"),
    "one newline stays": ("a\nb", "a\nb"),
    "blank lines become one": ("a\n\n \n\t\n\nb", "a\n\nb"),
    "outer blank lines go": ("\n\n a \n\n", "a"),
    "nothing but white space": ("\ufeff \n\t\u00a0\u200b", ""),
    "composed": ("Cha\u0301vez", "Chávez"),
    "composed across a removed character": ("Cha\u200b\u0301vez", "Chávez"),
    "composed across a stray joiner": ("e\u200d\u0301", "é"),
    "curly quotes stay": ("“a” ‘b’ «c» „d‟", "“a” ‘b’ «c» „d‟"),
    "straight quotes stay": ("\"a\" 'b' `c`", "\"a\" 'b' `c`"),
    "dashes stay": ("a-b‐c‑d‒e–f—g―h−i", "a-b‐c‑d‒e–f—g―h−i"),
    "digits stay": ("1٣५𝟜½²", "1٣५𝟜½²"),
    "ligatures and full width stay": ("ﬁn ＡＢ", "ﬁn ＡＢ"),
    "persian non-joiner stays": ("می\u200cخواهم", "می\u200cخواهم"),
    "family emoji stays": ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
    "joiner in latin goes": ("of\u200cfice \u200dx", "office x"),
    "variation selector stays": ("❤\ufe0f", "❤\ufe0f"),
    "private use and unassigned stay": ("\ue000\u0378", "\ue000\u0378"),
}


@pytest.mark.parametrize(("raw", "canonical"), CASES.values(), ids=CASES)
def test_clean(raw: str, canonical: str) -> None:
    assert clean(raw) == canonical


RISKY = " \n\r\t\x00\x85\xa0\xad\u0301\u0316\u0327\u0958\u0344\u1100\u1161\u11a8\u200b\u200c\u200d"
RISKY += (
    '\u200e\u2028\u202e\u212b\u2126\u037e\u3099か\ufeff\ud800\udc00\U000e0041aeé中م😀\U0001f3fd"'
)
TEXTS = st.text(
    st.one_of(st.characters(codec=None, exclude_categories=()), st.sampled_from(RISKY)),
    max_size=60,
)


@settings(max_examples=1000, deadline=None)
@given(TEXTS)
def test_canonical_for_any_string(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert "\n\n\n" not in cleaned
    assert cleaned.encode().decode() == cleaned


KEPT = "“”‘’\"'«»„`´-‐‑–—−0123456789٣५$€%…"


@settings(max_examples=300, deadline=None)
@given(st.text(KEPT + " ab\u200b\xad\u202e"))
def test_quotes_dashes_and_digits_never_change(text: str) -> None:
    assert [c for c in clean(text) if c in KEPT] == [c for c in text if c in KEPT]


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_clean_line_is_one_canonical_line(text: str) -> None:
    line = clean_line(text)
    assert "\n" not in line
    assert clean(line) == line == clean_line(line)


@pytest.mark.usefixtures("ends")
def test_piled_up_marks_are_cut_and_cost_no_quadratic_time() -> None:
    cleaned = clean("Z" + "\u0316\u0301" * 1_000_000 + "algo")
    assert cleaned == "Ź" + "\u0316" * 15 + "\u0301" * (MAX_MARKS // 2 - 1) + "algo"


@pytest.mark.usefixtures("ends")
def test_millions_of_characters_take_no_quadratic_time() -> None:
    cleaned = clean("A sentence of words.\u00a0Another\u200b one.\r\n\r\n" * 50_000)
    assert cleaned.count("\n\n") == 49_999
