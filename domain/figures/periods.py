"""The times that reports are about: days, weeks, months and quarters."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Period(StrEnum):
    """How long a report is about; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


def began(period: Period, day: date) -> date:
    """The first day of the period that a day is in."""
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    if period is Period.MONTH:
        return day.replace(day=1)
    if period is Period.QUARTER:
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day


def last_before(period: Period, day: date) -> tuple[date, date]:
    """The last period that was over when a day began: its first day, and the first day after it."""
    after = began(period, day)
    return began(period, after - timedelta(days=1)), after
