from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qa.wording import shown_date


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (date(2019, 1, 24), "24 January 2019"),
        (datetime(2016, 11, 3, 23, tzinfo=UTC), "3 November 2016"),
        (None, "date unknown"),
    ],
)
def test_shown_date(moment: date | datetime | None, words: str) -> None:
    assert shown_date(moment) == words
