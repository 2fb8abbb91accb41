from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UsageError
from qa.evaluation.measures.figure import Figure
from qa.evaluation.runs.floors import Floor, Floors, from_toml, read_floors, to_toml, write_floors
from qa.evaluation.runs.gate import check, pin
from qa.evaluation.runs.results import Results

MakeResults = Callable[..., Results]
DIGESTS = {"questions": "aa", "settings": "bb", "data": "cc"}
NAMES = ("EM", "risk")


def right(count: int, of: int = 80) -> list[float]:
    return [1.0] * count + [0.0] * (of - count)


@pytest.mark.parametrize(
    ("value", "n", "better", "limit"),
    [
        (0.75, 80, "higher", 0.75 - 1 / 80),
        (0.75, 200, "higher", 0.75 - 1 / 200),
        (0.75, 719, "higher", 0.75 - 4 / 719),
        (0.25, 80, "lower", 0.25 + 1 / 80),
    ],
)
def test_limits(value: float, n: int, better: str, limit: float) -> None:
    floor = Floor.of(Figure("EM", value, value, value, n, better))  # type: ignore[arg-type]
    assert floor.limit == pytest.approx(limit)
    assert floor.pinned == value
    exact = Floor.of(Figure("EM", value, value, value, n, better), exact=True)  # type: ignore[arg-type]
    assert exact.limit == value


def test_what_only_describes_cannot_be_pinned() -> None:
    with pytest.raises(ValueError, match="neither way is better"):
        Floor.of(Figure("words", 20, 18, 22, 80, "neither"))


@pytest.mark.parametrize(
    ("em", "risk", "failed"),
    [
        (60, 20, []),
        (59, 21, []),  # one question of 80 may be the arithmetic of another processor
        (58, 20, ["EM"]),
        (60, 22, ["risk"]),
        (40, 60, ["EM", "risk"]),
        (80, 0, []),
    ],
)
def test_check(make_results: MakeResults, em: int, risk: int, failed: list[str]) -> None:
    floors = pin(make_results({"EM": right(60), "risk": right(20)}, lower=["risk"]), NAMES)
    verdict = check(make_results({"EM": right(em), "risk": right(risk)}, lower=["risk"]), floors)
    assert [failure.split(":")[0] for failure in verdict.failures] == failed
    assert verdict.passed == (not failed)


def test_failures_say_how_much(make_results: MakeResults) -> None:
    floors = pin(make_results({"EM": right(60), "risk": right(20)}, lower=["risk"]), NAMES)
    verdict = check(make_results({"EM": right(50), "risk": right(30)}, lower=["risk"]), floors)
    assert verdict.failures == (
        "EM: 0.6250 (n = 80) is below its floor 0.7375 (pinned at 0.7500, n = 80)",
        "risk: 0.3750 (n = 80) is above its ceiling 0.2625 (pinned at 0.2500, n = 80)",
    )


def test_a_missing_figure_fails(make_results: MakeResults) -> None:
    floors = pin(make_results({"EM": right(60), "F1": right(60)}), ["EM", "F1"])
    verdict = check(make_results({"EM": right(60)}), floors)
    assert verdict.failures == (
        "F1: missing from the run; its floor is 0.7375 (pinned at 0.7500, n = 80)",
    )


@pytest.mark.parametrize("other", ["questions", "data"])
def test_other_questions_or_articles_fail(make_results: MakeResults, other: str) -> None:
    floors = pin(make_results({"EM": right(60)}), ["EM"])
    verdict = check(make_results({"EM": right(80)}, **{other: "another"}), floors)
    (failure,) = verdict.failures
    assert "are not those the floors were pinned on" in failure
    assert f"(sha256 another…, pinned {other}…)" in failure


def test_other_settings_are_judged_and_noted(make_results: MakeResults) -> None:
    floors = pin(make_results({"EM": right(60)}), ["EM"])
    better = check(make_results({"EM": right(60)}, settings="other"), floors)
    assert better.passed
    assert better.notes == ("the settings are not those the floors were pinned with",)
    worse = check(make_results({"EM": right(50)}, settings="other"), floors)
    assert not worse.passed
    assert check(make_results({"EM": right(60)}), floors).notes == ()


def test_exact_figures_may_not_fall_at_all(make_results: MakeResults) -> None:
    floors = pin(make_results({"EM": right(80)}), ["EM"], exact=["EM"])
    assert check(make_results({"EM": right(80)}), floors).passed
    assert not check(make_results({"EM": right(79)}), floors).passed


def test_pinning_raises_and_keeps(make_results: MakeResults) -> None:
    first = pin(make_results({"EM": right(60), "risk": right(20)}, lower=["risk"]), NAMES)
    second = make_results({"EM": right(70), "risk": right(21)}, lower=["risk"])
    assert check(second, first).passed
    floors = pin(second, NAMES, first)
    assert [floor.pinned for floor in floors.floors] == [70 / 80, 20 / 80]


def test_small_losses_do_not_add_up(make_results: MakeResults) -> None:
    floors = pin(make_results({"EM": right(60)}), ["EM"])
    floors = pin(make_results({"EM": right(59)}), ["EM"], floors)
    assert not check(make_results({"EM": right(58)}), floors).passed


def test_pinning_keeps_a_floor_raised_by_hand(make_results: MakeResults) -> None:
    results = make_results({"EM": right(60)})
    text = to_toml(pin(results, ["EM"])).replace("floor = 0.7375", "floor = 0.745")
    floors = pin(results, ["EM"], from_toml(text, "floors.toml"))
    assert floors.floors[0].limit == 0.745


