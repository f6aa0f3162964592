"""Facts added up: what figures are computed from, wherever the adding was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.figures.facts import Measure


@dataclass(frozen=True, slots=True)
class Total:
    """The facts of one measure that are alike in what they were grouped by.

    Attributes:
        who: a team or a staff id, where they were grouped by one.
        count: how many facts.
        judged: of how many it is known whether they were as promised.
        good: how many were.
        valued: how many have a value.
        total: the sum of their values.
        most: the greatest of them, None if there is none.
    """

    measure: Measure
    count: int
    judged: int = 0
    good: int = 0
    valued: int = 0
    total: int = 0
    most: int | None = None
    case_type: str | None = None
    channel: str | None = None
    tier: int | None = None
    detail: str | None = None
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Totals put together."""

    count: int = 0
    judged: int = 0
    good: int = 0
    valued: int = 0
    total: int = 0
    most: int | None = None

    @property
    def share(self) -> float | None:
        """Which part was as promised; None where nothing can be said."""
        return self.good / self.judged if self.judged else None

    @property
    def average(self) -> float | None:
        """The average value; None without any."""
        return self.total / self.valued if self.valued else None


def summed(totals: Iterable[Total]) -> Sum:
    """All of them together."""
    found = list(totals)
    mosts = [one.most for one in found if one.most is not None]
    return Sum(
        count=sum(one.count for one in found),
        judged=sum(one.judged for one in found),
        good=sum(one.good for one in found),
        valued=sum(one.valued for one in found),
        total=sum(one.total for one in found),
        most=max(mosts, default=None),
    )
