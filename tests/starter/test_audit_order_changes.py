"""The auditor of order changes: recorded histories pass, and whatever a broken workflow would leave behind is found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.errors import CaseNotFoundError
from domain.sla.spans import MINUTE
from domain.templates import TemplateName
from starter.audit.findings import Promise, Verdict
from tests.starter.auditing import audited, broken, judged, proven, read, recorded
from tests.starter.forging import (
    NOTIFY,
    SEND,
    about,
    asked,
    events_of,
    last_before,
    later,
    twice,
    upserts_of,
    without,
    without_effect,
    without_result,
    without_timers,
)

ANY = about()

UNDONE = "step_that_fails_for_good_is_undone_in_reverse-1"
LAPSED = "unanswered_price_lapses_and_everything_reserved_is_released-1"
UNPAID = "accepted_price_that_nobody_pays_lapses-1"
LATE = "nobody_decides_in_two_hours_and_it_is_on_record_and_told-1"
UNSEEN = "parcel_that_nobody_sees_again_goes_to_a_person_who_gives_the_money_back-1"
CHANGED = "several_wishes_at_once_are_one_change-1"


async def test_every_recorded_order_change_kept_its_promises_or_has_the_miss_on_record() -> None:
    assert await proven("OrderChangeWorkflow", "order_change", more_than=30) >= {
        (Promise.DECISION, Verdict.KEPT),
        (Promise.DECISION, Verdict.MISSED),
        *((promise, Verdict.KEPT) for promise in (Promise.STATUS_UPDATE, Promise.ANSWER, Promise.ENDING)),
        *((promise, Verdict.KEPT) for promise in (Promise.SHOP_ONCE, Promise.UNDONE, Promise.ONCE, Promise.DELIVERY)),
    }


async def test_late_decision_that_is_not_on_record_is_found() -> None:
    run = recorded(LATE)
    assert (await audited(run)).of(Promise.DECISION, Verdict.MISSED)
    assert await broken(without_effect(run, NOTIFY, about(notice="breach"))) == {Promise.DECISION}


async def test_late_decision_about_a_parcel_that_does_not_come_back_is_found() -> None:
    run = recorded(UNSEEN)
    said = {found.about for found in (await audited(run)).of(Promise.DECISION, Verdict.KEPT)}
    assert said == {"time to decide change", "time to decide interception"}
    turn = last_before(run, asked(run, "complete_task", 1)[0], "workflow_task_scheduled_event_attributes")
    assert await broken(later(run, turn, timedelta(hours=3))) >= {Promise.DECISION}


async def test_step_taken_twice_under_one_key_is_found() -> None:
    assert await broken(twice(recorded(CHANGED), "change_address", ANY)) == {Promise.SHOP_ONCE}


@pytest.mark.parametrize("step", ["discard_change", "release_stock", "refund_payment"])
async def test_step_that_was_not_taken_back_is_found(step: str) -> None:
    assert await broken(without_effect(recorded(UNDONE), step, ANY)) == {Promise.UNDONE}


async def test_step_whose_undoing_has_no_result_is_found() -> None:
    assert await broken(without_result(recorded(UNDONE), "discard_change", ANY)) == {Promise.UNDONE}


async def test_steps_taken_back_oldest_first_are_found() -> None:
    run = recorded(UNDONE)
    discard, release = (events_of(run, do, ANY) for do in ("discard_change", "release_stock"))
    for one, other in zip(discard, release, strict=True):
        # Each becomes the other, so that what was staged first is taken back first.
        first, second = one.WhichOneof("attributes") or "", other.WhichOneof("attributes") or ""
        assert first == second
    mine = discard[0].activity_task_scheduled_event_attributes
    its = release[0].activity_task_scheduled_event_attributes
    mine.activity_type.name, its.activity_type.name = its.activity_type.name, mine.activity_type.name
    kept = mine.input.payloads[0].data
    mine.input.payloads[0].data = its.input.payloads[0].data
    its.input.payloads[0].data = kept
    assert await broken(run) == {Promise.UNDONE}


@pytest.mark.parametrize("name", [LAPSED, UNPAID])
async def test_change_that_lapses_late_is_found(name: str) -> None:
    run = recorded(name)
    ending = events_of(run, SEND, about(template="change_ended"))[0]
    first = (upserts_of(run, "CaseStatus", "undoing") or [ending])[0]
    rang = last_before(run, first, "timer_fired_event_attributes")
    after = next(event for event in run[0].events if event.event_id > rang.event_id)
    assert Promise.ANSWER in await broken(later(without_timers(run), after, timedelta(minutes=5)))


async def test_customer_who_was_not_asked_again_is_found() -> None:
    assert await broken(without_effect(recorded(LAPSED), SEND, about(template="change_reminder"))) >= {Promise.ANSWER}


@pytest.mark.parametrize(("held_up", "expected"), [(True, set()), (False, {Promise.ANSWER})])
async def test_reminder_waits_for_the_letter_before_it_and_for_nothing_else(
    held_up: bool, expected: set[Promise]
) -> None:
    """A customer's messages keep their order: one that is still being tried holds up those behind it."""
    record = await read(recorded(LAPSED))
    reminder = next(one for one in record.letters if one.template is TemplateName.CHANGE_REMINDER)
    before = max((one for one in record.letters if one.at < reminder.at), key=lambda one: one.at)
    reminder.at += 10 * MINUTE
    if held_up:
        before.settled_at = reminder.at
    assert {one.promise for one in judged(record).broken} == expected


async def test_silence_longer_than_four_hours_is_found() -> None:
    run = recorded(LATE)
    events = events_of(run, SEND, about(template="change_received"))
    moved = later(run, run[0].events[-1], timedelta(hours=5))
    assert Promise.STATUS_UPDATE in await broken(moved)
    assert Promise.STATUS_UPDATE in await broken(without(moved, events))


async def test_ending_that_the_customer_was_not_told_is_found() -> None:
    run = recorded(CHANGED)
    assert Promise.ENDING in await broken(without_effect(run, SEND, about(template="change_done")))


async def test_letter_sent_twice_is_found() -> None:
    assert await broken(twice(recorded(CHANGED), SEND, about(template="change_done"))) == {Promise.ONCE}


async def test_history_of_what_is_no_case_is_refused() -> None:
    run = recorded(CHANGED)
    run[0].events[0].workflow_execution_started_event_attributes.workflow_type.name = "StaffDigestWorkflow"
    with pytest.raises(CaseNotFoundError, match="no case that is audited"):
        await audited(run)
