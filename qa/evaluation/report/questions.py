"""Every question with what was answered, what is right, and why it came out as it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date

from qa.evaluation.measures.answers import is_right
from qa.evaluation.report.anchor import address, anchor
from qa.evaluation.report.wording import OUTCOMES, STEPS, Json, kind, ordinal, outcome, percent
from qa.links import web_link
from qa.markup import day, highlighted, outlet, text

_WHY = {
    "right": "The sentence quoted first answers the question.",
    "declined": "No article answers this, and it said so.",
    "wrongly answered": "No article answers this, but a quote was given as an answer.",
}
_LOST_WHY = {name: happened for name, (_, happened, _) in STEPS.items()}
_LOST_LABELS = {
    "not retrieved": "Article not found",
    "not ranked": "Sentence not noticed",
    "not picked": "Another sentence put first",
    "wrongly declined": "Not sure enough",
    "wrongly answered": "Answered all the same",
}


def listed(rows: Sequence[Json], changed: Sequence[Json]) -> str:
    """Return all questions, each closed until it is opened, in the order of the set.

    Args:
        rows: The rows of the run.
        changed: What `Comparison.changed` says of them; empty without a comparison.
    """
    before = {one["id"]: one["before"] for one in changed}
    titles = _titles(rows)
    items = "".join(f"<li>{_row(row, before.get(row['id']), titles)}</li>" for row in rows)
    return f'<ol class="rows" id="rows">{items}</ol>'


def filters(rows: Sequence[Json], changed: Sequence[Json]) -> str:
    """Return the controls above the questions; they are shown where scripts run."""
    outcomes = Counter(row["outcome"] for row in rows)
    chips = "".join(
        f'<label><input type="radio" name="outcome" value="{text(name)}">'
        f'<span><span class="key {kind(name)}"></span>{text(outcome(name))} '
        f"<b>{outcomes[name]:,}</b></span></label>"
        for name in sorted(outcomes, key=lambda n: [*OUTCOMES, n].index(n))
    )
    losses = Counter(row["lost"] for row in rows if row["lost"])
    kinds = Counter(k for row in rows if (k := row["slices"].get("kind")))
    only_changed = (
        '<label class="check"><input type="checkbox" id="changed"> '
        f"Came out otherwise than before <b>{len(changed):,}</b></label>"
        if changed
        else ""
    )
    return (
        '<div id="filters" role="search" aria-label="Questions" hidden>'
        '<fieldset class="chips"><legend class="unseen">Outcome</legend>'
        '<label><input type="radio" name="outcome" value="" checked>'
        f"<span>All <b>{len(rows):,}</b></span></label>{chips}</fieldset>"
        '<div class="controls"><label>Search<input type="search" id="words" autocomplete="off" '
        'placeholder="words of a question, quote or outlet"></label>'
        f"{_choice('lost', 'Lost at', 'any step', losses, _LOST_LABELS)}"
        f"{_choice('kind', 'Kind of answer', 'any kind', kinds, {})}</div>{only_changed}"
        '<p class="count"><span id="count" role="status"></span> '
        '<button type="button" id="clear">Show all</button> '
        '<button type="button" id="open">Open those shown</button></p></div>'
    )


def _choice(
    name: str, label: str, any_: str, counts: Mapping[str, int], labels: Mapping[str, str]
) -> str:
    if not counts:
        return ""
    ordered = [n for n in labels if n in counts] + sorted(counts.keys() - labels.keys())
    options = "".join(
        f'<option value="{text(value)}">{text(labels.get(value, value))} ({counts[value]:,})'
        "</option>"
        for value in ordered
    )
    return (
        f'<label>{label}<select id="{name}"><option value="">{any_}</option>{options}</select>'
        "</label>"
    )


def _titles(rows: Sequence[Json]) -> dict[str, Json]:
    """Return a citation of each article that was quoted anywhere, by the article's id."""
    return {c["article_id"]: c for row in rows for c in (*_quoted(row), *_nearest(row))}


def _answer(row: Json) -> Json:
    answer: Json = row["answer"] or {}
    return answer


def _quoted(row: Json) -> list[Json]:
    return [c for s in _answer(row).get("statements") or () for c in s["citations"]]


def _nearest(row: Json) -> Sequence[Json]:
    nearest: Sequence[Json] = _answer(row).get("nearest") or ()
    return nearest


def _row(row: Json, before: str | None, titles: Mapping[str, Json]) -> str:
    name = row["outcome"]
    marks = {
        "outcome": name,
        "lost": row["lost"],
        "kind": row["slices"].get("kind"),
        "changed": before and "yes",
    }
    data = "".join(f' data-{key}="{text(value)}"' for key, value in marks.items() if value)
    short = _answer(row).get("answer")
    said = f'<span class="short" dir="auto">{text(short)}</span>' if short else ""
    return (
        f'<details class="row {kind(name)}"{data}><summary>'
        f'<span class="badge">{text(outcome(name))}</span>'
        f'<span class="asked" dir="auto">{text(row["question"])}</span>{said}</summary>'
        f'<div class="body" id="{text(anchor(row["id"]))}">{_why(row, before)}{_turn(row)}'
        f'<div class="sides"><section><h4>What it said</h4>{_said(row)}</section>'
        f"<section><h4>What is right</h4>{_right(row, titles)}</section></div>{_facts(row)}"
        "</div></details>"
    )


