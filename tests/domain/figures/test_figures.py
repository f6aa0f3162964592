"""Figures: totals beside their targets, each checked with numbers that were worked out by hand."""

from __future__ import annotations

import pytest

from domain.figures.curves import CURVES
from domain.figures.facts import Measure
from domain.figures.figures import Figure, Unit, figures_of
from domain.figures.people import Doing, doings
from domain.figures.totals import Sum, Total, summed
from domain.sla.spans import HOUR, MINUTE, SECOND
from tests.domain.cases import charter

TOTALS = [
    Total(Measure.RESOLVED, 70, 70, 63, 70, 70 * HOUR, 3 * HOUR, "complaint", "chat", 1),
    Total(Measure.RESOLVED, 30, 30, 0, 30, 60 * HOUR, 9 * HOUR, "complaint", "email", 2),
    Total(Measure.TIER_TIME, 100, 100, 90, 100, 1, 1, "complaint", "chat", 1),
    Total(Measure.TIER_TIME, 100, 100, 98, 100, 1, 1, "complaint", "chat", 2),
    Total(Measure.FIRST_RESPONSE, 10, 10, 9, case_type="complaint", channel="chat", tier=1),
    Total(Measure.FIRST_RESPONSE, 10, 10, 10, case_type="complaint", channel="chat", tier=2),
    Total(Measure.RESPONSE_TIME, 4, 0, 0, 4, 80 * SECOND, MINUTE, "complaint", "chat"),
    Total(Measure.UPDATE_GAP, 4, 4, 3, 4, 9 * HOUR, 5 * HOUR, "complaint", "chat"),
    Total(Measure.UPDATE_GAP, 1, 1, 1, 1, HOUR, HOUR, "complaint", "email"),
    Total(Measure.REOPENED, 5, case_type="complaint"),
    Total(Measure.WORK, 2, valued=2, total=8 * MINUTE, case_type="complaint", detail="resolve_complaint"),
    Total(Measure.WORK, 2, valued=2, total=9 * HOUR, case_type="complaint", detail="summarise"),
    Total(Measure.SATISFACTION, 10, 10, 9, 10, 46, 5, "complaint", "chat", 1),
    Total(Measure.SATISFACTION, 10, 10, 10, 0, 0, None, "complaint", "email", 3),
    Total(Measure.SATISFACTION, 2, 2, 1, 2, 6, 5, "return", "email"),
    Total(Measure.FOLLOW_UP, 4, 4, 3, 4, 18, 5, "complaint"),
    Total(Measure.ENDED, 9, 9, 9, case_type="order_change", detail="done"),
    Total(Measure.ENDED, 1, 1, 0, case_type="order_change", detail="refused"),
    Total(Measure.BREACH, 3, case_type="complaint", detail="tier"),
    Total(Measure.COMPENSATED, 2, case_type="complaint"),
    Total(Measure.OPENED, 12, case_type="return"),
]


def figure(name: str, of: str | None = None) -> Figure:
    found = [one for one in figures_of(TOTALS, charter()) if (one.name, one.of) == (name, of)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("name", "of", "value", "target", "met"),
    [
        ("resolved_by_tier", "1", 0.7, 0.75, False),
        ("resolved_by_tier", "2", 0.3, 0.20, False),
        ("resolved_by_tier", "3", 0.0, 0.05, True),
        ("tier_in_time", "1", 0.9, 1.0, False),
        ("tier_in_time", "2", 0.98, 0.97, True),
        ("tier_in_time", "3", None, 1.0, None),
        ("response_in_time", "chat", 0.95, 1.0, False),
        ("response_in_time", "email", None, 1.0, None),
        ("response_time", "chat", 20 * SECOND, 30 * SECOND, True),
        ("response_time", None, 20 * SECOND, 30 * SECOND, True),
        ("longest_gap", "complaint", 5 * HOUR, 4 * HOUR, False),
        ("first_contact", None, 0.63, 0.85, False),
        ("resolution_time", None, 1.3 * HOUR, None, None),
        ("reopened", None, 0.05, None, None),
        ("handling_time", None, 4 * MINUTE, 3.5 * MINUTE, False),
        ("satisfied", None, 0.95, 0.92, True),
        ("satisfied_by_tier", "1", 0.9, 0.9, True),
        ("satisfied_by_tier", "3", 1.0, 0.95, True),
        ("score", "chat", 4.6, 4.6, True),
        ("score", "email", None, 4.5, None),
        ("return_satisfied", None, 0.5, None, None),
        ("follow_up_satisfied", None, 0.75, 0.88, False),
        ("changes_succeed", None, 0.9, 0.92, False),
        ("ended_in_time", "order_change", 0.9, 1.0, False),
        ("breaches", "tier", 3, None, None),
        ("compensated", None, 2, None, None),
        ("opened", "return", 12, None, None),
        ("ended", "order_change", 10, None, None),
    ],
)
def test_figure_beside_its_target(
    name: str, of: str | None, value: float | None, target: float | None, met: bool | None
) -> None:
    found = figure(name, of)
    assert found.value == (value if value is None else pytest.approx(value))
    assert (found.target, found.met) == (target, met)


def test_nothing_is_measured_on_nothing() -> None:
    found = figures_of([], charter())
    assert {one.value for one in found if one.unit is not Unit.COUNT} == {None}
    assert {one.met for one in found} == {None}
    assert {one.count for one in found} == {0}


def test_every_figure_but_those_of_outcomes_can_be_drawn_as_it_is_grouped() -> None:
    found = figures_of(TOTALS, charter())
    assert {one.name for one in found} - {*CURVES} == {"changes_succeed"}
    assert {*CURVES} <= {one.name for one in found}
    grouped = {one.name for one in found if one.of is not None}
    assert grouped == {name for name, curve in CURVES.items() if curve.groups}


def test_point_of_a_curve_is_what_the_figure_of_that_time_would_be() -> None:
    found = Sum(count=4, judged=4, good=3, valued=2, total=10, most=7)
    points = {name: CURVES[name].point(found) for name in ("longest_gap", "breaches", "satisfied", "response_time")}
    assert points == {"longest_gap": 7, "breaches": 4, "satisfied": 0.75, "response_time": 5}


def test_teams_and_people_stand_side_by_side() -> None:
    found = doings(
        [
            Total(Measure.WORK, 3, valued=2, total=8, who="online-02"),
            Total(Measure.RESOLVED, 2, 2, 1, who="online-01"),
            Total(Measure.SATISFACTION, 2, 2, 1, 2, 7, who="online-01"),
            Total(Measure.FIRST_RESPONSE, 2, 2, 2, who="online-01"),
            Total(Measure.WORK, 3),
        ]
    )
    nothing: dict[str, None] = {"first_contact": None, "responses_in_time": None, "satisfied": None, "score": None}
    assert found == [
        Doing(
            who="online-01",
            tasks=0,
            task_time=None,
            resolved=2,
            first_contact=0.5,
            responses_in_time=1.0,
            satisfied=0.5,
            score=3.5,
        ),
        Doing(who="online-02", tasks=3, task_time=4, resolved=0, **nothing),
    ]


def test_sums_are_sums() -> None:
    assert summed([]) == Sum()
    assert summed(TOTALS[:2]) == Sum(100, 100, 63, 100, 130 * HOUR, 9 * HOUR)
