"""Order changes that need a person, or a parcel to come back."""

from __future__ import annotations

import pytest

from domain.errors import CaseError
from domain.messages import DeliveryReported
from domain.order_change.state import OrderChangeState
from domain.people import DeliveryChannel, Role
from domain.reaching import delivery_reported
from domain.shop.parcels import ParcelStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR
from tests.domain.cases import AGENT, DEPUTY, STRANGER, SUPERVISOR
from tests.domain.changes import (
    CLERK,
    EVERYTHING,
    changed_rules,
    changing,
    failing,
    shipped,
)
from tests.domain.fields_of_a_shop import ELSEWHERE, FieldsOfAShop, an_order, yuan

# People.


def test_decision_is_due_in_two_hours_and_the_customer_hears_meanwhile() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    running.deliver()
    assert running.clock(ClockKind.TASK_DUE).budget == 2 * HOUR
    running.wait(2 * HOUR)
    assert "breached" in running.story
    assert running.case.state.breached
    assert {"team:specialists", "team:supervisors"} <= {who for note in running.notices for who in note.recipients}
    running.wait(2 * HOUR)
    assert "breached" in running.story
    assert sum(what == "message_delivered" for what in running.story) == 2


def test_strangers_order_is_verified_by_a_person_first() -> None:
    running = changing(an_order(customer_id=STRANGER.id), address=ELSEWHERE)
    assert running.case.status == "verifying"
    assert running.messages[-1].words["order_number"] == "o1"
    running.complete(CLERK, "verify_identity", verified=True, how="called back")
    assert running.case.status == "done"
    other = changing(an_order(customer_id=STRANGER.id), address=ELSEWHERE)
    other.complete(CLERK, "verify_identity", verified=False, how="knows nothing")
    assert (other.case.status, other.reason) == ("refused", "not_verified")
    assert other.shop.asked == ["read_order"]


def test_verified_outside_the_window_it_is_decided_about() -> None:
    running = changing(an_order(customer_id=STRANGER.id, ago=DAY), address=ELSEWHERE)
    running.complete(CLERK, "verify_identity", verified=True, how="called back")
    assert running.case.status == "deciding"


def test_refund_above_the_limit_is_approved_by_somebody_else() -> None:
    running = changing(an_order("oven"), cancel="twice", asked_by=SUPERVISOR.id)
    assert running.case.status == "approving"
    with pytest.raises(CaseError, match="excluded"):
        running.complete(SUPERVISOR, "approve_refund", approved=True, remarks="fine")
    running.complete(DEPUTY, "approve_refund", approved=True, remarks="fine")
    assert running.case.status == "done"
    assert running.shop.refunded == yuan(300)


def test_approval_by_an_agent_whom_it_was_handed_to_is_refused() -> None:
    running = changing(an_order("oven"), cancel="twice")
    task = running.task("approve_refund")
    task.own(AGENT.id, running.now)
    with pytest.raises(CaseError) as refusal:
        running.complete_own(AGENT, task.id, approved=True, remarks="fine")
    assert refusal.value.code == "limit_exceeded"
    running.complete_own(AGENT, task.id, approved=False, remarks="not me")
    assert running.reason == "refund_refused"


def test_limit_in_another_currency_approves_nothing() -> None:
    policy = changed_rules("euro", authority={"agent": {"minor": 10**9, "currency": "EUR"}})
    assert changing(policy=policy, cancel="twice").case.status == "approving"
    nobody = changed_rules("nobody")
    nobody.order_change.authority.pop(Role.AGENT)
    assert changing(policy=nobody, cancel="twice").case.status == "approving"


def test_only_a_cancellation_of_what_is_on_its_way_is_intercepted() -> None:
    running = changing(an_order(ago=DAY), cancel="twice")
    with pytest.raises(CaseError) as refusal:
        running.decide("intercept")
    assert refusal.value.code == "form_invalid"


# The parcel.


def test_parcel_is_turned_back_and_then_everything_is_refunded() -> None:
    running = shipped(cancel="twice")
    running.decide("intercept")
    assert running.case.status == "intercepting"
    running.shop.scan(ParcelStatus.TURNED_BACK)
    running.scanned("e1")
    running.scanned("e1")
    assert running.case.status == "intercepting"
    running.shop.scan(ParcelStatus.BACK)
    running.scanned("e2")
    assert running.case.status == "done"
    assert running.shop.refunded == yuan(100)
    assert running.shop.asked.count("find_parcels") == 3


def test_parcel_that_arrives_after_all_is_not_refunded() -> None:
    running = shipped(cancel="twice")
    running.decide("intercept")
    running.shop.scan(ParcelStatus.DELIVERED)
    running.scanned("e1")
    assert (running.case.status, running.reason) == ("refused", "intercept_too_late")
    assert running.shop.refunded == yuan(0)


def test_parcel_that_the_carrier_will_not_stop_ends_it() -> None:
    running = shipped(cancel="twice")
    running.shop.refuse = failing("intercept_parcel", code="intercept_too_late")
    running.decide("intercept")
    assert running.reason == "intercept_too_late"


def test_big_refund_is_approved_before_the_parcel_is_stopped() -> None:
    shop = FieldsOfAShop(an_order("oven"), yuan(300))
    shop.ship()
    running = changing(shop=shop, cancel="twice")
    running.decide("intercept")
    assert running.case.status == "approving"
    running.complete(SUPERVISOR, "approve_refund", approved=True, remarks="fine")
    assert running.case.status == "intercepting"


def test_what_was_shipped_is_kept_and_paid_when_the_rest_is_cancelled() -> None:
    order = an_order("kettle", "cup", shipping=yuan(5), total=yuan(155))
    shop = FieldsOfAShop(order, yuan(155))
    shop.order = order.model_copy(
        update={"lines": (order.lines[0].model_copy(update={"fulfilled": 1, "shipped": 1}), order.lines[1])}
    )
    running = changing(shop=shop, cancel="the rest")
    running.decide("approve")
    assert running.case.status == "done"
    assert running.shop.refunded == yuan(50)


def test_bounce_told_later_becomes_a_task_once() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    report = DeliveryReported(event_id="b1", key="k", channel=DeliveryChannel.EMAIL, delivered=False)
    for _ in range(2):
        delivery_reported(running.case, report, running.now)
    assert [task.kind for task in running.case.active_tasks()] == ["decide_change", "contact_customer"]


@pytest.mark.parametrize("cancel", [None, "twice"])
def test_state_is_the_same_after_it_went_through_the_wire(cancel: str | None) -> None:
    running = changing(an_order(ago=DAY), cancel=cancel) if cancel else changing(**EVERYTHING)
    state = running.case.state
    again = OrderChangeState.model_validate_json(state.model_dump_json())
    assert again == state
