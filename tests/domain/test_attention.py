"""Whose move it is in a case, and from when on a promise is at risk."""

from __future__ import annotations

from typing import Any

import pytest

from domain.attention import Awaits, at_risk_from, awaits
from domain.catalog import CASE_TYPES
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from domain.tasks import TaskState
from tests.readmodel.projections import NOW, clock, projection, task

READY, MINE, ASIDE = TaskState.READY, TaskState.IN_PROGRESS, TaskState.SUSPENDED


@pytest.mark.parametrize(
    ("status", "states", "expected"),
    [
        ("in_progress", (READY,), Awaits.QUEUE),
        ("in_progress", (MINE,), Awaits.PERSON),
        ("in_progress", (ASIDE,), Awaits.ASIDE),
        ("in_progress", (ASIDE, MINE), Awaits.PERSON),
        ("in_progress", (TaskState.COMPLETED,), Awaits.MACHINE),
        ("waiting_for_department", (MINE, READY), Awaits.QUEUE),
        ("waiting_for_customer", (MINE,), Awaits.CUSTOMER),
        ("waiting_for_customer", (READY,), Awaits.QUEUE),
        ("solution_offered", (), Awaits.CUSTOMER),
    ],
)
def test_what_nobody_has_taken_comes_before_the_customer_and_whoever_works(
    status: str, states: tuple[TaskState, ...], expected: Awaits
) -> None:
    tasks = tuple(task(number, state=state) for number, state in enumerate(states))
    assert awaits(projection(status=status, tasks=tasks).case) is expected


def test_case_that_is_over_waits_on_nobody() -> None:
    assert awaits(projection(status="closed", open=False, tasks=(task(),)).case) is Awaits.NOBODY


def test_statuses_with_the_customer_are_under_way() -> None:
    for case_type in CASE_TYPES.values():
        assert {*case_type.with_customer} <= {*case_type.under_way}, case_type.name


def risky(*clocks: dict[str, Any]) -> int | None:
    return at_risk_from(projection(clocks=tuple(clock(n, **fields) for n, fields in enumerate(clocks))).case)


def test_promise_is_at_risk_in_the_last_quarter_of_its_time() -> None:
    assert risky({"budget": 4 * HOUR, "due": NOW + HOUR}) == NOW
    assert risky({"budget": 4 * HOUR, "due": NOW + HOUR}, {"budget": 20 * MINUTE, "due": NOW}) == NOW - 5 * MINUTE


@pytest.mark.parametrize(
    "fields",
    [
        {"due": None},
        {"due": NOW, "breached_at": NOW},
        {"due": NOW, "state": ClockState.MET},
        {"due": NOW, "kind": ClockKind.STATUS_UPDATE},
    ],
)
def test_what_no_person_can_still_keep_puts_nothing_at_risk(fields: dict[str, Any]) -> None:
    assert risky(fields) is None
