"""What holds for all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

# No test fails for taking long: how fast the machine is, and what else it does, is no fault.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# A shell that runs the tests in the background has them, and what they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what shares something in one process, and begin with what takes longest.

    The tests of a module share its fixtures, and two browsers at once would fight for the machine.
    """
    items.sort(key=lambda item: not _in_browser(item))
    if not config.getoption("loadgroup", False):  # there is one process only
        return
    for item in items:
        group = "browser" if _in_browser(item) else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


def _in_browser(item: pytest.Item) -> bool:
    return not {"chromium", "chromium_of"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Put back what a signal does: a command that was stopped once ends the process at the next."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [(number, signal.getsignal(number)) for number in numbers]
    yield
    for number, handler in before:
        signal.signal(number, handler)


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
