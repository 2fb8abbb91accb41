"""When two readings of a follow-up are about equally likely: which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.answer import Conversation
from qa.reader.named import name_spans
from qa.reader.words import content_stems
from qa.resolve.phrases import Kind, Phrase, kind_of
from qa.resolve.pronouns import open_slots
from qa.resolve.said import Said
from qa.resolve.wording import fitting, in_slot, worded

MOST_CHOICES = 4
MOST_WORDS_OF_A_NAME = 5
# What is less likely than this share of the likeliest is no rival of it.
EQUAL = 0.9
_ASKED_BACK = {"person": (Kind.PERSON, Kind.NAME), "place": (Kind.PLACE,)}
_DEFINITE = re.compile(r"\b(?:the|that|this)\s+(?P<noun>[a-z]{3,})\b(?!\s+of\b)", re.IGNORECASE)
_SURNAME = re.compile(r"[A-Z][\w'’-]+")

_PLACE = re.compile(r"(?:the\s+)?(?P<place>[1-4]|first|second|third|fourth)(?:\s+one)?")
_YES = frozenset({"yes", "yes please", "yeah", "yep", "ja"})
_NUMBER = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def readings(question: str, phrases: Sequence[Phrase], said: Sequence[Said]) -> tuple[str, ...]:
    """Return the question's readings if there are two to four alike in likelihood, else none.

    Args:
        question: The follow-up.
        phrases: What it may leave unsaid, the likeliest first.
        said: What was said before it, newest turn first.
    """
    for found in (_of_pronoun(question, phrases), _of_noun(question, said)):
        if 1 < len(choices := tuple(dict.fromkeys(found))) <= MOST_CHOICES:
            return choices
    return ()


def was_asked_back(conversation: Conversation) -> bool:
    """Return whether the last question was answered by asking which of several was meant."""
    last = conversation.turns[-1].answer if conversation.turns else None
    return last is not None and last.status == "unclear"


def unnamed(question: str) -> str:
    """Return the pronoun of a question that itself says nothing of whom it means, or "".

    "How old is he?", but not "Did the president say that he will go?".
    """
    for span, kind in open_slots(question):
        if kind == "person" and not (name_spans(question) or content_stems(question[: span.start])):
            return span.of(question)
    return ""


def chosen(reply: str, conversation: Conversation) -> str | None:
    """Return what a reply means after it was asked back, or None if it is a question of its own.

    One of the choices: given itself, as "the second", or by a word that only that one has. Where
    there were none, a name in the place of the pronoun.
    """
    if choice := picked(reply, conversation):
        return choice
    last = conversation.turns[-1].answer if was_asked_back(conversation) else None
    reply = reply.strip(" .!?")
    if last is None:
        return None
    if not last.choices:
        is_name = name_spans(f"x {reply}") and len(reply.split()) <= MOST_WORDS_OF_A_NAME
        return in_slot(last.standalone, reply) if is_name else None
    terms = [frozenset(content_stems(choice)) for choice in last.choices]
    said = frozenset(content_stems(reply)) - frozenset.intersection(*terms)
    held = [c for c, t in zip(last.choices, terms, strict=True) if said and said <= t]
    return held[0] if len(held) == 1 else None


def picked(reply: str, conversation: Conversation) -> str | None:
    """Return which question that was offered last is picked, by its words or its place, or None."""
    last = conversation.turns[-1].answer if conversation.turns else None
    if last is None or reply in last.choices:
        return reply if last else None
    plain = reply.strip(" .!?").lower()
    if plain in _YES and len(last.choices) == 1:
        return last.choices[0]
    place = _PLACE.fullmatch(plain)
    number = (_NUMBER.get(place["place"]) or int(place["place"])) if place else 0
    return last.choices[number - 1] if 0 < number <= len(last.choices) else None


def _of_pronoun(question: str, phrases: Sequence[Phrase]) -> Iterator[str]:
    """Yield the question with each of the people or places that its pronoun may equally mean.

    "They" may mean all of them, and "it" too often means neither.
    """
    for _, kind in open_slots(question):
        fits = [p for p in fitting(kind, phrases) if p.kind in _ASKED_BACK.get(kind, ())]
        group = [part for phrase in fits for part in _parts(phrase)]
        best = max((p.weight for p in group), default=0.0)
        rivals = [p for p in group if p.weight >= EQUAL * best and p.source == group[0].source]
        if kind == "person" and not all(map(_is_person, rivals)):
            continue
        yield from (worded(question, [rival]) for rival in rivals)


def _parts(phrase: Phrase) -> list[Phrase]:
    """Return the names of which a phrase is joined: of "Maduro and Putin" both."""
    parts = phrase.text.split(" and ")
    return [replace(phrase, text=part, kind=kind_of(part)) for part in parts]


def _is_person(phrase: Phrase) -> bool:
    """Return whether a phrase may be a person: also by the form of a surname alone."""
    return phrase.kind is Kind.PERSON or _SURNAME.fullmatch(phrase.text) is not None


def _of_noun(question: str, said: Sequence[Said]) -> Iterator[str]:
    """Yield the question with "the deal" as each of the deals that one text just spoke of."""
    for match in _DEFINITE.finditer(question):
        noun = match["noun"]
        for each in said if content_stems(noun) else ():
            which = _told_apart(noun, each.text) if each.ago == 1 else []
            if len(which) > 1:
                before, after = question[: match.start()], question[match.end() :]
                yield from (f"{before}the {words} {noun}{after}" for words in which)
                return


def _told_apart(noun: str, text: str) -> list[str]:
    """Return what tells the deals of a text apart: "oil" and "arms"; none holds another."""
    named = re.compile(
        rf"\b(?:the|an?|its|their|his|her)\s+(?P<which>(?:[\w'’-]+\s+){{1,2}}?){noun}\b",
        re.IGNORECASE,
    )
    found: dict[frozenset[str], str] = {}
    for match in named.finditer(text):
        terms = frozenset(content_stems(match["which"]))
        if terms and not any(terms <= other or other <= terms for other in found):
            found[terms] = match["which"].strip()
    return list(found.values())
