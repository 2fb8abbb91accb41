"""Compiled models that several threads use at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.compiled import AT_ONCE, Compiled
from index.embed import CompiledMiniLM
from index.export import prepare

TEXTS = [f"China lent Venezuela ${number} billion. " * (1 + number % 7) for number in range(40)]


def test_many_threads_get_what_one_alone_gets() -> None:
    embedder = CompiledMiniLM(prepare())
    alone = [embedder.embed_query(text) for text in TEXTS]
    together = threading.Barrier(8)

    def embed(number: int) -> np.ndarray:
        together.wait()
        return np.vstack([embedder.embed_query(text) for text in TEXTS[number::8]])

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(embed, range(8)))
    for number, rows in enumerate(found):
        np.testing.assert_array_equal(rows, np.vstack(alone[number::8]))


def test_as_many_infer_at_a_time_as_it_says_and_one_more_waits() -> None:
    model = Compiled(prepare() / "model.xml")
    lent = threading.Event()

    def borrow() -> None:
        with model.request():
            lent.set()

    with ExitStack() as held:
        requests = [held.enter_context(model.request()) for _ in range(AT_ONCE)]
        assert len(set(map(id, requests))) == AT_ONCE
        one_more = threading.Thread(target=borrow)
        one_more.start()
        assert not lent.wait(0.2)
    one_more.join(120)
    assert lent.is_set()


def test_what_fails_gives_its_place_back() -> None:
    model = Compiled(prepare() / "model.xml")
    for _ in range(AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError), model.request():
            _ = 1 // 0


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.xml"
    path.write_text("<no model/>")
    with pytest.raises(ModelError, match=r"E_MODEL .*model\.xml"):
        Compiled(path)
