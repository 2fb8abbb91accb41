"""The conversation as HTML for the chat page; whatever comes from outside is text, never markup.

Buttons carry ``data-turn`` and ``data-cite``, which `assets/page.js` reports back, or ``data-ask``,
the question that a click asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.catalogue import Stats
from qa.answer import Answer, Citation, Conversation
from qa.markup import day, highlighted, link, marked_up, outlet, text
from qa.messages.say import say
from qa.wording import (
    checked_in_words,
    limits_in_words,
    message,
    named_years,
    picked_in_words,
    remarks,
    shown_date,
    withdrawn_in_words,
)
from web.page.pictures import differing, mark, timeline

SHOWN_QUESTION = 400
"""Characters of a question that are shown; the rest is cut."""

_MARKS = re.compile('["“”„«»]')


def collection(stats: Stats) -> str:
    """Return what is searched: "45 articles from 6 outlets, 7 March 2013 to 20 October 2019"."""
    words = say("count.articles", count=stats.articles)
    if stats.publishers:
        outlets = say("count.outlets", count=stats.publishers)
        words = say("banner.from_outlets", articles=words, outlets=outlets)
    if stats.oldest and stats.newest:
        oldest, newest = shown_date(stats.oldest), shown_date(stats.newest)
        words = say("banner.period", collection=words, oldest=oldest, newest=newest)
    return words


def ask_buttons(questions: Sequence[str]) -> str:
    """Return a list of buttons, each of which asks its question."""
    items = "".join(
        f'<li><button type="button" data-ask="{text(q)}" dir="auto">{text(q)}</button></li>'
        for q in questions
    )
    return f'<ul class="tries">{items}</ul>'


def turns(conversation: Conversation, judging: bool = False) -> str:
    """Return the answered turns, oldest first; with `judging`, each can be called right or not."""
    return "".join(
        f'<section class="turn" aria-label="{text(say("answer.question", number=number + 1))}">'
        f"{_question(turn.question)}{_answer(number, turn.answer)}"
        f"{_judging(number) if judging and turn.answer.status != 'unclear' else ''}</section>"
        for number, turn in enumerate(conversation.turns)
        if turn.answer
    )


def working(question: str, step: str) -> str:
    """Return the turn in progress: the question, and in words what is being done about it."""
    step = step[:1].upper() + step[1:]
    return (
        f'<section class="turn working">{_question(question)}'
        f'<p class="step" dir="auto">{text(step)} …</p></section>'
    )


def hint(message: str) -> str:
    """Return why a question was not answered, and what can be done; the box keeps the question."""
    return f'<section class="turn"><p class="hint" dir="auto">{text(message)}</p></section>'


def further(questions: Sequence[str]) -> str:
    """Return questions that go on from the last answer, or nothing."""
    if not questions:
        return ""
    return f"<h2>{text(say('answer.further'))}</h2>{ask_buttons(questions)}"


def _question(question: str) -> str:
    question = question.strip()
    if len(question) > SHOWN_QUESTION:
        question = f"{question[:SHOWN_QUESTION]} …"
    return f'<h2 class="question" dir="auto">{text(question)}</h2>' if question else ""


def _answer(turn: int, answer: Answer) -> str:
    body = {"answered": _answered, "declined": _declined, "unclear": _unclear}[answer.status]
    withdrawn = "".join(
        f'<p class="withdrawn" dir="auto">{text(words)}</p>' for words in withdrawn_in_words(answer)
    )
    return (
        f"{_understood(turn, answer)}{_limited(turn, answer)}"
        f'<div class="answer {answer.status}">{body(turn, answer)}{withdrawn}</div>'
    )


def _understood(turn: int, answer: Answer) -> str:
    """Return the question as understood, each term from earlier turns with a button against it."""
    if answer.status == "unclear" or answer.standalone.strip() == answer.question.strip():
        return ""
    buttons = "".join(
        f'<button type="button" class="carried" data-turn="{turn}" data-drop="{text(term)}" '
        f'aria-label="{text(say("answer.without", term=term))}" '
        f'title="{text(say("answer.without_this"))}">'
        f'<bdi>{text(term)}</bdi><span aria-hidden="true">×</span></button>'
        for term in answer.carried
    )
    before = text(say("answer.before"))
    chips = f'<span class="from-before">{before} {buttons}</span>' if buttons else ""
    standalone = f"<bdi>{text(answer.standalone)}</bdi>"
    return f'<p class="understood">{text(say("answer.understood"))} {standalone} {chips}</p>'


def _limited(turn: int, answer: Answer) -> str:
    """Return the limits that were stated in words, with a button against them."""
    if not answer.stated:
        return ""
    said = say("answer.limited", limits=limits_in_words(answer.stated))
    return (
        f'<p class="understood"><button type="button" class="carried" data-turn="{turn}" '
        f'data-everything="stated" aria-label="{text(say("limits.remove", limit=said))}" '
        f'title="{text(say("answer.without_this"))}"><bdi>{text(said)}</bdi>'
        '<span aria-hidden="true">×</span></button></p>'
    )


def _answered(turn: int, answer: Answer) -> str:
    items: list[str] = []
    for statement in answer.statements:
        said = statement.text if statement.text != statement.citations[0].quote else ""
        for citation in statement.citations:
            items.append(_quote(turn, len(items), citation, said=said, checked=True))
            said = ""
    note = f'<p class="says" dir="auto">{text(answer.note)}</p>' if answer.note else ""
    meant = ask_buttons(answer.choices) if answer.choices else ""
    return (
        f"{_short(turn, answer)}{note}{meant}{differing(turn, answer)}"
        f'<ol class="quotes">{"".join(items)}</ol>{timeline(turn, answer)}'
    )


def _short(turn: int, answer: Answer) -> str:
    """Return the short answer, who picked it, and a mark for each quote that gives it."""
    if not answer.short:
        return ""
    marks = "".join(
        mark(turn, position, citation)
        for position, citation in enumerate(answer.citations)
        if citation.short == answer.short or not position
    )
    return (
        f'<p class="short"><bdi>{text(answer.short)}</bdi><span class="marks">{marks}</span> '
        f'<span class="picked">{text(picked_in_words(answer))}</span></p>'
    )


def _declined(turn: int, answer: Answer) -> str:
    items = "".join(_quote(turn, position, c) for position, c in enumerate(answer.nearest))
    label = text(say("answer.nearest"))
    nearest = f'<h3>{label}</h3><ul class="quotes">{items}</ul>' if items else ""
    meant = ask_buttons(answer.choices) if answer.choices else ""
    return (
        f'<p class="chip">{text(say("answer.declined"))}</p>'
        f'<p class="says" dir="auto">{text(message(answer))}</p>'
        f"{meant}{_wider(turn, answer)}{nearest}"
    )


def _wider(turn: int, answer: Answer) -> str:
    """Return the button that asks again of all articles, where not all were searched."""
    if not answer.may_widen:
        return ""
    return (
        f'<ul class="tries"><li><button type="button" data-turn="{turn}" data-everything="all">'
        f"{text(say('answer.everything'))}</button></li></ul>"
    )


def _unclear(_turn: int, answer: Answer) -> str:
    buttons = ask_buttons(answer.choices) if answer.choices else ""
    kind = "says" if answer.note else "chip"
    return f'<p class="{kind}" dir="auto">{text(message(answer))}</p>{buttons}'


def _judging(turn: int) -> str:
    """Return the buttons that judge an answer, each of which opens a field for the reason."""
    buttons = "".join(
        f'<button type="button" data-judge="{verdict}" aria-expanded="false">'
        f"{text(say(f'judge.{verdict}'))}</button>"
        for verdict in ("good", "bad")
    )
    return (
        f'<div class="judge" role="group" aria-label="{text(say("judge.label"))}">'
        f'<span>{text(say("judge.label"))}</span> {buttons}<form data-turn="{turn}" hidden><label>'
        f'{text(say("judge.why"))} <input name="why" maxlength="2000" autocomplete="off" '
        f'placeholder="{text(say("judge.placeholder"))}"></label>'
        f"<button>{text(say('judge.send'))}</button></form></div>"
    )


def _quote(
    turn: int, position: int, citation: Citation, said: str = "", *, checked: bool = False
) -> str:
    """Return a quote with its source; where it is `checked`, that its words stand there."""
    before = "… " if citation.span.start > citation.sentence.start else ""
    after = " …" if citation.span.end < citation.sentence.end else ""
    # Words in quotation marks of their own get no second pair.
    tag = "span" if _MARKS.search(citation.quote) else "q"
    title = text(citation.title or say("answer.untitled"))
    years = named_years(citation)
    said_below = "".join(
        f'<p class="{kind}" dir="auto">{text(words)}</p>'
        for kind, words in remarks(citation).items()
    )
    return (
        f'<li class="cited" data-turn="{turn}" data-cite="{position}">'
        + (f'<p class="said" dir="auto">{text(said)}</p>' if said else "")
        + f'<blockquote dir="auto">{_context(citation)}{before}'
        f"<{tag}>{_words(citation)}</{tag}>{after}</blockquote>"
        + (f'<p class="checked">{text(checked_in_words(citation))}</p>' if checked else "")
        + f'{said_below}<p class="origin">{outlet(citation.publisher)} {day(citation.published)} '
        + (f"<span>{text(years)}</span> " if years else "")
        + f'{link(citation.url)}</p><button type="button" class="open" data-turn="{turn}" '
        f'data-cite="{position}" dir="auto">{title}</button></li>'
    )


def _words(citation: Citation) -> str:
    """Return the quote, the short answer in it, or of a nearest one what differs, marked."""
    if citation.differs:
        return marked_up(citation.quote, citation.differs, "mark")
    return highlighted(citation.quote, citation.short)


def _context(citation: Citation) -> str:
    """Return what stands before the quote and explains its pronoun, set apart from the quote."""
    before, found, _ = (citation.context or "").partition(citation.quote)
    before = before.strip() if found else ""
    return f'<span class="context">{text(before)} </span>' if before else ""