def _why(row: Json, before: str | None) -> str:
    sentences = [_WHY.get(row["outcome"]) or _LOST_WHY.get(row["lost"] or "", "")]
    if row["outcome"] == "wrong quote":
        later = [n for n, c in enumerate(_quoted(row), 1) if _answers(c, row)]
        sentences += [f"It is quoted {ordinal(later[0])}."] if later else []
    if error := row.get("error"):
        sentences.append(f"It could not be answered: {error}")
    if before:
        sentences.append(f"In the earlier run: {outcome(before).lower()}.")
    return f'<p class="why">{text(" ".join(filter(None, sentences)))}</p>'


def _turn(row: Json) -> str:
    """Return how a question was understood, where it was not as asked or is part of a dialogue."""
    understood = _answer(row).get("standalone") or row["question"]
    wanted = row["standalone_wanted"] or row["question"]
    lines = []
    if row["conversation"]:
        place = f"{ordinal(row['turn'] + 1)} question of the conversation"
        lines.append(f"<dt>{place}</dt><dd><bdi>{text(row['conversation'])}</bdi></dd>")
    if understood != row["question"] or wanted != row["question"]:
        lines.append(f'<dt>Understood as</dt><dd dir="auto">{text(understood)}</dd>')
    if wanted not in (row["question"], understood):
        lines.append(f'<dt>Meant</dt><dd dir="auto">{text(wanted)}</dd>')
    return f'<dl class="turn">{"".join(lines)}</dl>' if lines else ""


def _said(row: Json) -> str:
    answer = _answer(row)
    quotes = "".join(_quote(c, row) for c in _quoted(row))
    if quotes:
        short = answer.get("answer")
        said = f'<p class="answer" dir="auto">{text(short)}</p>' if short else ""
        return f'{said}<ol class="quotes">{quotes}</ol>'
    if choices := answer.get("choices"):
        items = "".join(f'<li dir="auto">{text(choice)}</li>' for choice in choices)
        return f"<p>It asked which of these is meant:</p><ul>{items}</ul>"
    nearest = "".join(_quote(c, row) for c in _nearest(row))
    shown = f'<p>Shown as nearest, not as an answer:</p><ul class="quotes">{nearest}</ul>'
    return f'<p class="answer none">Declined</p>{shown if nearest else ""}'


def _quote(citation: Json, row: Json) -> str:
    good = '<p class="holds">answers the question</p>' if _answers(citation, row) else ""
    quote = highlighted(citation["quote"], citation.get("short"))
    return f'<li><blockquote dir="auto">{quote}</blockquote>{good}{_origin(citation)}</li>'


def _answers(citation: Json, row: Json) -> bool:
    """Return whether a quote holds an accepted answer or is a gold sentence of its article."""
    quote, article = citation["quote"], citation["article_id"]
    gold = [entry["sentence"] for entry in row["gold"] if entry["article_id"] == article]
    return is_right(quote, row["answers"], gold)


def _origin(citation: Json) -> str:
    """Return outlet, day, and the title linked; there are thousands, so it is in few words."""
    title = f'<cite dir="auto">{text(citation["title"] or "Untitled article")}</cite>'
    if address := web_link(citation["url"]):
        title = f'<a href="{text(address)}" target="_blank" rel="noopener">{title}</a>'
    moment = day(_day(citation["published"]))
    return f'<p class="origin">{outlet(citation["publisher"])} {moment} {title}</p>'


def _day(published: str | None) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat((published or "")[:10])
    return None


def _right(row: Json, titles: Mapping[str, Json]) -> str:
    if not row["answerable"]:
        return "<p>To decline: no article answers this.</p>"
    return "".join(_right_parts(row, titles)) or "<p>The set does not say.</p>"


def _right_parts(row: Json, titles: Mapping[str, Json]) -> Iterator[str]:
    if row["answers"]:
        first, *others = row["answers"]
        yield f'<p class="answer" dir="auto">{text(first)}</p>'
        if others:
            yield f'<p class="others" dir="auto">also: {text("; ".join(others))}</p>'
    if row["gold"]:
        items = "".join(_gold(entry, titles) for entry in row["gold"])
        yield f'<ul class="quotes gold">{items}</ul>'
    known = {entry["article_id"] for entry in row["gold"]}
    for article in row["relevant"]:
        if article not in known:
            yield _article(article, titles)


def _gold(entry: Json, titles: Mapping[str, Json]) -> str:
    return (
        f'<li><blockquote dir="auto">{text(entry["sentence"])}</blockquote>'
        f"{_article(entry['article_id'], titles)}</li>"
    )


def _article(article: str, titles: Mapping[str, Json]) -> str:
    if article in titles:
        return _origin(titles[article])
    return f'<p class="origin"><bdi>{text(article)}</bdi></p>'


def _facts(row: Json) -> str:
    """Return the line at the foot of a question."""
    answer = _answer(row)
    facts = [f"Line {row['line']}"] if row["line"] else []
    facts += [text(str(value)) for value in row["slices"].values()]
    if (sure := answer.get("confidence")) is not None:
        facts.insert(0, f"Confidence {percent(sure)}")
    if row["relevant"] and row["retrieved"]:
        ranks = [n for n, (a, _) in enumerate(row["retrieved"], 1) if a in row["relevant"]]
        found = f"found {ordinal(ranks[0])}" if ranks else "not found"
        facts.insert(1, f"Article {found} of {len(row['retrieved'])}")
    parts = "".join(f"<span>{fact}</span> " for fact in facts)
    where = f'<a href="{address(row["id"])}">Link to <bdi>{text(row["id"])}</bdi></a>'
    return f'<p class="facts">{parts}{where}</p>'
