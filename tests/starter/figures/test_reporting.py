"""Reports: drawn once for each time that is over, and then as they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.figures.port import ReportOrder
from domain.errors import PolicyUnknownError
from domain.figures.periods import Period, began, last_before
from domain.sla.spans import DAY, HOUR
from readmodel.figures import FactsWanted
from starter.doors import Store
from starter.figures.reporting import Report, Reporting
from tests.domain.cases import MONDAY
from tests.domain.figures.telling import lived
from tests.starter.api.calling import AGENT, SUPERVISOR, Api, problem

ZONE = "Asia/Shanghai"
MIDNIGHT = MONDAY - 9 * HOUR


@given(period=st.sampled_from(Period), day=st.dates(date(1970, 2, 1), date(2200, 1, 1)))
def test_periods_follow_each_other_without_gaps(period: Period, day: date) -> None:
    first, after = last_before(period, day)
    assert first < after <= day < after + timedelta(days=92)
    assert began(period, first) == first
    assert began(period, after) == after == began(period, day)
    assert began(period, after - timedelta(days=1)) == first


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        (Period.DAY, date(2026, 5, 13), date(2026, 5, 14)),
        (Period.WEEK, date(2026, 5, 4), date(2026, 5, 11)),
        (Period.MONTH, date(2026, 4, 1), date(2026, 5, 1)),
        (Period.QUARTER, date(2026, 1, 1), date(2026, 4, 1)),
    ],
)
def test_last_period_before_a_thursday_in_may(period: Period, first: date, after: date) -> None:
    assert last_before(period, date(2026, 5, 14)) == (first, after)


async def test_report_has_the_figures_of_its_time_and_stays_when_more_becomes_known(api: Api, store: Store) -> None:
    reporting = Reporting(store.engine, "charter", ZONE, clock=lambda: 7)
    order = ReportOrder(period=Period.DAY, at=MIDNIGHT + DAY + HOUR)
    drawn = await reporting.draw(order)
    assert (drawn.since, drawn.until, drawn.new) == (MIDNIGHT, MIDNIGHT + DAY, True)
    who = await api.person(SUPERVISOR)
    kept = Report.model_validate((await api.get(f"/v1/reports/day/{MIDNIGHT}", who)).json())
    assert (kept.drawn_at, kept.policy) == (7, (await store.policy()).version)
    time = FactsWanted(since=drawn.since, until=drawn.until)
    assert kept.content == await store.figures.figures(time, await store.policy())
    await store.readmodel.write(lived(5, "CLATEAAAAAAAAA"))
    assert (await reporting.draw(order)).new is False
    assert Report.model_validate((await api.get(f"/v1/reports/day/{MIDNIGHT}", who)).json()) == kept
    assert kept.content != await store.figures.figures(time, await store.policy())
    await store.readmodel.remove("CLATEAAAAAAAAA")


async def test_reports_are_listed_newest_first_and_given_as_workbooks(api: Api, store: Store) -> None:
    reporting = Reporting(store.engine, "charter", ZONE)
    for period in Period:
        await reporting.draw(ReportOrder(period=period, at=MIDNIGHT + 40 * DAY))
    who = await api.person(SUPERVISOR)
    listed = (await api.get("/v1/reports", who)).json()["reports"]
    assert [one["until"] for one in listed] == sorted((one["until"] for one in listed), reverse=True)
    assert {one["period"] for one in listed} == {*Period}
    assert {one["period"] for one in (await api.get("/v1/reports?period=week", who)).json()["reports"]} == {"week"}
    book = await api.get(f"/v1/reports/{listed[0]['period']}/{listed[0]['since']}/xlsx", who)
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    problem(await api.get("/v1/reports/day/5", who), 404, "report_not_found")
    problem(await api.get("/v1/reports", await api.person(AGENT)), 403, "not_allowed")


async def test_without_a_policy_there_is_nothing_to_measure_by(store: Store) -> None:
    with pytest.raises(PolicyUnknownError):
        await Reporting(store.engine, "unheard-of", ZONE).draw(ReportOrder(period=Period.DAY, at=MONDAY))
