"""Steps that fell due before a request: all of them, but for promises that a message on its way may have kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain import requests as r
from domain import supervision
from domain.case import Act
from domain.case_clocks import KEPT_BY_MESSAGES, UnderWay
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.tasks import RESOLVE
from domain.deeds import NoticeKind
from domain.messages import Request
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from tests.domain.cases import CUSTOMER, SUPERVISOR, opened


def test_message_on_its_way_may_have_kept_its_promise_until_it_is_reported() -> None:
    running = opened()
    running.deliver()
    running.now += 5 * HOUR
    running.meanwhile()
    assert running.clock(ClockKind.FIRST_RESPONSE).breached_at is None
    assert running.clock(ClockKind.STATUS_UPDATE).breached_at is None
    assert running.case.tier == 2, "the tier's time has run out, whatever was written"
    running.case.take_due_steps(running.now)
    assert running.clock(ClockKind.FIRST_RESPONSE).breached_at == running.now


def test_message_that_arrived_in_time_kept_its_promise_however_late_the_case_hears_of_it() -> None:
    running = opened()
    running.deliver()
    running.claim()
    running.reply()
    arrived = running.now + MINUTE
    running.now += 10 * HOUR
    running.deliver(at=arrived)
    first = running.clock(ClockKind.FIRST_RESPONSE)
    assert (first.breached_at, first.ended_at, first.ended_as) == (None, arrived, ClockState.MET)
    updates = [clock for clock in running.case.state.clocks if clock.kind is ClockKind.STATUS_UPDATE]
    promised = next(clock for clock in updates if clock.started_at == arrived)
    assert promised.breached_at == running.now, "the next update was to come four hours after it had arrived"


def test_report_counts_from_the_arrival_whatever_other_promise_was_missed_meanwhile() -> None:
    running = opened()
    arrived = running.now + MINUTE
    running.now += 5 * HOUR
    running.case.take_due_steps(running.now, UnderWay(frozenset({ClockKind.STATUS_UPDATE}), arrived))
    assert running.clock(ClockKind.FIRST_RESPONSE).breached_at == running.now
    running.deliver(at=arrived)
    updates = [clock for clock in running.case.state.clocks if clock.kind is ClockKind.STATUS_UPDATE]
    assert [(clock.started_at, clock.ended_as) for clock in updates[:2]] == [
        (arrived - MINUTE, ClockState.MET),
        (arrived, ClockState.CANCELLED),
    ]
    assert running.breached >= {"status_update:2"}, "which was due an hour ago"


def test_message_that_arrived_too_late_is_late_though_nothing_ran_in_between() -> None:
    running = opened()
    running.deliver()
    running.claim()
    running.reply()
    arrived = running.now + 2 * HOUR + 6_000
    running.now += 3 * HOUR
    running.deliver(at=arrived)
    first = running.clock(ClockKind.FIRST_RESPONSE)
    assert (first.breached_at, first.ended_at) == (arrived, arrived)
    assert [notice.about for notice in running.notices if notice.notice is NoticeKind.BREACH]


WITHDRAWN = decisions.withdraw, c.Withdraw(request_id="w", actor=CUSTOMER)
HELD = (
    supervision.pause_clock,
    r.PauseClock(request_id="p", actor=SUPERVISOR, clock="status_update:1", reason="a strike"),
)


@pytest.mark.parametrize(("decide", "request_"), [WITHDRAWN, HELD])
def test_promise_that_stops_while_it_waits_for_a_report_is_missed_on_record(
    decide: Callable[[Any, Any], Act], request_: Request
) -> None:
    """Nobody knows yet of a message that kept it, and once it has stopped nothing would put the miss on record."""
    running = opened()
    running.now += 5 * HOUR
    running.meanwhile()
    assert "status_update:1" not in running.breached
    decide(running.case, request_)(running.now)
    assert "status_update:1" in running.breached


def test_message_that_set_out_when_its_promise_was_missed_keeps_nothing_waiting() -> None:
    running = opened()
    running.now += 5 * HOUR
    running.case.take_due_steps(running.now, UnderWay(frozenset(KEPT_BY_MESSAGES), running.now))
    assert {"first_response:1", "status_update:1"} <= running.breached


def test_nobody_was_there_only_when_a_step_could_have_been_taken_and_was_not() -> None:
    running = opened()
    reminder = running.case.plan()[0].due
    tolerance = running.case.policy.late_tolerance
    assert not running.case.overdue(reminder + tolerance, not_before=0)
    assert running.case.overdue(reminder + tolerance + 1, not_before=0)
    assert not running.case.overdue(reminder + HOUR, not_before=reminder + HOUR), "it waited for a report until now"


def test_what_no_message_keeps_does_not_wait_for_one() -> None:
    running = opened()
    running.now += 31 * MINUTE
    running.meanwhile()
    assert running.story.count("handed_over") == 1
    assert running.task(RESOLVE).tier == 2
