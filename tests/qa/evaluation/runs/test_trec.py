from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.measures.retrieval import retrieval_measures
from qa.evaluation.runs.trec import trec_id, write_qrels, write_run

RUN = {"q 1": {"b": 0.5, "a": 0.5, "c d": 0.75}, "q2": {}}
QRELS = {"q 1": {"a": 1, "x": 0}, "q2": {"c d": 2}}


def test_run_file(tmp_path: Path) -> None:
    write_run(tmp_path / "run", RUN, tag="my run")
    lines = (tmp_path / "run").read_text(encoding="utf-8").splitlines()
    assert lines == [
        "q%201 Q0 c%20d 1 0.75 my%20run",
        "q%201 Q0 a 2 0.5 my%20run",
        "q%201 Q0 b 3 0.4999999701976776 my%20run",
    ]


def test_qrels_file(tmp_path: Path) -> None:
    write_qrels(tmp_path / "qrels", QRELS)
    content = (tmp_path / "qrels").read_bytes().decode()
    assert content == "q%201 0 a 1\nq%201 0 x 0\nq2 0 c%20d 2\n"


def test_files_give_the_same_figures(tmp_path: Path) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    write_run(tmp_path / "run", RUN)
    write_qrels(tmp_path / "qrels", QRELS)
    measures = [ir_measures.nDCG @ 10, ir_measures.RR @ 10]
    read = ir_measures.iter_calc(
        measures,
        list(ir_measures.read_trec_qrels(str(tmp_path / "qrels"))),
        list(ir_measures.read_trec_run(str(tmp_path / "run"))),
    )
    expected = {
        (trec_id(query), name): value
        for query, values in retrieval_measures(RUN, QRELS).items()
        for name, value in values.items()
        if name in ("nDCG@10", "RR@10")
    }
    assert {(m.query_id, str(m.measure)): m.value for m in read} == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2019-01-24/harbour:3", "2019-01-24/harbour:3"),
        ("Ångström", "Ångström"),
        ("a b\n", "a%20b%0A"),
        ("50%", "50%25"),
        ("a\u00a0\u2028b", "a%C2%A0%E2%80%A8b"),
        ("\ud800", "%ED%A0%80"),
        ("", "%"),
    ],
)
def test_ids(name: str, expected: str) -> None:
    assert trec_id(name) == expected


@given(st.text(st.characters(codec=None), max_size=8), st.text(st.characters(codec=None)))
def test_ids_are_one_word_and_stay_different(one: str, other: str) -> None:
    assert trec_id(one).split() == [trec_id(one)]
    assert trec_id(one).encode()
    assert (trec_id(one) == trec_id(other)) == (one == other)