@pytest.mark.parametrize(
    ("later", "options", "names", "message"),
    [
        ({"EM": 50, "F1": 60}, {}, ["EM", "F1"], "EM: 0.6250 .* is below its floor"),
        ({"F1": 60}, {}, ["F1"], "EM: missing from the run"),
        ({"EM": 60, "F1": 60}, {}, ["F1"], "EM: its limit, 0.7375, would be dropped"),
        ({"EM": 60, "F1": 60}, {"lower": ["EM"]}, ["EM", "F1"], "floor would become a ceiling"),
        ({"EM": 60, "F1": 60}, {"data": "another"}, ["EM", "F1"], "the articles are not those"),
    ],
    ids=["fell", "missing", "not named", "turned", "other articles"],
)
def test_lowering_needs_to_be_said(
    make_results: MakeResults,
    later: dict[str, int],
    options: dict[str, Any],
    names: list[str],
    message: str,
) -> None:
    earlier = pin(make_results({"EM": right(60), "F1": right(60)}), ["EM", "F1"])
    results = make_results({name: right(count) for name, count in later.items()}, **options)
    with pytest.raises(UsageError, match=message):
        pin(results, names, earlier)
    floors = pin(results, names, earlier, lower=True)
    assert check(results, floors).passed
    assert [floor.name for floor in floors.floors] == names


def test_only_figures_of_the_run_can_be_pinned(make_results: MakeResults) -> None:
    with pytest.raises(UsageError, match="cannot pin F2: the run has no such figure"):
        pin(make_results({"EM": right(60)}), ["EM", "F2"])


def test_a_question_set_of_80_shows_a_worsening(make_results: MakeResults) -> None:
    """Five more wrong of 80: their intervals overlap, the gate still fails."""
    before, after = make_results({"EM": right(60)}), make_results({"EM": right(55)})
    assert after.figures[0].high > before.figures[0].value
    assert not check(after, pin(before, ["EM"])).passed


# The file


def test_file(tmp_path: Path) -> None:
    floors = Floors(
        (Floor("R@5", 0.875, 0.8625, 80, higher=True), Floor("risk", 0.25, 0.5, 4, higher=False)),
        DIGESTS,
    )
    write_floors(tmp_path / "floors.toml", floors)
    lines = (tmp_path / "floors.toml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "",
        "[pinned_on]", 'questions = "aa"', 'settings = "bb"', 'data = "cc"',
        "",
        '[figures."R@5"]', "pinned = 0.875", "floor = 0.8625", "n = 80",
        "",
        '[figures."risk"]', "pinned = 0.25", "ceiling = 0.5", "n = 4",
    ]  # fmt: skip
    assert read_floors(tmp_path / "floors.toml") == floors


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8")),
        st.tuples(st.floats(0, 1), st.floats(allow_nan=False, allow_infinity=False),
                  st.integers(1, 10**6), st.booleans()),
        min_size=1, max_size=4,
    )
)  # fmt: skip
@settings(deadline=None)
def test_any_floors_survive_the_file(entries: dict[str, tuple[float, float, int, bool]]) -> None:
    floors = Floors(
        tuple(Floor(name, p, limit, n, higher) for name, (p, limit, n, higher) in entries.items()),
        DIGESTS,
    )
    assert from_toml(to_toml(floors), "floors.toml") == floors


PINNED_ON = '[pinned_on]\nquestions = "aa"\nsettings = "bb"\ndata = "cc"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("figures = ", r"floors\.toml: Invalid value \(at "),
        ("", "pinned_on: Field required"),
        (PINNED_ON, "figures: Field required"),
        (PINNED_ON + "[figures]", "figures: .*at least 1 item"),
        (PINNED_ON + "[figures.EM]\npinned = 1\nn = 3", "figures.EM: .*either a floor or a ceil"),
        (PINNED_ON + "[figures.EM]\npinned = 1\nn = 3\nfloor = 1\nceiling = 1", "either a floor"),
        (PINNED_ON + "[figures.EM]\npinned = 1\nn = 0\nfloor = 1", r"figures\.EM\.n: "),
        (PINNED_ON + "[figures.EM]\npinned = 1\nn = 3\nflor = 1", r"figures\.EM\.flor: Extra"),
        (PINNED_ON + "[figures.EM]\npinned = 1\nn = 3\nfloor = nan", r"EM\.floor: .*finite"),
        (PINNED_ON + "[figures.EM]\npinned = 1\nn = 3\nfloor = 'x'", r"EM\.floor: "),
    ],
)
def test_other_files_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        from_toml(text, "floors.toml")
    assert str(caught.value).startswith("floors.toml: ")


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_floors(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(UsageError, match="is not UTF-8 at byte 2"):
        read_floors(tmp_path / "latin.toml")
    with pytest.raises(UsageError, match="cannot be written"):
        write_floors(tmp_path / "none" / "floors.toml", Floors((), DIGESTS))


@given(st.integers(1, 2000), st.data())
def test_a_rerun_passes_and_a_real_loss_fails(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    floor = Floor.of(Figure("EM", count / n, 0.0, 1.0, n, "higher"))
    allowed = math.ceil(n / 200)
    assert floor.holds(count / n)
    assert floor.holds((count - allowed) / n)
    assert not floor.holds((count - allowed - 1) / n)
