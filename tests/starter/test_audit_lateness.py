"""The auditor and time: what a worker or a timer delayed is late but not broken, within the tolerance."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.policy import Policy
from domain.sla.spans import DAY, MINUTE, SECOND
from starter.audit.auditor import audit
from starter.audit.findings import Promise, Verdict
from tests.starter import forging
from tests.starter.forging import SEND, about
from tests.starter.told import Told

UPDATE = about(template="status_update")


async def test_escalation_that_waited_for_a_worker_is_late_but_not_broken(told: Told) -> None:
    run = told.runs["climbed"]
    (climbed,) = forging.upserts_of(run, "CaseTier", 2)
    turn = forging.last_before(run, climbed, "workflow_task_started_event_attributes")
    found = await told.audit(forging.later(run, turn, timedelta(minutes=10)))
    (tier,) = [one for one in found.of(Promise.TIER_TIME) if one.tier == 1]
    assert tier.verdict is Verdict.MISSED
    assert tier.late_by == pytest.approx(10 * MINUTE, abs=SECOND)


async def test_escalation_whose_timer_fired_late_is_late_but_not_broken(told: Told) -> None:
    """The server was down: the timer was set for the right moment."""
    run = told.runs["climbed"]
    (climbed,) = forging.upserts_of(run, "CaseTier", 2)
    timer = forging.last_before(run, climbed, "timer_fired_event_attributes")
    found = await told.audit(forging.later(run, timer, timedelta(minutes=10)))
    assert [one.verdict for one in found.of(Promise.TIER_TIME) if one.tier == 1] == [Verdict.MISSED]


async def test_escalation_whose_timer_was_set_too_late_is_broken(told: Told) -> None:
    """Nothing was down: the workflow had planned it wrongly."""
    run = told.runs["climbed"]
    (climbed,) = forging.upserts_of(run, "CaseTier", 2)
    fired = forging.last_before(run, climbed, "timer_fired_event_attributes")
    late = forging.later(run, fired, timedelta(minutes=10))
    set_by = fired.timer_fired_event_attributes.started_event_id
    (timer,) = [event for event in late[0].events if event.event_id == set_by]
    timer.timer_started_event_attributes.start_to_fire_timeout.seconds += 600
    broken = await told.broken(late)
    assert [found.about for found in broken if found.promise is Promise.TIER_TIME] == [
        "time of tier 1 ran out and it did not climb"
    ]


async def test_tolerance_is_what_the_system_may_be_late(told: Told) -> None:
    record = await told.read(told.runs["climbed"])
    strict = audit(record, {told.policy.version: told.policy}, tolerance=0)
    lenient = audit(record, {told.policy.version: told.policy}, tolerance=DAY)
    assert len(strict.broken) >= len(lenient.broken) == 0


async def test_update_that_falls_into_quiet_hours_is_due_in_the_morning(told: Told) -> None:
    record = await told.read(forging.without_effect(told.runs["climbed"], SEND, UPDATE))
    document = told.policy.model_dump(mode="json")
    morning = record.arrival.arrived_at // SECOND + 31_000
    document["calendars"]["waking"] = {"zone": "UTC", "opens": [morning], "closes": [morning + 50_000]}
    document["complaint"]["clocks"]["status_update"]["quiet_hours"] = "waking"
    quiet = audit(record, {told.policy.version: Policy.model_validate(document)})
    usual = audit(record, {told.policy.version: told.policy})
    assert [found.verdict for found in usual.broken] == [Verdict.BROKEN]
    assert quiet.broken == []
