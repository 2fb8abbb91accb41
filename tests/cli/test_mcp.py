from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

OnRecord = Callable[..., Any]


def test_without_its_extra_it_says_what_to_install(
    onrecord: OnRecord, ferry_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.mcp.stdio.is_installed", lambda: False)
    outcome = onrecord("mcp", "--store", ferry_store)
    assert (outcome.code, outcome.out) == (2, "")
    assert "needs the extra 'mcp': pip install 'onrecord[mcp]'" in outcome.err


def test_without_a_store_it_does_not_begin(onrecord: OnRecord, tmp_path: Path) -> None:
    pytest.importorskip("mcp_types", reason="the extra 'mcp' is not installed")
    outcome = onrecord("mcp", "--store", tmp_path / "none")
    assert (outcome.code, outcome.out) == (5, "")
    assert "no store at" in outcome.err
