"""What holds for all tests."""

from __future__ import annotations

import ctypes
import os
import re
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

# Each core has a process of its own, in which threads of numpy and torch would stand in its way.
# To be set before they are imported.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# No test fails for taking long: how fast the machine is, and what else it does, is no fault.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# A shell that runs the tests in the background has them, and what they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the browsers, which take longest."""
    items.sort(key=lambda item: not _in_browser(_module_of(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep what shares something in one process.

    The tests of a module share its fixtures, and two browsers at once would fight for the machine.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = _module_of(nodeid)
            return "browser" if _in_browser(module) else module

    return ByModule(config, log)


def _module_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


@cache
def _in_browser(module: str) -> bool:
    source = (Path(__file__).parents[1] / module).read_text("utf-8")
    return re.search(r"\b(chromium|open_tab)\b", source) is not None


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Put back what a signal does: a command that was stopped once ends the process at the next."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [(number, signal.getsignal(number)) for number in numbers]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.fixture(autouse=True, scope="module")
def _memory() -> Iterator[None]:
    """Give back to the system what a module's models and stores have left, where malloc can."""
    yield
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@pytest.fixture
def ends() -> Iterator[None]:
    """Fail where what takes a moment goes on for minutes, as what never ends or is quadratic would.

    The only limit on time in the tests: far from what any machine needs.
    """

    def late(*_: object) -> NoReturn:
        raise TimeoutError("this would go on for ever, or as good as")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
