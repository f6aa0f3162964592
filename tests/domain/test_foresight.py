"""What another priority or policy would make of running promises, kind by kind."""

from __future__ import annotations

from typing import Any

import pytest

from domain.foresight import Foreseen, Terms, foresee
from domain.policy import Policy
from domain.projection import ShownClock
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from tests.policies.shipped import noon, policy

NOW = noon(2026, 11, 23)
"""20:00 in Shanghai, when the office is closed."""


def running(kind: ClockKind, budget: int, used: int, **fields: Any) -> ShownClock:
    """A clock with `used` consumed up to now."""
    fields = {"state": ClockState.RUNNING, "consumed": 0, "running_since": NOW - used, **fields}
    return ShownClock(id=f"{kind}:1", kind=kind, budget=budget, started_at=NOW - used, **fields)


def terms(**changed: Any) -> Terms:
    return Terms(policy(), "complaint", 1, "normal", "email")._replace(**changed)


def with_first_response(minutes: int) -> Policy:
    """The charter with another time for the first response by e-mail."""
    document = policy().model_dump(mode="json")
    document["complaint"]["clocks"]["first_response"]["by_channel"]["email"] = minutes * MINUTE
    return Policy.model_validate(document)


def only(clock: ShownClock, had: Terms, gets: Terms, **kinds: str) -> Foreseen:
    (found,) = foresee([clock], kinds, had, gets, NOW)
    return found


def test_tier_whose_halved_time_is_used_up_breaks_at_once_and_climbs() -> None:
    late = only(running(ClockKind.TIER, 30 * MINUTE, 24 * MINUTE), terms(), terms(priority="high"))
    assert late == (ClockKind.TIER, NOW, True, 2)


def test_tier_with_time_left_is_due_sooner_and_stays() -> None:
    early = only(running(ClockKind.TIER, 30 * MINUTE, 5 * MINUTE), terms(), terms(priority="high"))
    assert early == (ClockKind.TIER, NOW + 10 * MINUTE, False, None)


def test_nothing_climbs_above_the_top_tier() -> None:
    top = {"tier": 3}
    late = only(running(ClockKind.TIER, 48 * HOUR, 47 * HOUR), terms(**top), terms(**top, priority="high"))
    assert (late.breaks, late.climbs_to) == (True, None)


def test_time_that_was_added_by_hand_is_kept() -> None:
    extended = running(ClockKind.TIER, 50 * MINUTE, 24 * MINUTE)
    assert only(extended, terms(), terms(priority="high")).due == NOW + 11 * MINUTE


def test_clock_that_stands_still_is_not_due_but_breaks_when_it_runs_on() -> None:
    paused = running(ClockKind.TIER, 30 * MINUTE, 0, state=ClockState.PAUSED, consumed=24 * MINUTE, running_since=None)
    assert only(paused, terms(), terms(priority="high")) == (ClockKind.TIER, None, True, 2)


def test_first_response_follows_the_channel_and_a_vips_stays_a_vips() -> None:
    gets = terms(policy=with_first_response(30))
    assert only(running(ClockKind.FIRST_RESPONSE, 2 * HOUR, HOUR), terms(), gets).breaks
    vip = only(running(ClockKind.FIRST_RESPONSE, 15_000, 1_000), terms(), gets)
    assert (vip.breaks, vip.due, vip.climbs_to) == (False, NOW + 14_000, None)


@pytest.mark.parametrize(
    ("kind", "tier"), [(ClockKind.TASK_CLAIM, 2), (ClockKind.FOLLOW_UP, 1), (ClockKind.PROMISE, 1)]
)
def test_priority_of_a_complaint_leaves_other_promises_as_they_are(kind: ClockKind, tier: int) -> None:
    clock = running(kind, 3 * HOUR, HOUR, running_since=NOW)
    before, after = (terms(tier=tier, priority=priority) for priority in ("normal", "high"))
    assert only(clock, before, after) == only(clock, before, before)
    assert not only(clock, before, after).breaks


def test_tasks_at_the_shop_follow_the_priority_and_what_is_not_a_task_does_not() -> None:
    had = terms(case_type="return", tier=None)
    gets = had._replace(priority="high")
    task = running(ClockKind.TASK_DUE, 2 * HOUR, 90 * MINUTE, task="T1")
    assert only(task, had, gets, T1="verify_identity") == (ClockKind.TASK_DUE, NOW, True, None)
    assert not only(task, had, gets).breaks
    assert not only(running(ClockKind.LABEL, HOUR, 40 * MINUTE), had, gets).breaks
    assert not only(running(ClockKind.PROMISE, HOUR, 40 * MINUTE), had, gets).breaks


@pytest.mark.parametrize("changed", [{"priority": "none"}, {"tier": 9}])
def test_terms_that_a_case_refuses_show_nothing(changed: dict[str, Any]) -> None:
    assert foresee([running(ClockKind.TIER, 30 * MINUTE, 0)], {}, terms(), terms(**changed), NOW) == []
