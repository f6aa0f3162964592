"""The auditor on forged histories: whatever a broken workflow would leave behind is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from temporalio.client import WorkflowHistory

from domain.sla.spans import DAY, HOUR, MINUTE
from starter.audit.findings import Promise, Verdict
from tests.starter import forging
from tests.starter.forging import GRANT, NOTIFY, SEND, Run, about
from tests.starter.told import Told

UPDATE = about(template="status_update")
Forge = Callable[[Run], Run]
FORGERIES: dict[str, tuple[str, Forge, Promise, str]] = {
    "an update that was never sent": (
        "climbed",
        lambda run: forging.without_effect(run, SEND, UPDATE),
        Promise.STATUS_UPDATE,
        "no breach on record",
    ),
    "an update of which nobody knows whether it arrived": (
        "climbed",
        lambda run: forging.without_result(run, SEND, UPDATE),
        Promise.STATUS_UPDATE,
        "no breach on record",
    ),
    "a message whose fate nobody knows": (
        "lapsed",
        lambda run: forging.without_result(run, SEND, about(template="agent_message")),
        Promise.DELIVERY,
        "did not arrive, and nobody was told",
    ),
    "a missed update that is not on record": (
        "unreachable",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":status_update:1:breach")),
        Promise.STATUS_UPDATE,
        "no breach on record",
    ),
    "an undeliverable message that nobody was told of": (
        "unreachable",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":acknowledgement:1:failed")),
        Promise.DELIVERY,
        "nobody was told",
    ),
    "a late first response that is not on record": (
        "climbed",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":first_response:1:breach")),
        Promise.FIRST_RESPONSE,
        "no breach on record",
    ),
    "a compensation that was not granted": (
        "climbed",
        lambda run: forging.without_effect(run, GRANT, about()),
        Promise.COMPENSATION,
        "compensated 0 times",
    ),
    "a compensation that was granted twice": (
        "climbed",
        lambda run: forging.twice(run, GRANT, about()),
        Promise.COMPENSATION,
        "compensated 2 times",
    ),
    "a compensation without a cause": (
        "climbed",
        lambda run: forging.twice(run, GRANT, about(), key="C:tier:9"),
        Promise.COMPENSATION,
        "though no guarantee was missed",
    ),
    "a message that was sent twice": (
        "answered",
        lambda run: forging.twice(run, SEND, about(template="agent_message")),
        Promise.ONCE,
        "happened 2 times",
    ),
    "an escalation that did not happen": (
        "climbed",
        lambda run: forging.without(
            forging.without_effect(run, SEND, about(template="escalated")),
            forging.upserts_of(run, "CaseTier", 2),
        ),
        Promise.TIER_TIME,
        "did not climb",
    ),
    "an escalation of which the customer heard nothing": (
        "climbed",
        lambda run: forging.without_effect(run, SEND, about(template="escalated")),
        Promise.HANDOVER,
        "the customer not told",
    ),
    "an escalation of which the new team heard nothing": (
        "climbed",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":handover-2:")),
        Promise.HANDOVER,
        "the new team not told",
    ),
    "a customer who was not satisfied and did not climb": (
        "climbed",
        lambda run: forging.without(run, forging.upserts_of(run, "CaseTier", 3)),
        Promise.HANDOVER,
        "did not climb",
    ),
    "a reminder that was never sent": (
        "lapsed",
        lambda run: forging.without_effect(run, SEND, about(template="solution_reminder")),
        Promise.ANSWER,
        "nobody asked again",
    ),
    "a late summary that is not on record": (
        "tardy",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":task_due:1:breach")),
        Promise.TASK_TIME,
        "no breach on record",
    ),
    "a late follow-up that is not on record": (
        "tardy",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":follow_up:1:breach")),
        Promise.FOLLOW_UP,
        "no breach on record",
    ),
    "an idle claim that stayed with its owner": (
        "tardy",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":idle:1")),
        Promise.IDLE_CLAIM,
        "did not go back in time",
    ),
    "a second ending": (
        "lapsed",
        lambda run: forging.twice(run, SEND, about(template="closed_without_answer"), key="C:again"),
        Promise.ENDING,
        "was told: closed_without_answer, closed_without_answer",
    ),
    "an ending that nobody was told of": (
        "lapsed",
        lambda run: forging.without_effect(run, SEND, about(template="closed_without_answer")),
        Promise.ENDING,
        "was told: nothing",
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
async def test_auditor_finds(told: Told, what: str) -> None:
    name, forge, promise, words = FORGERIES[what]
    broken = await told.broken(forge(told.runs[name]))
    assert [found for found in broken if found.promise is promise and words in found.about], broken


async def test_auditor_finds_a_case_that_nobody_works_on_any_more(told: Told) -> None:
    """The worker was stopped and not started again: nothing goes out, and nothing goes on record."""
    run = told.runs["climbed"]
    acknowledged = forging.events_of(run, SEND, about(template="acknowledgement"))[-1]
    left = forging.cut(run, acknowledged)
    began = left[0].events[0].event_time.ToMilliseconds()
    assert await told.broken(left, began + 10 * MINUTE) == []
    promises = {found.promise for found in await told.broken(left, began + 5 * HOUR)}
    assert promises == {Promise.STATUS_UPDATE, Promise.FIRST_RESPONSE, Promise.TIER_TIME}


async def test_auditor_finds_a_case_that_does_not_lapse(told: Told) -> None:
    run = told.runs["lapsed"]
    reminded = forging.events_of(run, SEND, about(template="solution_reminder"))[-1]
    left = forging.cut(run, reminded)
    as_of = reminded.event_time.ToMilliseconds() + 2 * DAY
    assert [found.about for found in await told.broken(left, as_of)] == ["satisfaction: it did not lapse in time"]


async def test_auditor_finds_a_case_that_lapses_before_its_time(told: Told) -> None:
    run = told.runs["lapsed"]
    closing = forging.events_of(run, SEND, about(template="closed_without_answer"))[0]
    turn = forging.last_before(run, closing, "timer_fired_event_attributes")
    early = forging.later(run, turn, -timedelta(hours=12))
    assert "satisfaction: closed before its time" in [found.about for found in await told.broken(early)]


async def test_auditor_finds_a_run_that_was_terminated(told: Told) -> None:
    (history,) = told.runs["lapsed"]
    ended = type(history.events[-1])()
    ended.CopyFrom(history.events[-1])
    ended.workflow_execution_terminated_event_attributes.reason = "by hand"
    run = (WorkflowHistory(history.workflow_id, [*history.events[:-1], ended]),)
    (found,) = [found for found in await told.broken(run) if found.promise is Promise.ENDING]
    assert found.verdict is Verdict.BROKEN
