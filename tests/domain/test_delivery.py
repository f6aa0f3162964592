"""Delivery problems: the customer is told at once, a person decides in two hours, and money and goods move once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from domain import requests as r
from domain import supervision
from domain.deeds import TakeStep
from domain.delivery.messages import Problem
from domain.delivery.show import details, face, shown_facts
from domain.delivery.state import DeliveryState as State
from domain.errors import CaseError
from domain.shop.parcels import ParcelStatus
from domain.shop.refusal import Refusal
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from tests.domain.cases import SUPERVISOR
from tests.domain.changes import BOOKKEEPER
from tests.domain.deliveries import RunningDelivery, troubled
from tests.domain.fields_of_a_shop import an_order, yuan


def refusing(*steps: str, code: str = "out_of_stock") -> Callable[[TakeStep], Refusal | None]:
    def refuse(deed: TakeStep) -> Refusal | None:
        return Refusal(code, "no", {}) if deed.ask.do in steps else None

    return refuse


def test_customer_is_told_at_once_and_a_person_decides_in_two_hours_with_everything_known() -> None:
    running = troubled(order=an_order(promised_on=date(2026, 1, 4)))
    [message] = running.messages
    assert (message.template, message.words["problem"], message.words["parcel"]) == ("delivery_problem", "late", "p1")
    assert message.words["due_by"] == running.now + 2 * HOUR
    task = running.task()
    assert task.team == "logistics"
    assert task.brief == {
        "why": "the parcel is late",
        "order": "202600001",
        "parcel": "p1",
        "status": "in_transit",
        "last_seen": None,
        "promised_on": "2026-01-04",
        "goods": "1 × kettle",
        "value": "100.00 CNY",
    }
    running.wait(91 * MINUTE)
    assert running.notices
    running.wait(HOUR)
    assert running.case.state.breached
    running.wait(4 * HOUR)
    assert "delivery_update" in [entry.facts.get("template") for entry in running.case.state.timeline.entries]


def test_vip_is_decided_about_in_half_the_time() -> None:
    running = troubled(vip=True)
    assert running.clock(ClockKind.TASK_DUE).budget == HOUR


def test_parcel_that_arrived_meanwhile_bothers_nobody() -> None:
    running = troubled(Problem.LATE, ParcelStatus.DELIVERED)
    assert (running.case.status, running.outcome, running.messages) == ("resolved", "arrived", [])
    assert running.case.state.tasks == []


def test_parcel_that_arrives_while_a_person_thinks_settles_it_and_the_customer_hears_so() -> None:
    running = troubled()
    running.scan(ParcelStatus.OUT_FOR_DELIVERY)
    assert running.case.status == "deciding"
    running.scan(ParcelStatus.DELIVERED)
    assert running.outcome == "arrived"
    assert running.messages[-1].words["kind"] == "arrived"
    assert running.case.active_tasks() == []


def test_damaged_parcel_is_a_problem_although_it_arrives() -> None:
    running = troubled(Problem.DAMAGED, ParcelStatus.DAMAGED)
    running.scan(ParcelStatus.DELIVERED)
    assert running.case.status == "deciding"


def test_goods_go_out_again_and_the_late_parcel_is_stopped() -> None:
    running = troubled()
    running.decide("send_again")
    assert running.outcome == "sent_again"
    assert running.messages[-1].words["text"] == "the carrier says so"
    assert running.shop.asked[-2:] == ["intercept_parcel", "send_replacement"]
    assert running.shop.refunded == yuan(0)


def test_parcel_that_can_no_longer_be_stopped_changes_nothing_about_what_was_decided() -> None:
    running = troubled(refuse=refusing("intercept_parcel", code="intercept_too_late"))
    running.decide("send_again")
    assert running.outcome == "sent_again"


def test_lost_goods_are_refunded_once() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST)
    assert str(running.task().brief["last_seen"])
    running.decide("refund")
    assert (running.outcome, running.shop.refunded) == ("refunded", yuan(100))
    assert "intercept_parcel" not in running.shop.asked
    assert running.messages[-1].words["refund"] == "100.00 CNY"


def test_no_more_is_refunded_than_was_paid_and_nothing_where_nothing_was() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST)
    running.shop.captured = yuan(0)
    running.decide("refund")
    assert (running.outcome, running.shop.refunded) == ("refunded", yuan(0))
    assert "refund_payment" not in running.shop.asked


def test_refund_above_the_limit_needs_a_second_pair_of_eyes() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST, order=an_order("oven"))
    running.decide("refund")
    assert running.case.status == "approving"
    running.complete(SUPERVISOR, "approve_refund", approved=True, remarks="fine")
    assert (running.outcome, running.shop.refunded) == ("refunded", yuan(300))


def test_refund_that_is_not_approved_is_decided_about_anew() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST, order=an_order("oven"))
    running.decide("refund")
    running.complete(SUPERVISOR, "approve_refund", approved=False, remarks="send it again")
    assert (running.case.status, running.task().brief["why"]) == ("deciding", "the refund was not approved")
    running.decide("send_again")
    assert running.outcome == "sent_again"


def test_parcel_is_looked_for_and_decided_about_anew_when_nobody_sees_it() -> None:
    running = troubled()
    running.decide("wait")
    assert running.case.status == "waiting"
    assert running.messages[-1].words["text"] == "the carrier says so"
    running.wait(DAY)
    assert (running.case.status, running.task().brief["why"]) == ("deciding", "the parcel was not seen in time")
    running.decide("wait")
    running.scan(ParcelStatus.DELIVERED)
    assert running.outcome == "arrived"
    assert running.messages[-1].words.get("text") is None
    assert running.clock(ClockKind.SEARCH).state is ClockState.MET


def test_problem_is_resolved_within_two_hours_whatever_it_waits_for() -> None:
    """Charter: delivery problems are resolved within 2 hours. Neither an approval nor a search stops that clock."""
    running = troubled(Problem.LOST, ParcelStatus.LOST, order=an_order("oven"))
    running.wait(90 * MINUTE)
    running.decide("refund")
    running.wait(29 * MINUTE)
    assert running.clock(ClockKind.RESOLUTION).state is ClockState.RUNNING
    running.wait(MINUTE)
    assert running.clock(ClockKind.RESOLUTION).state is ClockState.BREACHED
    assert running.case.state.breached
    running.complete(SUPERVISOR, "approve_refund", approved=True, remarks="late, but fine")
    assert running.outcome == "refunded"


def test_problem_that_is_resolved_in_time_keeps_its_promise() -> None:
    running = troubled()
    running.wait(HOUR)
    running.decide("send_again")
    assert running.clock(ClockKind.RESOLUTION).state is ClockState.MET


def test_refused_parcel_is_refunded_when_it_is_here_again() -> None:
    running = troubled(Problem.REFUSED, ParcelStatus.REFUSED)
    running.decide("await_return")
    running.scan(ParcelStatus.TURNED_BACK)
    assert (running.case.status, running.shop.refunded) == ("waiting", yuan(0))
    running.scan(ParcelStatus.BACK)
    assert (running.outcome, running.shop.refunded) == ("refunded", yuan(100))


def test_only_what_comes_back_is_waited_for() -> None:
    running = troubled()
    with pytest.raises(CaseError) as refusal:
        running.decide("await_return")
    assert refusal.value.code == "form_invalid"


def test_scan_of_another_parcel_is_not_looked_into() -> None:
    running = troubled()
    before = running.shop.asked.count("read_parcel")
    running.scan(ParcelStatus.OUT_FOR_DELIVERY, parcel_id="p2")
    assert running.shop.asked.count("read_parcel") == before


def test_goods_that_cannot_be_sent_are_decided_about_anew() -> None:
    running = troubled(refuse=refusing("send_replacement"))
    running.decide("send_again")
    assert (running.case.status, running.task().brief["why"]) == ("deciding", "the shop cannot send it again: no")
    assert len(running.case.active_tasks()) == 1
    running.shop.refuse = lambda deed: None
    running.decide("send_again")
    assert running.outcome == "sent_again"


def test_refund_that_the_shop_refuses_is_settled_by_hand_before_it_ends() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST, refuse=refusing("refund_payment", code="order_state"))
    running.decide("refund")
    assert running.case.status == "committing"
    running.complete(BOOKKEEPER, "settle_by_hand", how="by bank transfer")
    assert running.outcome == "refunded"


def test_account_that_cannot_be_read_is_decided_about_anew() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST, refuse=refusing("read_account", code="order_not_found"))
    running.decide("refund")
    assert running.case.status == "deciding"


@pytest.mark.parametrize("step", ["read_order", "read_parcel"])
def test_problem_that_nothing_is_known_of_is_told_to_the_supervisors_and_closed(step: str) -> None:
    running = troubled(refuse=refusing(step, code="parcel_not_found"))
    assert (running.outcome, running.messages) == ("closed", [])
    assert running.notices[-1].recipients == ("team:supervisors",)


def test_parcel_that_cannot_be_read_while_a_person_thinks_is_looked_at_with_the_next_scan() -> None:
    running = troubled()
    running.shop.refuse = refusing("read_parcel", code="parcel_not_found")
    running.scan(ParcelStatus.DELIVERED)
    assert running.case.status == "deciding"
    running.shop.refuse = lambda deed: None
    running.scan(ParcelStatus.DELIVERED)
    assert running.outcome == "arrived"


def closed(running: RunningDelivery) -> None:
    running.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled by phone")


def test_supervisor_closes_it_and_the_customer_hears_so() -> None:
    running = troubled()
    closed(running)
    assert (running.case.status, running.outcome) == ("resolved", "closed")
    assert running.messages[-1].words["kind"] == "closed"


def test_what_is_being_done_is_not_closed() -> None:
    running = troubled(Problem.LOST, ParcelStatus.LOST, refuse=refusing("refund_payment", code="order_state"))
    running.decide("refund")
    with pytest.raises(CaseError) as refusal:
        closed(running)
    assert refusal.value.code == "wrong_status"


def test_nobody_asked_so_nobody_is_verified() -> None:
    running = troubled()
    before = running.case.state.model_copy(deep=True)
    running.case.identified(running.now)
    assert running.case.state == before


def test_it_is_shown_with_its_problem_parcel_and_steps() -> None:
    running = troubled()
    assert shown_facts(running.case)["goods"] == "1 × kettle"
    assert face(running.case)["CaseTeam"] == "logistics"
    assert not running.case.over
    assert list(running.case.possible) == ["wait", "commit", "resolve"]
    assert "Delivery problem: late · deciding" in details(running.case, running.now)
    state = State.model_validate_json(running.case.state.model_dump_json())
    assert state == running.case.state
    unread = troubled(refuse=refusing("read_order", code="order_not_found"))
    assert shown_facts(unread.case)["goods"] is None
