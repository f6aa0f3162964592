"""A figure over time and over size, in the days of the installation's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from domain.errors import InvalidInputError
from domain.figures.curves import CURVES, SCORES, SPANS, Curve
from domain.figures.facts import Measure
from domain.figures.figures import Unit
from domain.figures.totals import Total, summed
from domain.sla.spans import DAY, HOUR, Instant
from readmodel.figures import Chosen, FactsWanted
from starter.figures.book import FigureBook, require_time

BY_HOURS = 2 * DAY
"""Up to here a figure is drawn by hours, and by days above."""


class Point(BaseModel):
    """The value of an hour or a day that begins at `at`; None where there was nothing to measure."""

    model_config = ConfigDict(frozen=True)

    at: Instant
    count: int
    value: float | None


class Bar(BaseModel):
    """How many values are above the bar before and up to `up_to`; None is the last bar, of all that are greater."""

    model_config = ConfigDict(frozen=True)

    up_to: int | None
    count: int


class Drawing(BaseModel):
    """A figure from `since` up to, and without, `until`; hours or days in which nothing happened are left out."""

    model_config = ConfigDict(frozen=True)

    since: Instant
    until: Instant
    name: str
    of: str | None
    unit: Unit
    points: list[Point]
    spread: list[Bar]


async def drawn(book: FigureBook, wanted: FactsWanted, name: str, of: str | None, zone: str) -> Drawing:
    """A figure drawn.

    Args:
        book: the facts.
        wanted: which of them.
        name: of the figure.
        of: the group, as in `Figure.of`; None for all groups together.
        zone: whose days they are.

    Raises:
        InvalidInputError: there is no such figure or group, or the time is none.
    """
    require_time(wanted.since, wanted.until)
    curve = CURVES.get(name)
    if curve is None:
        raise InvalidInputError(f"name: expected one of {', '.join(CURVES)}", field="name")
    chosen = _chosen(curve, of)
    await book.keeper.count()
    slots = await book.tables.over_time(wanted, chosen)
    edges = SCORES if curve.measure in (Measure.SATISFACTION, Measure.FOLLOW_UP) else SPANS
    heights = await book.tables.spread(wanted, chosen, edges)
    bars = [Bar(up_to=edge, count=count) for edge, count in zip((*edges, None), heights, strict=True)]
    points = _points(curve, slots, wanted, ZoneInfo(zone))
    spread = bars if any(heights) else []
    time = {"since": wanted.since, "until": wanted.until}
    return Drawing(**time, name=name, of=of, unit=curve.unit, points=points, spread=spread)


def _chosen(curve: Curve, of: str | None) -> Chosen:
    chosen = Chosen(curve.measure, case_type=curve.case_type, detail=curve.detail)
    if of is None:
        return chosen
    if curve.groups is None:
        raise InvalidInputError("of: this figure is not given by groups", field="of")
    if curve.groups == "tier":
        if not of.isdecimal() or len(of) > 3:
            raise InvalidInputError("of: expected the number of a tier", field="of")
        return chosen._replace(tier=int(of))
    if curve.groups == "channel":
        return chosen._replace(channel=of)
    return chosen._replace(case_type=of) if curve.groups == "case_type" else chosen._replace(detail=of)


def _points(curve: Curve, slots: list[tuple[Instant, Total]], wanted: FactsWanted, zone: ZoneInfo) -> list[Point]:
    by_hours = wanted.until - wanted.since <= BY_HOURS
    together: dict[Instant, list[Total]] = {}
    for slot, total in slots:
        begins = slot - slot % HOUR if by_hours else _day(slot, zone)
        together.setdefault(begins, []).append(total)
    sums = {begins: summed(totals) for begins, totals in together.items()}
    return [Point(at=begins, count=found.count, value=curve.point(found)) for begins, found in sums.items()]


def _day(at: Instant, zone: ZoneInfo) -> Instant:
    there = datetime.fromtimestamp(at / 1000, zone)
    return round(there.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
