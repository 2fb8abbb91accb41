from __future__ import annotations

from datetime import date

import pytest

from corpus.days import parse_day


def test_a_day() -> None:
    assert parse_day("2019-01-31") == date(2019, 1, 31)


@pytest.mark.parametrize(
    "text",
    ["20190131", "2019-W05-4", "2019-02-30", "2019-1-31", "２０１９-01-31", "", 20190131, None],
)
def test_what_is_no_day(text: object) -> None:
    with pytest.raises(ValueError, match="is not a date such as 2019-01-31"):
        parse_day(text)
