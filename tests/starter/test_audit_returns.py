"""The auditor of returns: recorded histories pass, and whatever a broken workflow would leave behind is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.sla.spans import HOUR
from starter.audit.findings import Promise, Verdict
from tests.starter.auditing import audited, broken, proven, recorded
from tests.starter.forging import (
    NOTIFY,
    SEND,
    Run,
    about,
    answered_otherwise,
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
RETURNED = "goods_come_back_and_the_money_is_on_its_way_within_a_day-1"
LATE = "inspection_that_takes_too_long_breaches_the_refund-1"
UNSENT = "parcel_that_is_never_sent_is_asked_for_and_the_return_lapses-1"
LOST = "parcel_that_does_not_come_is_traced_and_lost_at_our_cost-1"
REPAIRED = "fingerprint_of_commands-repaired_for_a_price-1"
REFUSED = "declined_repair_and_refused_goods_go_home-1"
BUSY = "return_of_an_order_that_stays_busy_is_refused_with_the_other_number-2"
PROMISED = "promise_of_an_agent_is_watched_and_the_return_stays_open_until_it_is_kept-1"


def slept(run: Run, status: str, by: timedelta) -> Run:
    """As if the case had come to a status so much later, and no timer had been there to be late."""
    entered = upserts_of(run, "CaseStatus", status)[0]
    turn = last_before(run, entered, "workflow_task_scheduled_event_attributes")
    return later(without_timers(run), turn, by)


async def test_every_recorded_return_kept_its_promises_or_has_the_miss_on_record() -> None:
    assert await proven("ReturnWorkflow", "return", more_than=20) >= {
        *((promise, Verdict.MISSED) for promise in (Promise.DECISION, Promise.LEG, Promise.GIVEN_WORD)),
        *((promise, Verdict.KEPT) for promise in (Promise.DECISION, Promise.LEG, Promise.STATUS_UPDATE)),
        *((promise, Verdict.KEPT) for promise in (Promise.ANSWER, Promise.ENDING, Promise.DELIVERY)),
        *((promise, Verdict.KEPT) for promise in (Promise.SHOP_ONCE, Promise.UNDONE, Promise.ONCE)),
    }


async def test_every_leg_of_a_repair_is_judged() -> None:
    audit = await audited(recorded(REPAIRED))
    legs = [found.about for found in audit.of(Promise.LEG)]
    assert legs == ["time of the label", "time of the transit", "time of the dispatch", "time of the transit"]
    by_people = [found.about for found in audit.of(Promise.DECISION)]
    assert by_people == ["time to inspect goods", "time to repair goods", "time to test goods"]
    assert {found.about.partition(":")[0] for found in audit.of(Promise.ANSWER)} >= {
        "customer answer",
        "payment",
        "sending",
    }


@pytest.mark.parametrize(
    ("clock", "promise"), [("refund:1:breach", Promise.LEG), ("task_due:1:breach", Promise.DECISION)]
)
async def test_miss_that_is_not_on_record_is_found(clock: str, promise: Promise) -> None:
    run = recorded(LATE)
    assert (await audited(run)).of(promise, Verdict.MISSED)
    unsaid = without_effect(run, NOTIFY, about(notice="breach", key=clock))
    assert await broken(later(unsaid, unsaid[0].events[-1], timedelta(hours=1))) == {promise}


async def test_refund_is_due_from_the_scan_and_not_from_when_somebody_noticed() -> None:
    run = recorded(RETURNED)

    def a_day_earlier(parcel: dict[str, Any]) -> None:
        for scan in parcel["scans"]:
            scan["at"] -= 25 * HOUR

    seen_delivered = 1
    assert await broken(answered_otherwise(run, "read_parcel", a_day_earlier, seen_delivered)) == {Promise.LEG}


async def test_breach_of_a_leg_that_had_time_left_is_found() -> None:
    run = recorded(LATE)
    breach = about(notice="breach", key="refund:1:breach")
    case_id = (await audited(run)).case_id
    forged = twice(run, NOTIFY, breach, key=f"{case_id}:label:1:breach")
    assert await broken(forged) == {Promise.LEG}


@pytest.mark.parametrize(
    ("name", "status", "by"),
    [
        (LOST, "tracing", timedelta(minutes=5)),
        (BUSY, "refused", timedelta(minutes=5)),
        (RETURNED, "awaiting_parcel", timedelta(hours=2)),
        (REPAIRED, "confirming", timedelta(days=9)),
    ],
)
async def test_leg_that_takes_too_long_is_found(name: str, status: str, by: timedelta) -> None:
    assert Promise.LEG in await broken(slept(recorded(name), status, by))


async def test_return_that_lapses_late_is_found() -> None:
    assert Promise.ANSWER in await broken(slept(recorded(UNSENT), "undoing", timedelta(minutes=5)))


async def test_return_that_lapses_early_is_found() -> None:
    assert Promise.ANSWER in await broken(slept(recorded(UNSENT), "undoing", timedelta(hours=-5)))


async def test_customer_who_was_not_asked_for_the_parcel_again_is_found() -> None:
    run = recorded(UNSENT)
    for nth in (0, 1):
        found = await broken(without_effect(run, SEND, about(template="return_reminder"), nth))
        assert found == {Promise.ANSWER}


async def test_return_that_is_closed_before_the_customer_could_say_how_it_was_is_found() -> None:
    run = recorded(RETURNED)
    unrated = without(run, asked(run, "rate_return"))
    assert Promise.ANSWER in await broken(unrated)


async def test_promise_whose_miss_is_not_on_record_is_found() -> None:
    run = recorded(PROMISED)
    assert (await audited(run)).of(Promise.GIVEN_WORD, Verdict.MISSED)
    assert await broken(without_effect(run, NOTIFY, about(notice="breach"))) == {Promise.GIVEN_WORD}


async def test_promise_that_was_never_kept_holds_the_case_open_and_is_on_record() -> None:
    run = recorded(PROMISED)
    forgotten = without(run, asked(run, "keep_promise"))
    assert Promise.ANSWER not in await broken(forgotten)
    assert (await audited(forgotten)).of(Promise.GIVEN_WORD, Verdict.MISSED)


@pytest.mark.parametrize("step", ["request_return", "receive_return", "refund_payment"])
async def test_step_taken_twice_under_one_key_is_found(step: str) -> None:
    assert await broken(twice(recorded(RETURNED), step, ANY)) == {Promise.SHOP_ONCE}


async def test_refund_doubled_under_another_key_is_found() -> None:
    assert await broken(twice(recorded(RETURNED), "refund_payment", ANY, key="R:refund_payment:2")) == {
        Promise.SHOP_ONCE
    }


async def test_return_that_came_to_nothing_and_stands_at_the_shop_is_found() -> None:
    run = recorded(UNSENT)
    assert await broken(without_effect(run, "cancel_return", ANY)) == {Promise.UNDONE}
    assert await broken(without_result(run, "cancel_return", ANY)) == {Promise.UNDONE}


async def test_silence_longer_than_four_hours_is_found() -> None:
    run = recorded(LATE)
    updates = events_of(run, SEND, about(template="return_update"))
    assert Promise.STATUS_UPDATE in await broken(without(run, updates))


@pytest.mark.parametrize(("name", "letter"), [(RETURNED, "return_done"), (UNSENT, "return_ended")])
async def test_ending_that_the_customer_was_not_told_is_found(name: str, letter: str) -> None:
    assert Promise.ENDING in await broken(without_effect(recorded(name), SEND, about(template=letter)))


async def test_refused_goods_go_home_and_both_letters_are_due() -> None:
    run = recorded(REFUSED)
    assert (await audited(run)).of(Promise.ENDING, Verdict.KEPT)
    for letter in ("return_ended", "return_done"):
        assert Promise.ENDING in await broken(without_effect(run, SEND, about(template=letter)))


async def test_message_that_was_removed_or_sent_twice_is_found() -> None:
    run = recorded(RETURNED)
    assert await broken(twice(run, SEND, about(template="return_label"))) == {Promise.ONCE}
    assert Promise.DELIVERY in await broken(without_result(run, SEND, about(template="return_label")))
