"""Steps that fell due before a request: all of them, but for promises that a message on its way may have kept."""

from __future__ import annotations

from domain.complaint.tasks import RESOLVE
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from tests.domain.cases import opened


def test_message_on_its_way_may_have_kept_its_promise_until_it_is_reported() -> None:
    running = opened()
    running.deliver()
    running.now += 5 * HOUR
    running.case.take_due_steps(running.now, writing=True)
    assert running.clock(ClockKind.FIRST_RESPONSE).breached_at is None
    assert running.clock(ClockKind.STATUS_UPDATE).breached_at is None
    assert running.case.tier == 2, "the tier's time has run out, whatever was written"
    running.case.take_due_steps(running.now)
    assert running.clock(ClockKind.FIRST_RESPONSE).breached_at == running.now


def test_what_no_message_keeps_does_not_wait_for_one() -> None:
    running = opened()
    running.now += 31 * MINUTE
    assert running.case.take_due_steps(running.now, writing=True) > 0
    assert running.story.count("handed_over") == 1
    assert running.task(RESOLVE).tier == 2
