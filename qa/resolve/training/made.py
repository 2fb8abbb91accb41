"""Follow-ups made of questions about one text: a name becomes a pronoun, or is left out."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from corpus.article import Span
from qa.reader.named import name_spans
from qa.reader.training.records import Asking
from qa.reader.words import content_stems
from qa.resolve.said import Said
from qa.resolve.training.rewrites import Rewrite

OTHER_TOPIC = 0.1
SAME_TOPIC = 0.1
LEFT_OUT = 0.4
THERE = 0.2
WITH_ANSWER = 0.7
WITH_SENTENCE = 0.35
MOST_TURNS = 4
_PLACED = re.compile(r"\s(?P<word>of|in|at|on|from|about|for|by|with|to)\s+(?:the\s+)?$")
_POSSESSIVE = re.compile(r"['’]s?\b")
_PRONOUNS = {
    "he": ("he", "him", "his"),
    "she": ("she", "her", "her"),
    "they": ("they", "them", "their"),
    "it": ("it", "it", "its"),
}


def made_of(askings: Sequence[Asking], seed: int) -> Iterator[Rewrite]:
    """Yield follow-ups made of questions of the training split, at most one a question.

    Args:
        askings: Questions about passages; those of one title, or passage, make a conversation.
        seed: The same seed gives the same follow-ups.
    """
    chance = random.Random(seed)  # noqa: S311 - only has to be repeatable
    topics: dict[str, list[Asking]] = {}
    for asking in askings:
        if asking.split == "train":
            topics.setdefault(asking.passage.title or asking.passage.text, []).append(asking)
    pool = [(a, topic) for topic in topics.values() if len(topic) > 2 for a in topic]
    chance.shuffle(pool)
    for asking, topic in pool:
        others = [other for other in topic if other is not asking]
        kind = chance.random()
        if kind < OTHER_TOPIC:
            made = _unchanged(asking, chance.choice(pool)[1], chance)
        elif kind < OTHER_TOPIC + SAME_TOPIC:
            made = _unchanged(asking, others, chance)
        else:
            made = _shortened(asking, others, chance)
        if made:
            yield made


def _unchanged(asking: Asking, before: Sequence[Asking], chance: random.Random) -> Rewrite | None:
    """Return the question as it is, after others: what names its topic itself needs nothing."""
    if not name_spans(asking.question):
        return None
    return Rewrite(asking.question, _turns(before, chance), asking.question, "train")


def _shortened(asking: Asking, others: Sequence[Asking], chance: random.Random) -> Rewrite | None:
    """Return the question with a name that was said before made a pronoun, or left out."""
    question = asking.question
    names = [span for span in name_spans(question) if content_stems(span.of(question))]
    if not names:
        return None
    name = chance.choice(names)
    wanted = set(content_stems(name.of(question)))
    near = [other for other in others if other.passage is asking.passage] or list(others)
    saying = [other for other in near if wanted <= set(content_stems(other.question))]
    before = _turns(near, chance)
    if not any(wanted <= set(content_stems(said.text)) for said in before):
        if not saying:
            return None
        before = (*before, *_turn(chance.choice(saying), before[-1].ago + 1, chance))
    short = _without(question, name, asking.passage.text, chance)
    return Rewrite(short, before, question, "train") if content_stems(short) else None


def _without(question: str, name: Span, text: str, chance: random.Random) -> str:
    before, after = question[: name.start], question[name.end :]
    possessive = _POSSESSIVE.match(after)
    after = after[possessive.end() :] if possessive else after
    before = re.sub(r"\bthe\s*$", "", before, flags=re.IGNORECASE)
    placed = _PLACED.search(before)
    if placed and not possessive and chance.random() < LEFT_OUT:
        there = placed["word"] in ("in", "at", "from") and chance.random() < THERE
        short = before[: placed.start()] + (" there" if there else "") + after
    else:
        form = 2 if possessive else 1 if placed else 0
        short = before + _PRONOUNS[_pronoun(text, chance)][form] + after
    return re.sub(r"\s+([?.,])", r"\1", re.sub(r"\s{2,}", " ", short)).strip()


def _pronoun(text: str, chance: random.Random) -> str:
    """Return a pronoun, the likelier the more often the text has it."""
    counts = [
        len(re.findall(rf"\b(?:{'|'.join(forms)})\b", text, re.IGNORECASE)) + (word == "it")
        for word, forms in _PRONOUNS.items()
    ]
    return chance.choices([*_PRONOUNS], counts)[0]


def _turns(askings: Sequence[Asking], chance: random.Random) -> tuple[Said, ...]:
    chosen = chance.sample(list(askings), min(len(askings), chance.randint(1, MOST_TURNS)))
    return tuple(
        said for ago, asking in enumerate(chosen, 1) for said in _turn(asking, ago, chance)
    )


def _turn(asking: Asking, ago: int, chance: random.Random) -> Iterator[Said]:
    yield Said(asking.question, ago, is_answer=False)
    if asking.answer and chance.random() < WITH_ANSWER:
        whole = asking.passage.sentences[asking.answering[0]]
        span = whole if chance.random() < WITH_SENTENCE else asking.answer
        yield Said(span.of(asking.passage.text), ago, is_answer=True)
