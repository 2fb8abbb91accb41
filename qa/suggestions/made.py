"""The questions that a sentence answers for certain, made by rule and closed word lists.

No parser reads the sentence: what is not certain by its form is not asked about.
"""

from __future__ import annotations

import re

from qa.reader.named import name_spans
from qa.suggestions.asks import Made
from qa.suggestions.clauses import clause_in
from qa.suggestions.counts import counted_questions
from qa.suggestions.lexicon import EMPTY, VAGUE, holds_any
from qa.suggestions.persons import persons_in, said_questions
from qa.suggestions.rest import plain_sentence, without_speaker
from qa.suggestions.rules import RULES

MOST_WORDS = 16
LEAST_WORDS_IF_LOOSE = 10
# "How many people died in Peru?": of what is not said.
LEAST_WORDS_OF_PEOPLE = 8
# "the trip": which one is not said by what comes after it.
_LOOSE = re.compile(
    r"\b(?:the|its|his|her|their) (?!(?:world|president|presidency|city|country|government|"
    r"internet|pandemic|economy|(?:first|second|third|last) time)\b)[a-z][a-z-]*(?: [a-z-]+)?[?]$"
)


def made_of(sentence: str, article: str, known: str = "", *, leaning: bool = False) -> list[Made]:
    """Return the questions that a sentence answers for certain, most of them none.

    Args:
        sentence: As it stands in the article.
        article: Its text, by which names are known.
        known: What was said before, by which "the bridge" can be understood; by default nothing,
            so that a question has to stand by itself.
        leaning: Whether it follows what was said, so that its "he" or "it" is understood.
    """
    text = plain_sentence(sentence)
    made = list(persons_in(sentence, article))
    if text:
        made += said_questions(text, article)
        text = without_speaker(text)
        made += counted_questions(text)
        if clause := clause_in(text, article, known, leaning=leaning):
            made += [found for rule in RULES for found in rule(clause)]
    return [each for each in made if _is_whole(each.question, known)]


def _is_whole(question: str, known: str) -> bool:
    """Return whether a question is short, and names what it is about."""
    length = len(question.split())
    if length > MOST_WORDS or holds_any(question.rstrip("?"), EMPTY):
        return False
    if known:
        return True
    people = question.startswith("How many people ") and length < LEAST_WORDS_OF_PEOPLE
    loose = people or (_LOOSE.search(question) and length < LEAST_WORDS_IF_LOOSE)
    vague = holds_any(question.rstrip("?").removeprefix("How many "), VAGUE)
    return bool(name_spans(question)) and not loose and not vague
