"""The conversation as HTML for the chat page; whatever comes from outside is text, never markup.

Buttons carry ``data-turn`` and ``data-cite``, which `assets/page.js` reports back, or ``data-ask``,
the question that a click asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.catalogue import Stats
from corpus.counts import counted
from qa.answer import Answer, Citation, Conversation
from qa.markup import day, highlighted, link, marked_up, outlet, text
from qa.wording import message, named_years, remarks, shown_date, withdrawn_in_words

SHOWN_QUESTION = 400
"""Characters of a question that are shown; the rest is cut."""

_MARKS = re.compile('["“”„«»]')


# The conversation


def collection(stats: Stats) -> str:
    """Return what is searched: "45 articles from 6 outlets, 7 March 2013 to 20 October 2019"."""
    words = counted(stats.articles, "article")
    if stats.publishers:
        words += f" from {counted(stats.publishers, 'outlet')}"
    if stats.oldest and stats.newest:
        words += f", {shown_date(stats.oldest)} to {shown_date(stats.newest)}"
    return words


def banner(collection: str, warning: str = "") -> str:
    """Return the strip at the top: the name, in words what is searched, and a warning about it."""
    warned = f'<strong class="warning">{text(warning)}</strong>' if warning else ""
    return (
        '<header class="banner"><h1><a href="./">OnRecord</a></h1>'
        '<button type="button" class="shelve" aria-controls="shelf">Conversations</button>'
        f'<span class="collection" dir="auto">{text(collection)}</span>{warned}'
        '<a class="anew" href="./">New conversation</a></header>'
    )


def welcome(examples: Sequence[str]) -> str:
    """Return the opening: what this is, and questions to try."""
    tries = f"<h3>Try one of these</h3>{_ask_buttons(examples)}" if examples else ""
    return (
        '<section class="welcome"><h2>What does the record say?</h2>'
        "<p>Ask a question. The answer is a sentence from an article, word for word, "
        f"with its outlet and date. Where no article says so, you are told.</p>{tries}</section>"
    )


def _ask_buttons(questions: Sequence[str]) -> str:
    items = "".join(
        f'<li><button type="button" data-ask="{text(q)}" dir="auto">{text(q)}</button></li>'
        for q in questions
    )
    return f'<ul class="tries">{items}</ul>'


def turns(conversation: Conversation) -> str:
    """Return the answered turns, oldest first."""
    return "".join(
        f'<section class="turn" aria-label="Question {number + 1}">'
        f"{_question(turn.question)}{_answer(number, turn.answer)}</section>"
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


def _question(question: str) -> str:
    question = question.strip()
    if len(question) > SHOWN_QUESTION:
        question = f"{question[:SHOWN_QUESTION]} …"
    return f'<h2 class="question" dir="auto">{text(question)}</h2>' if question else ""


def _answer(turn: int, answer: Answer) -> str:
    body = {"answered": _answered, "declined": _declined, "unclear": _unclear}[answer.status]
    withdrawn = "".join(
        f'<p class="withdrawn" dir="auto">{text(withdrawn_in_words(quote))}</p>'
        for quote in answer.withdrawn
    )
    return (
        f'{_understood(turn, answer)}<div class="answer {answer.status}">{body(turn, answer)}'
        f"{withdrawn}</div>"
    )


def _understood(turn: int, answer: Answer) -> str:
    """Return the question as understood, each term from earlier turns with a button against it."""
    if answer.status == "unclear" or answer.standalone.strip() == answer.question.strip():
        return ""
    buttons = "".join(
        f'<button type="button" class="carried" data-turn="{turn}" data-drop="{text(term)}" '
        f'aria-label="Ask again without {text(term)}" title="Ask again without this">'
        f'<bdi>{text(term)}</bdi><span aria-hidden="true">×</span></button>'
        for term in answer.carried
    )
    chips = f'<span class="from-before">From before: {buttons}</span>' if buttons else ""
    return f'<p class="understood">Understood as: <bdi>{text(answer.standalone)}</bdi> {chips}</p>'


def _answered(turn: int, answer: Answer) -> str:
    items: list[str] = []
    for statement in answer.statements:
        said = statement.text if statement.text != statement.citations[0].quote else ""
        for citation in statement.citations:
            items.append(_quote(turn, len(items), citation, said=said))
            said = ""
    checked = f"{counted(len(items), 'quote')}, checked word for word"
    short = f'<p class="short" dir="auto">{text(answer.short)}</p>' if answer.short else ""
    if answer.note:
        short += f'<p class="says" dir="auto">{text(answer.note)}</p>'
    return f'{short}<ol class="quotes">{"".join(items)}</ol><p class="checked">{checked}</p>'


def _declined(turn: int, answer: Answer) -> str:
    items = "".join(_quote(turn, position, c) for position, c in enumerate(answer.nearest))
    nearest = f'<h3>Nearest, not an answer</h3><ul class="quotes">{items}</ul>' if items else ""
    return (
        '<p class="chip">Not on record</p>'
        f'<p class="says" dir="auto">{text(message(answer))}</p>{nearest}'
    )


def _unclear(_turn: int, answer: Answer) -> str:
    buttons = _ask_buttons(answer.choices) if answer.choices else ""
    return f'<p class="chip" dir="auto">{text(message(answer))}</p>{buttons}'


def _quote(turn: int, position: int, citation: Citation, said: str = "") -> str:
    before = "… " if citation.span.start > citation.sentence.start else ""
    after = " …" if citation.span.end < citation.sentence.end else ""
    # Words in quotation marks of their own get no second pair.
    tag = "span" if _MARKS.search(citation.quote) else "q"
    title = text(citation.title or "Untitled article")
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
