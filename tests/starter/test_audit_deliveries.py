"""The auditor of delivery problems: recorded histories pass, and whatever a broken workflow would leave is found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.sla.spans import HOUR
from starter.audit.findings import Promise, Verdict
from tests.starter.auditing import audited, broken, proven, recorded
from tests.starter.forging import (
    NOTIFY,
    SEND,
    about,
    answered_otherwise,
    asked,
    events_of,
    last_before,
    later,
    ordered_otherwise,
    twice,
    upserts_of,
    without_effect,
    without_timers,
)

ANY = about()
REFUNDED = "lost_parcel_is_told_of_before_the_customer_asks_and_refunded-1"
SENT = "damaged_parcel_is_sent_again_at_no_cost-1"
LATE = "nobody_decides_in_two_hours_and_the_customer_hears_every_four-1"
SEARCHED = "parcel_that_nobody_sees_in_a_day_is_decided_about_anew-1"
ARRIVED = "parcel_that_turns_up_settles_it_by_itself-1"
TOLD, UPDATE = about(template="delivery_problem"), about(template="delivery_update")


async def test_every_recorded_delivery_problem_kept_its_promises_or_has_the_miss_on_record() -> None:
    assert await proven("DeliveryProblemWorkflow", "delivery", more_than=5) >= {
        (Promise.DECISION, Verdict.MISSED),
        *((promise, Verdict.KEPT) for promise in (Promise.TOLD_FIRST, Promise.DECISION, Promise.STATUS_UPDATE)),
        *((promise, Verdict.KEPT) for promise in (Promise.LEG, Promise.ENDING, Promise.DELIVERY)),
        *((promise, Verdict.KEPT) for promise in (Promise.SHOP_ONCE, Promise.ONCE)),
    }


async def test_what_is_judged_of_a_lost_parcel() -> None:
    said = {str(found.promise): found.about for found in (await audited(recorded(REFUNDED))).findings}
    assert said["told_first"] == "the customer was told of the problem before they asked"
    assert said["decision"] == "time to decide delivery"
    assert said["ending"] == "ended as delivery_resolved"


async def test_customer_who_was_not_told_is_found() -> None:
    found = await broken(without_effect(recorded(REFUNDED), SEND, TOLD))
    assert Promise.TOLD_FIRST in found


async def test_customer_who_was_told_late_is_found() -> None:
    run = without_effect(recorded(LATE), SEND, TOLD)
    hours_later = ordered_otherwise(run, SEND, UPDATE, lambda order: order.update(template="delivery_problem"))
    audit = await audited(hours_later)
    [found] = audit.of(Promise.TOLD_FIRST, Verdict.BROKEN)
    assert (found.about, found.late_by > HOUR) == ("the customer was not told of the problem at once", True)


async def test_remedy_before_the_customer_knew_of_the_problem_is_found() -> None:
    run = recorded(SENT)
    first = events_of(run, "read_order", ANY)[0]
    sent = events_of(run, "send_replacement", ANY)
    sent[0].event_id = first.event_id - 1
    for event in sent[1:]:
        attributes = getattr(event, event.WhichOneof("attributes") or "")
        attributes.scheduled_event_id = first.event_id - 1
    found = [str(one) for one in (await audited(run)).of(Promise.TOLD_FIRST, Verdict.BROKEN)]
    assert any("send_replacement was done before the customer was told" in one for one in found)


async def test_customer_who_asks_before_they_have_heard_from_us_is_a_miss() -> None:
    run = recorded(LATE)
    closing = asked(run, "close_case")[0].workflow_execution_update_accepted_event_attributes
    closing.accepted_request.input.name = "customer_reply"
    arrived_late = answered_otherwise(run, SEND, lambda report: report.update(at=report["at"] + 5 * HOUR))
    [found] = (await audited(arrived_late)).of(Promise.TOLD_FIRST)
    assert (found.verdict, found.about) == (Verdict.MISSED, "the customer asked first")


async def test_late_decision_that_is_not_on_record_is_found() -> None:
    run = recorded(LATE)
    assert (await audited(run)).of(Promise.DECISION, Verdict.MISSED)
    assert await broken(without_effect(run, NOTIFY, about(key="task_due:1:breach"))) == {Promise.DECISION}


async def test_problem_that_took_too_long_without_a_breach_on_record_is_found() -> None:
    run = recorded(LATE)
    assert (await audited(run)).of(Promise.LEG, Verdict.MISSED)
    assert await broken(without_effect(run, NOTIFY, about(key="resolution:1:breach"))) == {Promise.LEG}


async def test_silence_longer_than_four_hours_is_found() -> None:
    assert await broken(without_effect(recorded(LATE), SEND, UPDATE)) == {Promise.STATUS_UPDATE}


async def test_search_that_goes_on_for_too_long_is_found() -> None:
    run = recorded(SEARCHED)
    again = upserts_of(run, "CaseStatus", "deciding")[-1]
    rang = last_before(run, again, "workflow_task_scheduled_event_attributes")
    assert Promise.LEG in await broken(later(without_timers(run), rang, timedelta(minutes=5)))


@pytest.mark.parametrize(("name", "step"), [(REFUNDED, "refund_payment"), (SENT, "send_replacement")])
async def test_remedy_twice_is_found(name: str, step: str) -> None:
    assert await broken(twice(recorded(name), step, ANY)) == {Promise.SHOP_ONCE}


async def test_refund_doubled_under_another_key_is_found() -> None:
    forged = twice(recorded(REFUNDED), "refund_payment", ANY, key="D:refund_payment:2")
    assert await broken(forged) == {Promise.SHOP_ONCE}


async def test_ending_that_the_customer_was_not_told_or_told_otherwise_is_found() -> None:
    run, resolved = recorded(ARRIVED), about(template="delivery_resolved")
    assert await broken(without_effect(run, SEND, resolved)) == {Promise.ENDING}
    otherwise = ordered_otherwise(run, SEND, resolved, lambda order: order["words"].update(kind="refunded"))
    assert await broken(otherwise) == {Promise.ENDING}
