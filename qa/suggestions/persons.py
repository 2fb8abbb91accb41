"""Questions for persons: who they are, and what they said about something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.reader.named import name_spans
from qa.resolve.phrases import Kind, kind_of
from qa.suggestions.asks import Asks, Made
from qa.suggestions.lexicon import (
    AUXILIARIES,
    BEING,
    HAVING,
    JOINING,
    MODAL,
    NOT_A_NAME,
    PERSON_NOUNS,
    POINTING,
    WEEKDAY,
    holds_any,
)
from qa.suggestions.names import NAME, full_name, is_name

_ABOUT = re.compile(
    rf"(?:that )?(?P<topic>the (?:[a-z-]+ ){{1,3}}?(?:(?:in|of|at) (?:the )?{NAME} )?|"
    rf"(?:the )?{NAME} )(?P<verb>{'|'.join(sorted(BEING | HAVING | MODAL))})\b"
)
_SAID = re.compile(rf"(?P<who>{NAME}) (?:said|says)(?: (?:on )?{WEEKDAY})?,? (?P<claim>.+)")
_SAID_LAST = re.compile(rf"(?P<claim>[^,]+), (?P<who>{NAME}) (?:said|says)(?: (?:on )?{WEEKDAY})?$")
_PERSON = re.compile(
    r"(?:^|(?<=said )|(?<=says ))(?P<name>[A-Z][\w’'-]+(?: [A-Z]\.)?(?: [A-Z][\w’'-]+){1,2}), "
    r"(?:(?:\d\d), )?(?P<what>(?:the|an?|who)\s[^,;“”\"]{3,90})"
)
_WHO_WORKS = frozenset(
    "teaches edits manages leads chairs heads runs studies directs represents follows oversees "
    "researches coaches owns founded directed wrote".split()
)
_TITLED = re.compile(
    r"\b(?:President|Minister|Queen|King|Prince|Princess|Pope|Judge|Mayor|Secretary|Senator|"
    r"Governor|Professor|Officer|Sheriff|Chief|General|Captain|Coach|Democrat|Republican|"
    r"Rep|Sen|Gov|Council\w+)\b"
)


def is_person(name: str) -> bool:
    """Return whether a name has the form of a person's."""
    return bool(name) and kind_of(name) is Kind.PERSON


def said_questions(text: str, article: str) -> Iterator[Made]:
    """Yield what somebody said about the thing that a plain sentence reports of."""
    found = _SAID.fullmatch(text) or _SAID_LAST.fullmatch(text)
    topic = _ABOUT.match(f"{found['claim'][:1].lower()}{found['claim'][1:]}") if found else None
    if found is None or topic is None or not is_name(found["who"], article):
        return
    who, about = full_name(found["who"], article), topic["topic"].strip()
    telling = name_spans(about) or len(about.split()) > 2
    plain = not holds_any(about, POINTING | JOINING | AUXILIARIES | {"not"})
    if telling and plain and is_person(who):
        yield Made(f"What did {who} say about {about}?", Asks.SAID, topic[0])


def persons_in(sentence: str, article: str) -> Iterator[Made]:
    """Yield "Who is ...?" for the persons of whom a sentence says what they are."""
    for found in _PERSON.finditer(sentence):
        name, what = found["name"], found["what"].split()
        role = what[1] in _WHO_WORKS if what[0] == "who" else _names_role(what)
        if role and is_person(name) and _is_plain_name(name, article):
            yield Made(f"Who is {name}?", Asks.WHO_IS, found["what"].rstrip("."), name)


def _names_role(what: Sequence[str]) -> bool:
    """Return whether an apposition says what a person is, and of what."""
    return any(word.strip(".") in PERSON_NOUNS for word in what[:7]) and len(what) > 2


def _is_plain_name(name: str, article: str) -> bool:
    """Return whether a name has no title, and is told of again in the article."""
    first, *_, last = name.split()
    titled = _TITLED.search(name) or first.lower() in PERSON_NOUNS | NOT_A_NAME
    common = re.search(rf"(?<![\w-]){re.escape(first.lower())}\b", article)
    return not titled and common is None and len(re.findall(rf"\b{re.escape(last)}\b", article)) > 1
