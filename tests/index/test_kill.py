"""A few rounds of the kill loop: a killed ingest leaves a store that is whole."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

LOOP = Path(__file__).parents[1] / "bench" / "kill_loop.py"


def test_a_killed_process_leaves_every_acknowledged_article(tmp_path: Path) -> None:
    bench = runpy.run_path(str(LOOP))
    found = list(bench["loop"](tmp_path, kills=6, longest=0.8))
    assert found == [[]] * 6
    assert bench["acknowledged"](tmp_path) >= 6


def test_the_loop_notices_what_is_lost_what_came_back_and_what_is_another(
    tmp_path: Path, feed: Callable[..., object]
) -> None:
    bench = runpy.run_path(str(LOOP))
    feed(*({"id": name, "text": bench["text_of"](name, 1)} for name in ("a1", "a2", "a3")))
    log = "done a1 1\ndone a2 2\ndone a3 1\ndone a3 0\ndone a4 1\n"
    (tmp_path / "oracle").write_text(log)
    assert bench["faults"](tmp_path / "store", tmp_path / "oracle") == [
        "a2 is not as acknowledged", "a4 is not as acknowledged", "a3 came back",
    ]  # fmt: skip
