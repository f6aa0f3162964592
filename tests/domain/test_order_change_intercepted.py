"""A parcel that is to come back and is not seen: its clock runs, and then a person decides."""

from __future__ import annotations

from domain.people import SYSTEM
from domain.shop.parcels import ParcelStatus
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR
from tests.domain.changes import DECIDER, RunningChange, shipped
from tests.domain.fields_of_a_shop import yuan


def stopped() -> RunningChange:
    running = shipped(cancel="twice")
    running.decide("intercept")
    return running


def unseen() -> RunningChange:
    running = stopped()
    running.wait(DAY)
    return running


def conclude(running: RunningChange, decision: str) -> None:
    running.complete(DECIDER, "decide_interception", decision=decision, reason="as the carrier says")


def test_no_scan_in_a_day_is_reminded_of_and_then_a_person_decides_with_everything_known() -> None:
    running = stopped()
    running.wait(13 * HOUR)
    assert any("interception" in notice.about for notice in running.notices)
    assert not running.case.active_tasks("decide_interception")
    running.wait(11 * HOUR)
    [task] = running.case.active_tasks("decide_interception")
    assert task.team == "specialists"
    assert task.brief["why"] == "no scan says that the parcel comes back"
    assert (task.brief["parcels"], task.brief["refund"]) == ("p1: in_transit", "100.00 CNY")
    assert running.case.status == "intercepting"
    running.wait(3 * HOUR)
    assert running.case.state.breached


def test_scan_that_comes_while_a_person_thinks_settles_it() -> None:
    running = unseen()
    running.shop.scan(ParcelStatus.BACK)
    running.scanned("e1")
    assert running.case.status == "done"
    assert not running.case.active_tasks("decide_interception")
    assert running.shop.refunded == yuan(100)


def test_whoever_waits_longer_gets_the_same_time_again() -> None:
    running = unseen()
    conclude(running, "wait")
    assert running.clock(ClockKind.INTERCEPTION).open
    running.wait(DAY)
    assert running.case.active_tasks("decide_interception")
    running.shop.scan(ParcelStatus.TURNED_BACK)
    running.scanned("e1")
    conclude(running, "wait")
    running.shop.scan(ParcelStatus.BACK)
    running.scanned("e2")
    assert running.case.status == "done"
    assert running.clock(ClockKind.INTERCEPTION).state is ClockState.MET


def test_money_goes_back_without_the_parcel_when_a_person_says_so() -> None:
    running = unseen()
    conclude(running, "refund")
    assert running.case.status == "done"
    assert running.shop.refunded == yuan(100)
    # The shop would refuse: nothing is left in the warehouse that could be canceled.
    assert "cancel_order" not in running.shop.asked


def test_what_never_left_is_canceled_and_all_is_paid_back() -> None:
    running = shipped(cancel="twice")
    order = running.shop.order
    more = order.lines[0].model_copy(update={"quantity": order.lines[0].quantity + 1})
    running.case.state.shop_order = running.shop.order = order.model_copy(update={"lines": (more, *order.lines[1:])})
    running.decide("intercept")
    running.wait(DAY)
    conclude(running, "refund")
    assert running.case.status == "done"
    assert "cancel_order" in running.shop.asked
    assert running.shop.refunded == yuan(100)


def test_order_stays_as_it_is_when_a_person_gives_up_and_the_customer_reads_why() -> None:
    running = unseen()
    conclude(running, "give_up")
    assert (running.case.status, running.reason) == ("refused", "intercept_failed")
    assert running.messages[-1].words["text"] == "as the carrier says"
    assert running.shop.refunded == yuan(0)


def test_lost_parcel_is_put_before_a_person_at_once_and_only_once() -> None:
    running = stopped()
    running.shop.scan(ParcelStatus.LOST)
    running.scanned("e1")
    [task] = running.case.active_tasks("decide_interception")
    assert task.brief["why"] == "the carrier has lost a parcel that was to come back"
    assert str(task.brief["parcels"]).startswith("p1: lost, seen ")
    running.scanned("e2")
    assert len(running.case.active_tasks("decide_interception")) == 1
    conclude(running, "wait")
    assert not running.case.active_tasks("decide_interception")
    running.wait(DAY)
    assert running.case.active_tasks("decide_interception")


def test_two_reasons_to_ask_at_once_are_one_task() -> None:
    running = unseen()
    running.shop.scan(ParcelStatus.LOST)
    running.scanned("e1")
    assert len(running.case.active_tasks("decide_interception")) == 1


def test_case_that_ends_otherwise_waits_for_no_parcel() -> None:
    running = stopped()
    running.case.refuse("closed_by_supervisor", running.now, SYSTEM)
    running.attend()
    assert running.case.status == "refused"
    assert not running.clock(ClockKind.INTERCEPTION).open
