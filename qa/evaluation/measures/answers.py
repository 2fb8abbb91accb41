"""How right an answer is: the short answer and the quote.

Texts are compared as SQuAD compares them (Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for
Machine Comprehension of Text"). Each measure is of one question; a figure is the mean over them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

_PUNCTUATION = re.compile(r"[^\w\s]")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
# Where one word ends within a written word: "Peru's", "nine-year", "Update:18,000"; not "7:45".
_JOINT = re.compile(r"(?<=\w)(?:['’](?=s\b)|[-‐-—/](?=\w))|(?<=[^\W\d]):(?=\w)")


@lru_cache(maxsize=1 << 16)
def normal(text: str) -> str:
    """Return the text without case, articles and punctuation, white space as single spaces.

    SQuAD's normal form, with the punctuation of all scripts. As there, marks inside figures go as
    well: "1,200" is "1200", but "3.5" is "35".
    """
    return " ".join(_ARTICLE.sub(" ", _PUNCTUATION.sub("", text.lower())).split())


def exact_match(short: str | None, answers: Sequence[str]) -> float:
    """Return EM: 1.0 if the short answer is one of the acceptable ones in normal form, else 0.0.

    Source: Rajpurkar et al. 2016. Higher is better; no short answer counts 0.

    Raises:
        ValueError: There are no acceptable answers, so nothing can be right or wrong.
    """
    _require(answers)
    return float(short is not None and _tokens(short) in [_tokens(a) for a in answers])


def token_f1(short: str | None, answers: Sequence[str]) -> float:
    """Return F1 of the tokens in normal form, with the acceptable answer that fits best.

    ``2 P R / (P + R)``, where P is the share of the short answer's tokens that the acceptable one
    has, and R the share of its tokens that the short answer has; a token counts as often as it
    occurs in both. Source: Rajpurkar et al. 2016. From 0 to 1, higher is better; no short answer
    counts 0.

    Raises:
        ValueError: There are no acceptable answers.
    """
    _require(answers)
    return 0.0 if short is None else max(_f1(_tokens(short), _tokens(a)) for a in answers)


def holds_answer(quote: str | None, answers: Sequence[str]) -> float:
    """Return 1.0 if the quote has an acceptable answer word for word in normal form, else 0.0.

    The hit criterion of open-domain question answering (Chen et al. 2017, "Reading Wikipedia to
    Answer Open-Domain Questions"), on whole words: "65" is not in "165". As there, the parts of
    "Peru's" and of "nine-year" are words of their own. Higher is better; no quote counts 0.

    Raises:
        ValueError: There are no acceptable answers.
    """
    _require(answers)
    return float(
        quote is not None
        and any(
            _within(_tokens(a), _tokens(quote)) or _within(_parts(a), _parts(quote))
            for a in answers
        )
    )


def is_gold(quote: str | None, gold_sentences: Sequence[str]) -> float:
    """Return 1.0 if the quote is one of the gold sentences in normal form, else 0.0.

    The whole sentence must be the same, so a quote that adds or leaves out a word is not gold;
    sentences are those of the quoted article. Higher is better; no quote counts 0.

    Raises:
        ValueError: There are no gold sentences.
    """
    if not gold_sentences:
        raise ValueError("there are no gold sentences to compare with")
    return float(quote is not None and _tokens(quote) in [_tokens(s) for s in gold_sentences])


def is_right(quote: str, answers: Sequence[str], gold_sentences: Sequence[str]) -> bool:
    """Return whether the quote holds an acceptable answer or is one of the gold sentences.

    Without acceptable answers the question is unanswerable, and nothing is right.

    Args:
        quote: What was quoted.
        answers: The acceptable answers.
        gold_sentences: Those of the quoted article; there need be none.
    """
    if not answers:
        return False
    return bool(holds_answer(quote, answers) or (gold_sentences and is_gold(quote, gold_sentences)))


def _tokens(text: str) -> list[str]:
    """Return the tokens in normal form; of a text that has none ("A", "?"), the text itself."""
    return normal(text).split() or text.lower().split()


def _parts(text: str) -> list[str]:
    """Return the tokens with possessives and words joined by a dash apart."""
    return normal(_JOINT.sub(" ", text)).split()


def _f1(found: Sequence[str], wanted: Sequence[str]) -> float:
    common = (Counter(found) & Counter(wanted)).total()
    return 2 * common / (len(found) + len(wanted)) if common else 0.0


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return bool(part) and f" {' '.join(part)} " in f" {' '.join(whole)} "


def _require(answers: Sequence[str]) -> None:
    if not any(answer.strip() for answer in answers):
        raise ValueError("there are no acceptable answers to compare with")
