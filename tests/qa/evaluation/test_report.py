from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import MissingExtraError, UsageError
from qa.evaluation.report import write_report
from qa.evaluation.report.page import page
from qa.evaluation.report.wording import AS_IT_SHOULD, OUTCOMES, percent, span, wording
from qa.evaluation.runs.compare import compare
from qa.evaluation.runs.results import Results

pytest.importorskip("matplotlib")

HOSTILE = [
    "<script>window.hit=1</script>",
    '"><img src=x onerror=window.hit=1>',
    '"><svg/onload=window.hit=1>',
    "' onmouseover='window.hit=1",
    "</style></script></details><iframe src=//evil.example>",
    "<!-- --><base href=//evil.example><meta http-equiv=refresh content=0>",
    "&lt;b&gt; &amp; &#60;",
    "\u202ereversed\u202c",
    "nul \x00 bell \x07 half \ud800 line\u2028end",
    "$\\frac{1}{2}$ {0} %s {{x}}",
]
VOID = {"meta", "link", "br", "input"}
LOADING = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "style"}


class Elements(HTMLParser):
    """The elements of a page, its text outside of scripts and styles, and what was left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.raw: dict[str, str] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.raw[self.open[-1]] = data
        else:
            self.words.append(data)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [a for t, a in self.found if t == tag and wanted.items() <= a.items()]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.found if "id" in attributes]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def assert_harmless(html: str) -> Elements:
    elements = Elements(html)
    assert elements.open == []
    assert Counter(tag for tag, _ in elements.found)["script"] == 1
    for tag, attributes in elements.found:
        assert tag not in ("iframe", "img", "base", "object", "embed", "form", "image")
        assert not LOADING & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "xlink:href"):
            link = attributes.get(name) or "#"
            inside = link.startswith("#") or (tag == "a" and link.startswith("https://"))
            assert inside or (tag, link) == ("link", "data:,")
    return elements


def hostile_run(make_run: Any, make_row: Any, make_citation: Any, text: str) -> dict[str, Any]:
    citation = make_citation(
        text, title=text, publisher=text, url=f"https://x.example/{text}", published=text
    )
    rows = [
        make_row(
            *(f"{text}{outcome}",),
            **{"question": text, "standalone_wanted": f"{text}?", "conversation": text},
            **{"answers": [text], "gold": [{"article_id": text, "sentence": text}]},
            **{"relevant": [text, f"{text}2"], "outcome": outcome, "error": text},
            **{
                "lost": text if outcome == text else None,
                "slices": {"kind": f"{stated % 2}{text}", text: text},
            },
            answer={
                **{"status": "answered", "standalone": text, "answer": text, "choices": [text]},
                **{"statements": [{"text": text, "citations": [citation]}] if stated else []},
                **{"nearest": [citation], "confidence": 0.5},
            },
        )
        for stated, outcome in enumerate([*OUTCOMES, text])
    ]
    figure = {"name": text, "value": 0.5, "low": 0, "high": 1, "n": 3, "better": "neither"}
    return dict(
        make_run(*rows),
        onrecord=text,
        made=text,
        questions={"file": text, "sha256": text, "n": 1},
        data={"articles": 1, "sha256": text},
        settings={text: text, "list": [text]},
        figures=[figure],
        comparison={
            **{"n": 1, "other": [text], "differences": [hostile_difference(text)]},
            "changed": [{"id": rows[0]["id"], "before": text, "after": text}],
        },
    )


def hostile_difference(text: str) -> dict[str, Any]:
    numbers = dict.fromkeys(("before", "after", "change", "low", "high"), 0.5)
    return {"name": text, "better": "higher", "n": 1, "verdict": text, **numbers}


# Structure


def test_the_page_is_written_whole_and_the_same_twice(make_run: Any, tmp_path: Path) -> None:
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    write_report(make_run(), first)
    write_report(json.loads(json.dumps(make_run())), second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_file_that_cannot_be_written_is_named(make_run: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere.*cannot be written: No such file"):
        write_report(make_run(), tmp_path / "nowhere" / "a.html")


def test_without_matplotlib_the_extra_is_named_and_nothing_is_written(
    make_run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"onrecord\[eval\]"):
        write_report(make_run(), tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []


def test_the_policy_allows_what_is_in_the_page_and_nothing_else(make_run: Any) -> None:
    elements = assert_harmless(page(make_run()))
    (meta,) = elements.all("meta", **{"http-equiv": "Content-Security-Policy"})
    policy = dict(part.strip().split(" ", 1) for part in (meta["content"] or "").split(";"))
    for tag, raw in elements.raw.items():
        digest = base64.b64encode(hashlib.sha256(raw.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    assert elements.raw.keys() == {"script", "style"}
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["img-src"] == "data:"


def test_style_and_script_load_nothing() -> None:
    assets = Path(sys.modules["qa.evaluation.report"].__file__ or "").parent / "assets"
    content = "".join(path.read_text(encoding="utf-8") for path in assets.iterdir())
    assert not re.search(r"url\(|@import|https?:|fetch\(|innerHTML|eval\(|localStorage", content)


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(
    make_run: Any, make_row: Any
) -> None:
    rows = [make_row(name) for name in ("plain", "two words", "50%", "x%41", "a/b#c", "été", "d.1")]
    elements = assert_harmless(page(make_run(*rows)))
    assert max(Counter(elements.ids).values()) == 1
    links = {unquote((a["href"] or "")[1:]) for a in elements.all("a") if a["href"][:1] == "#"}  # type: ignore[index]
    assert links <= set(elements.ids)
    assert {"q-plain", "q-two_words", "q-50%", "q-x%41", "q-a/b#c", "q-été", "q-d.1"} <= links


def test_every_question_is_there_and_shown_without_the_script(make_run: Any, make_row: Any) -> None:
    rows = [make_row(f"q{n}", question=f"Question {n}?") for n in range(30)]
    elements = Elements(page(make_run(*rows)))
    assert [i for i in elements.ids if i.startswith("q-")] == [f"q-q{n}" for n in range(30)]
    assert all(f"Question {n}?" in elements.text for n in range(30))
    hidden = [attributes.get("id") for _, attributes in elements.found if "hidden" in attributes]
    assert hidden == ["filters"]


def test_pictures_have_a_name_or_are_hidden_from_readers_of_text(make_run: Any) -> None:
    pictures = Elements(page(make_run())).all("svg")
    assert len(pictures) > 3
    for picture in pictures:
        assert picture.get("aria-hidden") == "true" or picture["aria-label"]


# What is said


@pytest.mark.parametrize(
    ("outcome", "lost", "said"),
    [
        ("right", None, "The sentence quoted first answers the question."),
        ("declined", None, "No article answers this, and it said so."),
        ("wrongly answered", "wrongly answered", "but a quote was given as an answer."),
        ("wrongly declined", "wrongly declined", "but with too little confidence to be given."),
        ("wrong quote", "not picked", "another one was put first. It is quoted 1st."),
        ("wrong quote", "not ranked", "its sentence was not among those kept."),
        ("wrongly declined", "not retrieved", "No article that answers was among those found."),
    ],
)
def test_each_question_says_why_it_came_out_so(
    make_run: Any, make_row: Any, outcome: str, lost: str | None, said: str
) -> None:
    elements = Elements(page(make_run(make_row(outcome=outcome, lost=lost))))
    assert said in elements.text
    (details,) = elements.all("details", class_=f"row {outcome.replace(' ', '-')}")
    assert details.get("data-lost") == lost


def test_a_question_shows_answer_quote_gold_and_source(make_run: Any) -> None:
    html = page(make_run())
    assert "will cost <strong>$12 million</strong>." in html
    text = Elements(html).text
    assert "answers the question" in text
    assert "also: 12 million" in text
    assert "Lowhaven Gazette 2 April 2019 Pier Approved" in text
    assert "Confidence 75%" in text
    assert "Article found 2nd of 2" in text


def test_a_question_that_failed_says_so(make_run: Any, make_row: Any) -> None:
    failed = make_row("bad", outcome="failed", answer=None, error="too long", retrieved=[])
    text = Elements(page(make_run(make_row(), failed))).text
    assert "It could not be answered: too long" in text
    assert "1 lost here. The question could not be asked" in text


def test_a_follow_up_shows_how_it_was_understood(make_run: Any, make_row: Any) -> None:
    row = make_row("talk.2", conversation="talk", turn=1, standalone_wanted="How much is the pier?")
    text = Elements(page(make_run(row))).text
    assert "2nd question of the conversation talk" in text
    assert "Meant How much is the pier?" in text


def test_losses_add_up_step_by_step(make_run: Any, make_row: Any) -> None:
    lost = ["not retrieved", "not ranked", "not ranked", "not picked", "wrongly declined"]
    rows = [make_row(str(n), outcome="wrong quote", lost=name) for n, name in enumerate(lost)]
    text = Elements(page(make_run(*rows, make_row()))).text
    steps = re.findall(r"(\d+) left\s*(?:(\d+)|None) lost here", text)
    assert steps == [("5", "1"), ("3", "2"), ("2", "1"), ("1", "1")]
    assert "Of 6 questions that the articles answer, 1 was answered rightly (17%)." in text


def test_figures_are_in_plain_words_and_say_which_way_is_better(make_run: Any) -> None:
    fields = {"low": 0.5, "high": 0.75, "n": 60}
    figures = [
        {"name": "answerable declined", "value": 0.6, "better": "lower", **fields},
        {"name": "article R@5", "value": 0.7, "better": "higher", **fields},
        {"name": "home-made", "value": 0.55, "better": "neither", **fields},
        {"name": "total p50 ms", "value": 64, "better": "lower", "low": 62, "high": 66, "n": 60},
        {
            "name": "total p95 ms",
            "value": 1240,
            "better": "lower",
            "low": 950,
            "high": 1500,
            "n": 60,
        },
    ]
    text = Elements(page(make_run(figures=figures))).text
    assert "Declined when it should not 60%" in text
    assert "likely 50 to 75% 60 questions lower is better" in text
    assert "Among the first 5" in text
    assert "Other figures" in text
    assert "64 ms 62 to 66 ms" in text
    assert "1.2 s 950 ms to 1.5 s" in text


def test_few_questions_in_a_group_are_too_few_to_tell(make_run: Any, make_row: Any) -> None:
    rows = [make_row(str(n), slices={"kind": "money", "publisher": "Gazette"}) for n in range(6)]
    rows += [make_row("x", slices={"kind": "person"}), make_row("y", slices={})]
    text = Elements(page(make_run(*rows))).text
    assert "money 100% likely 61 to 100% 6 questions" in text
    assert "person 100% too few to tell 1 question" in text
    assert "By publisher" not in text


def test_many_groups_are_folded(make_run: Any, make_row: Any) -> None:
    rows = [make_row(str(n), slices={"publisher": f"Outlet {n:02}"}) for n in range(20)]
    assert "8 more groups" in Elements(page(make_run(*rows))).text


def test_what_is_not_there_leaves_no_empty_part(make_run: Any) -> None:
    curves = {"risk_coverage": {"coverage": [], "risk": []}, "calibration": []}
    run = make_run(figures=[], curves=curves)
    elements = assert_harmless(page(run))
    assert not {"figures", "confidence", "all", "speed", "comparison"} & set(elements.ids)
    assert {"losses", "questions", "q-cost"} <= set(elements.ids)


def test_curves_are_said_in_words_too(make_run: Any, make_row: Any) -> None:
    rows = [make_row(f"r{n}") for n in range(3)] + [make_row("d", outcome="declined")]
    rows[3]["answer"]["confidence"] = 0.1
    elements = Elements(page(make_run(*rows)))
    labels = " ".join(p["aria-label"] or "" for p in elements.all("svg", class_="plot"))
    assert "It now answers 75% of all questions; 0% of those are wrong." in labels
    assert labels.split("of those are wrong")[0] in elements.text


def test_a_comparison_shows_what_changed_and_links_it(make_run: Any, make_row: Any) -> None:
    before = make_run(*(make_row(f"q{n}", outcome="wrong quote") for n in range(20)))
    rows = [make_row(f"q{n}", question=f"Question {n}?") for n in range(20)]
    runs = [Results.from_json(json.dumps(run), "a run") for run in (before, make_run(*rows))]
    changes = compare(*runs).to_json()
    elements = assert_harmless(page(make_run(*rows, comparison=json.loads(json.dumps(changes)))))
    assert "20 questions asked in both runs: 1 figure better" in elements.text
    assert "Answered right 0% → 100% better 20 questions" in elements.text
    assert "Wrong quote first → Right 20" in elements.text
    assert "In the earlier run: wrong quote first." in elements.text
    assert len(elements.all("a", href="#q-q7")) == 3  # its square, among the changed, its own
    assert len([a for _, a in elements.found if a.get("data-changed")]) == 20


def test_a_large_run_stays_small_enough_to_open_at_once(
    make_run: Any, make_row: Any, make_citation: Any
) -> None:
    quotes = [make_citation("A sentence of some length. " * 8, title="T" * 70) for _ in range(4)]
    row = make_row(question="What was said of the pier in the council?")
    row["answer"]["statements"] = [{"text": q["quote"], "citations": [q]} for q in quotes]
    rows = [{**row, "id": f"question-{n:04}"} for n in range(719)]
    assert len(page(make_run(*rows)).encode()) < 3_000_000


# Nothing runs


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text(
    make_run: Any, make_row: Any, make_citation: Any, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "report.html"
    write_report(hostile_run(make_run, make_row, make_citation, text), path)
    elements = assert_harmless(path.read_text(encoding="utf-8"))
    shown = "".join("\ufffd" if ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 else c for c in text)
    assert elements.text.count(" ".join(shown.split())) > 20


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://[x", None])
def test_only_web_addresses_become_links(
    make_run: Any, make_row: Any, make_citation: Any, url: str | None
) -> None:
    row = make_row()
    row["answer"]["statements"][0]["citations"] = [make_citation("It is $12 million.", url=url)]
    elements = Elements(page(make_run(row)))
    assert [a for a in elements.all("a") if not (a["href"] or "").startswith("#")] == []
    assert "Pier Approved" in elements.text


# Wording


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0%"), (0.004, "0.4%"), (0.45, "45%"), (0.9967, "99.7%"), (0.99999, "100%"), (1, "100%")],
)
def test_a_share_is_not_rounded_to_all_or_nothing(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("low", "high", "unit", "said"),
    [
        (0.5, 0.75, "share", "50 to 75%"),
        (0.5, 0.5, "share", "50%"),
        (0.26, 0.483, "score", "0.26 to 0.48"),
        (0.1, 4.7, "time", "0.1 to 4.7 ms"),
        (0.11, 0.12, "time", "0.1 ms"),
        (950, 1500, "time", "950 ms to 1.5 s"),
        (1000, 1500, "time", "1.0 to 1.5 s"),
    ],
)
def test_an_interval_names_its_unit_once(low: float, high: float, unit: Any, said: str) -> None:
    assert span(low, high, unit) == said


@given(st.text())
def test_any_figure_has_words(name: str) -> None:
    assert wording(name).label or not name


def test_what_should_be_is_an_outcome() -> None:
    assert OUTCOMES.keys() > AS_IT_SHOULD
