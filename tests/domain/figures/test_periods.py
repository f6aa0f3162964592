"""Reports are about whole days, weeks from Monday on, months and quarters that are over."""

from __future__ import annotations

from datetime import date

import pytest

from domain.figures.periods import Period, began, last_before

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("period", "first", "before"),
    [
        (Period.DAY, SUNDAY, date(2026, 11, 21)),
        (Period.WEEK, date(2026, 11, 16), date(2026, 11, 9)),
        (Period.MONTH, date(2026, 11, 1), date(2026, 10, 1)),
        (Period.QUARTER, date(2026, 10, 1), date(2026, 7, 1)),
    ],
)
def test_period_begins_with_its_first_day_and_the_last_one_ended_there(
    period: Period, first: date, before: date
) -> None:
    assert began(period, SUNDAY) == first
    assert last_before(period, SUNDAY) == (before, first)
