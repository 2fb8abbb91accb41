from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import UsageError
from qa.evaluation.measures.figure import Figure
from qa.evaluation.runs.compare import Changed, compare
from qa.evaluation.runs.results import Results

MakeResults = Callable[..., Results]
MANY = 40


def test_differences_by_hand(make_results: MakeResults) -> None:
    before = make_results({"EM": [0, 0, 0, 1], "F1": [0.5, 0.5, 0.5, 0.5]})
    after = make_results({"EM": [1, 1, 1, 1], "F1": [0.75, 0.25, 0.5, 0.5]})
    em, f1 = compare(before, after).differences
    assert (em.name, em.before, em.after, em.change, em.n) == ("EM", 0.25, 1.0, 0.75, 4)
    assert (em.p, em.adjusted_p) == (2 / 8, 4 / 8)
    assert (f1.change, f1.p, f1.adjusted_p) == (0, 1, 1)
    assert em.low is not None
    assert em.high is not None
    assert em.low <= 0.75 <= em.high
    assert (em.verdict, f1.verdict) == ("unclear", "unclear")


def test_verdicts(make_results: MakeResults) -> None:
    low, high, same = [0.0] * MANY, [1.0] * MANY, [0.5] * MANY
    before = make_results({"EM": low, "risk": low, "same": same}, lower=["risk"])
    after = make_results({"EM": high, "risk": high, "same": same}, lower=["risk"])
    forth, back = compare(before, after), compare(after, before)
    assert [d.verdict for d in forth.differences] == ["better", "worse", "unclear"]
    assert [d.verdict for d in back.differences] == ["worse", "better", "unclear"]


def test_only_questions_with_the_measure_in_both_are_paired(make_results: MakeResults) -> None:
    before = make_results({"EM": [0, 0, 0], "F1": [1, 0, 1]}, ids=["a", "b", "c"])
    after = make_results({"F1": [0, 0, 1], "EM": [1, 1]}, ids=["d", "c", "b"])
    found = compare(before, after)
    assert found.n == 2
    assert (found.only_before, found.only_after) == (("a",), ("d",))
    assert [(d.name, d.n, d.change) for d in found.differences] == [("F1", 2, 0), ("EM", 1, 1)]
    assert found.differences[0].before == pytest.approx(2 / 3)


def test_figures_that_are_no_means_are_shown_without_a_test(make_results: MakeResults) -> None:
    before, after = make_results({"EM": [0, 1]}), make_results({"EM": [1, 1]})
    area = make_results({"area": [0.25, 0.25], "only": [1, 1]}).figures
    found = compare(_with(before, area[:1]), _with(after, area))
    assert [d.name for d in found.differences] == ["EM", "area"]
    difference = found.differences[1]
    assert (difference.before, difference.n, difference.p, difference.adjusted_p) == (
        0.25, 0, None, None,
    )  # fmt: skip
    assert found.differences[0].adjusted_p == found.differences[0].p  # Holm over one test
    assert (found.figures_only_before, found.figures_only_after) == ((), ("only",))


def test_changed_questions(make_results: MakeResults) -> None:
    column = {"EM": [1, 1, 1, 1, 1]}
    before = make_results(column, outcomes=["right", "right", "wrong", "right", "declined"])
    after = make_results(column, outcomes=["right", "wrong", "right", "wrong", "declined"])
    found = compare(before, after)
    assert found.changed == (
        Changed("q1", "right", "wrong"), Changed("q2", "wrong", "right"),
        Changed("q3", "right", "wrong"),
    )  # fmt: skip


def test_what_else_differs_is_named(make_results: MakeResults) -> None:
    before = make_results({"EM": [1]})
    assert compare(before, before).other == ()
    after = make_results({"EM": [1]}, settings="other", data="other")
    assert compare(before, after).other == ("settings", "data")


def test_nothing_in_common_is_an_error(make_results: MakeResults) -> None:
    before, after = make_results({"EM": [1, 1]}, ids=["a", "b"]), make_results({"EM": [1]})
    with pytest.raises(UsageError, match="no question in common: 2 before, 1 after"):
        compare(before, after)
    with pytest.raises(UsageError, match="no question in common"):
        compare(make_results({}), make_results({}))


def test_json(make_results: MakeResults) -> None:
    before = make_results({"EM": [1, 0]}, outcomes=["right", "wrong"])
    found = compare(before, before)
    fields = json.loads(json.dumps(found.to_json()))
    assert fields["differences"][0]["verdict"] == "unclear"
    assert (fields["n"], fields["changed"], fields["other"]) == (2, [], [])


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=20))
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_exchanging_the_runs_turns_the_signs(
    make_results: MakeResults, pairs: list[tuple[int, int]]
) -> None:
    before, after = (make_results({"EM": column}) for column in zip(*pairs, strict=True))
    (forth,), (back,) = compare(before, after).differences, compare(after, before).differences
    assert forth.p == back.p
    change, low, high = np.array([forth.change, forth.low, forth.high], dtype=float)
    assert low <= change <= high
    assert back.change == pytest.approx(-change)


def _with(results: Results, figures: tuple[Figure, ...]) -> Results:
    return replace(results, figures=(*results.figures, *figures))
