"""Order changes in pure Python: every way through, every refusal, every step that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.deeds import DeliveryState, TakeStep
from domain.errors import CaseError, WrongStatusError
from domain.order_change import decisions
from domain.order_change import messages as c
from domain.order_change.answers import Refusal
from domain.order_change.machine import (
    CHANGE_TRANSITIONS,
    OVER,
    ChangeCaseStatus,
    ChangeTrigger,
    after,
    available,
    change_machine,
)
from domain.order_change.plan import UNDO
from domain.order_change.show import details, face, shown_facts
from domain.people import Actor, Role
from domain.shop.changes import AddItem, RemoveLine, SetQuantity, SwapVariant
from domain.shop.parcels import ParcelStatus
from domain.shop.values import PaymentMethod
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.templates import TemplateName
from tests.domain.cases import AGENT, AUDITOR, CUSTOMER, DEPUTY, STRANGER, SUPERVISOR
from tests.domain.changes import (
    BOOKKEEPER,
    CLERK,
    DECIDER,
    ELSEWHERE,
    FieldsOfAShop,
    RunningChange,
    an_order,
    changed_rules,
    changing,
    yuan,
)

CUP = (AddItem(variant_id="cup", quantity=1),)
WITHOUT_CUP = (RemoveLine(line_id="o1-2"),)
EVERYTHING: dict[str, Any] = {"lines": CUP, "address": ELSEWHERE, "payment_method": PaymentMethod.CARD}


def failing(*steps: str, code: str = "out_of_stock", undo: bool = False) -> Callable[[TakeStep], Refusal | None]:
    """A shop that refuses these steps for good."""

    def refuse(deed: TakeStep) -> Refusal | None:
        return Refusal(code, "no", {}) if deed.ask.do in steps and deed.undo is undo else None

    return refuse


# The table.


def test_every_status_is_reached_and_left_or_over() -> None:
    targets = {target for _, _, target in CHANGE_TRANSITIONS}
    assert targets | {ChangeCaseStatus.RECEIVED} == set(ChangeCaseStatus)
    assert {status for status in ChangeCaseStatus if not available(status)} == set(OVER)
    assert set(change_machine().events) == {trigger.value for trigger in ChangeTrigger}


def test_refusal_of_a_move_says_what_is_possible() -> None:
    with pytest.raises(WrongStatusError) as refusal:
        after(ChangeCaseStatus.DONE, ChangeTrigger.COMMIT)
    assert refusal.value.details["possible"] == []


# Inside the window.


def test_what_is_wanted_is_done_step_by_step() -> None:
    running = changing(**EVERYTHING)
    running.agree(amount=yuan(50))
    running.shop.pay()
    running.paid()
    assert running.case.status == "done"
    assert running.shop.asked == [
        *("read_order", "read_account", "stage_change", "reserve_stock:cup", "collect_payment", "read_collection"),
        *("read_order", "change_address", "change_payment_method", "release_reserve_stock:cup", "confirm_change"),
    ]
    assert running.shop.order.total == yuan(150)
    assert running.shop.kept == {}


def test_difference_of_an_order_that_is_paid_at_the_door_moves_no_money() -> None:
    running = changing(an_order(payment_method=PaymentMethod.CASH_ON_DELIVERY), lines=CUP)
    assert running.case.status == "done"
    assert "collect_payment" not in running.shop.asked


def test_refund_of_what_was_taken_out_is_paid_at_once() -> None:
    running = changing(an_order("kettle", "cup"), lines=WITHOUT_CUP)
    assert running.case.status == "done"
    assert running.shop.refunded == yuan(50)


def test_customer_is_asked_about_every_difference_where_the_policy_says_so() -> None:
    policy = changed_rules("careful", ask_customer="any_difference")
    running = changing(an_order("kettle", "cup"), policy=policy, lines=WITHOUT_CUP)
    assert running.case.status == "awaiting_answer"
    running.agree(amount=yuan(50))
    assert running.case.status == "done"


def test_more_pieces_and_another_variant_are_kept_for_the_customer() -> None:
    more = SetQuantity(line_id="o1-1", quantity=3)
    other = SwapVariant(line_id="o1-2", variant_id="oven")
    running = changing(an_order("kettle", "cup"), lines=(more, other))
    assert sorted(running.shop.kept.values()) == [1, 2]
    fewer = changing(an_order("kettle", "cup"), lines=(SetQuantity(line_id="o1-1", quantity=1), *CUP))
    assert sorted(fewer.shop.kept.values()) == [1]


def test_order_that_is_paid_already_is_cancelled_and_refunded() -> None:
    running = changing(cancel="twice")
    assert running.shop.refunded == yuan(100)
    cash = changing(an_order(payment_method=PaymentMethod.CASH_ON_DELIVERY), cancel="twice")
    assert cash.case.status == "done"
    assert cash.shop.refunded == yuan(0)


def test_nothing_is_refunded_twice_when_the_money_went_back_already() -> None:
    order = an_order()
    running = changing(shop=FieldsOfAShop(order, yuan(100), refunded=yuan(100)), cancel="twice")
    assert running.case.status == "done"
    assert "refund_payment" not in running.shop.asked


# The window.


@pytest.mark.parametrize(("ago", "status"), [(59 * MINUTE, "awaiting_answer"), (HOUR, "deciding"), (DAY, "deciding")])
def test_window_ends_with_its_last_moment(ago: int, status: str) -> None:
    running = changing(an_order(ago=ago), lines=CUP)
    assert running.case.status == status
    clock = running.clock(ClockKind.CHANGE_WINDOW)
    assert clock.consumed == min(ago, DAY)
    assert clock.budget == HOUR


def test_narrowest_window_of_several_wishes_counts() -> None:
    assert changing(an_order(ago=90 * MINUTE), address=ELSEWHERE).case.status == "done"
    both = changing(an_order(ago=90 * MINUTE), address=ELSEWHERE, payment_method=PaymentMethod.CARD)
    assert both.case.status == "deciding"


def test_what_was_inside_stays_inside_however_long_we_work_on_it() -> None:
    running = changing(lines=CUP)
    running.wait(20 * HOUR)
    running.agree()
    running.shop.pay()
    running.paid()
    assert running.case.status == "done"


def test_cut_off_after_the_answer_ends_it_whatever_the_clock_says() -> None:
    running = changing(lines=CUP)
    running.agree()
    running.shop.release()
    running.shop.pay()
    running.paid()
    assert running.case.status == "deciding"
    running.decide("approve")
    assert running.case.status == "done"


@pytest.mark.parametrize("step", ["stage_change", "change_address", "confirm_change"])
def test_refusal_that_may_be_a_cut_off_is_looked_into(step: str) -> None:
    told: list[str] = []

    def refuse(deed: TakeStep) -> Refusal | None:
        if deed.ask.do == step and not told:
            told.append(step)
            running.shop.release()
            return Refusal("quantity_not_possible", "the warehouse has it", {})
        return None

    running = changing(an_order("kettle", "cup"), slow=True, lines=WITHOUT_CUP, address=ELSEWHERE)
    running.shop.refuse = refuse
    running.slow = False
    running.attend()
    assert told
    assert running.case.status == "deciding"
    running.decide("refuse")
    assert running.case.status == "refused"
    assert running.shop.staged == {}


@pytest.mark.parametrize("step", ["stage_change", "confirm_change"])
def test_refusal_that_is_no_cut_off_ends_the_change(step: str) -> None:
    refuse = failing(step, code="quantity_not_possible")
    running = changing(an_order("kettle", "cup"), refuse=refuse, lines=WITHOUT_CUP)
    assert running.case.status == "refused"
    assert running.reason == "quantity_not_possible"


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


def shipped(**wanted: Any) -> RunningChange:
    shop = FieldsOfAShop(an_order(), yuan(100))
    shop.ship()
    return changing(shop=shop, **wanted)


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


# The customer's word.


def test_silent_customer_is_reminded_and_then_it_lapses() -> None:
    running = changing(lines=CUP)
    before = FieldsOfAShop(an_order(), yuan(100)).untouched
    running.deliver()
    running.wait(13 * HOUR)
    assert "change_reminder" in str(running.case.state.timeline.entries)
    running.wait(11 * HOUR)
    assert (running.case.status, running.reason) == ("lapsed", "not_answered")
    assert running.shop.untouched == before


def test_unpaid_price_lapses_and_a_paid_one_without_a_word_does_not() -> None:
    unpaid = changing(lines=CUP)
    unpaid.agree()
    unpaid.wait(DAY)
    assert (unpaid.case.status, unpaid.reason) == ("lapsed", "not_paid")
    paid = changing(lines=CUP)
    paid.agree()
    paid.shop.pay()
    paid.wait(DAY)
    assert paid.case.status == "done"


def test_event_without_a_payment_behind_it_does_no_harm() -> None:
    running = changing(lines=CUP)
    running.agree()
    running.paid()
    assert running.case.status == "awaiting_payment"


@pytest.mark.parametrize("actor", [STRANGER, AUDITOR])
def test_only_the_customer_or_who_speaks_for_them_answers(actor: Actor) -> None:
    running = changing(lines=CUP)
    with pytest.raises(CaseError) as refusal:
        running.agree(actor=actor)
    assert refusal.value.code == "not_allowed"


def test_declined_or_withdrawn_it_is_as_before() -> None:
    before = FieldsOfAShop(an_order(), yuan(100)).untouched
    declined = changing(lines=CUP)
    declined.agree(accepted=False)
    assert (declined.case.status, declined.shop.untouched) == ("withdrawn", before)
    withdrawn = changing(lines=CUP)
    withdrawn.agree()
    withdrawn.ask(decisions.withdraw_change, c.WithdrawChange, CUSTOMER)
    assert (withdrawn.case.status, withdrawn.shop.untouched) == ("withdrawn", before)


def test_withdrawn_while_a_person_decides_the_task_is_withdrawn_too() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    task = running.claim(DECIDER, "decide_change")
    running.ask(decisions.withdraw_change, c.WithdrawChange, CUSTOMER)
    assert running.case.status == "withdrawn"
    assert not task.active
    assert any(DECIDER.id in note.recipients for note in running.notices)


def test_task_to_reach_the_customer_ends_with_the_case() -> None:
    running = changing(lines=CUP)
    running.deliver(DeliveryState.FAILED)
    running.agree()
    running.shop.pay()
    running.paid()
    running.paid()
    assert running.case.status == "done"
    assert not running.case.active_tasks()


@pytest.mark.parametrize(
    ("amount", "code"), [({"minor": 5_000, "currency": "EUR"}, "currency_mismatch"), (yuan(51), "invalid_input")]
)
def test_answer_to_another_price_than_the_shown_one_is_refused(amount: object, code: str) -> None:
    running = changing(lines=CUP)
    with pytest.raises(CaseError) as refusal:
        running.agree(amount=amount)
    assert (refusal.value.code, refusal.value.details["field"]) == (code, "amount")


def test_there_is_nothing_to_answer_before_and_after() -> None:
    with pytest.raises(WrongStatusError):
        changing(an_order(ago=DAY), lines=CUP).agree()
    with pytest.raises(WrongStatusError):
        changing(address=ELSEWHERE).agree()


def test_reading_that_fails_after_the_withdrawal_changes_nothing_more() -> None:
    running = changing(lines=CUP)
    running.agree()
    running.slow = True
    running.paid()
    running.ask(decisions.withdraw_change, c.WithdrawChange, CUSTOMER)
    running.slow = False
    running.shop.refuse = failing("read_collection", code="order_not_found")
    running.attend()
    assert (running.case.status, running.reason) == ("withdrawn", "withdrawn")


def test_less_of_one_and_more_of_another_keeps_only_the_more() -> None:
    running = changing(
        an_order("kettle", "cup"), lines=(RemoveLine(line_id="o1-2"), AddItem(variant_id="oven", quantity=1))
    )
    assert sorted(running.shop.kept.values()) == [1]


def test_updates_go_on_while_the_shop_is_away() -> None:
    running = changing(slow=True, address=ELSEWHERE)
    running.deliver()
    running.wait(4 * HOUR)
    assert TemplateName.CHANGE_UPDATE.value in str(running.case.state.timeline.entries)
    assert [deed.step for deed in running.waiting] == ["read_order"]


def test_update_that_never_arrives_is_a_breach_that_those_in_charge_hear_of() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    running.now += 5 * HOUR
    running.attend()
    told = [note for note in running.notices if "status update" in note.about]
    assert {"team:specialists", "team:supervisors"} <= set(told[0].recipients)


def test_payment_that_comes_with_the_withdrawal_goes_back() -> None:
    running = changing(lines=CUP)
    running.agree()
    running.shop.pay()
    running.ask(decisions.withdraw_change, c.WithdrawChange, CUSTOMER)
    assert running.case.status == "withdrawn"
    assert running.shop.refunded == yuan(50)
    assert running.shop.asked[-4:] == [
        *("undo collect_payment", "undo collect_payment", "undo reserve_stock:cup", "undo stage_change")
    ]


def test_withdrawal_while_the_shop_works_waits_for_its_answer() -> None:
    running = changing(lines=CUP)
    running.slow = True
    running.agree()
    running.ask(decisions.withdraw_change, c.WithdrawChange, CUSTOMER)
    assert running.case.status == "undoing"
    assert [deed.step for deed in running.waiting] == ["collect_payment"]
    running.slow = False
    running.attend()
    assert running.case.status == "withdrawn"
    assert TemplateName.CHANGE_PAYMENT not in [message.template for message in running.messages]


# Steps that fail.

STEPS = ["stage_change", "reserve_stock", "collect_payment", "change_address", "change_payment_method", "release_stock"]


@pytest.mark.parametrize("step", [*STEPS, "confirm_change"])
def test_whichever_step_fails_everything_before_it_is_taken_back_in_reverse(step: str) -> None:
    before = FieldsOfAShop(an_order(), yuan(100)).untouched
    running = changing(refuse=failing(step), **EVERYTHING)
    if running.case.status == "awaiting_answer":
        running.agree()
    if running.case.status == "awaiting_payment":
        running.shop.pay()
        running.paid()
    assert (running.case.status, running.reason) == ("refused", "out_of_stock")
    assert running.shop.untouched == before
    taken = [name for name in running.shop.asked if name.partition(":")[0] in UNDO]
    refused = [] if step in ("release_stock", "confirm_change") else taken[-1:]
    back = [name.removeprefix("undo ") for name in running.shop.asked if name.startswith("undo ")]
    assert back == [name for name in reversed(taken) if name not in refused]


@pytest.mark.parametrize("step", ["read_order", "read_account", "find_parcels", "read_collection"])
def test_reading_that_fails_for_good_ends_the_change(step: str) -> None:
    refuse = failing(step, code="order_not_found")
    if step == "find_parcels":
        running = shipped(cancel="twice")
        running.shop.refuse = refuse
        running.decide("intercept")
    else:
        running = changing(refuse=refuse, lines=CUP)
        if step == "read_collection":
            running.agree()
            running.paid()
    assert (running.case.status, running.reason) == ("refused", "order_not_found")


@pytest.mark.parametrize(
    ("undo", "name"),
    [
        ("discard_change", "stage_change"),
        ("release_stock", "reserve_stock:cup"),
        ("release_collection", "collect_payment"),
    ],
)
def test_step_that_cannot_be_taken_back_is_a_persons_task(undo: str, name: str) -> None:
    running = changing(refuse=failing(undo, code="step_state", undo=True), lines=CUP)
    running.agree()
    running.ask(decisions.withdraw_change, c.WithdrawChange, CUSTOMER)
    assert running.case.status == "undoing"
    assert running.messages[-1].template is TemplateName.CHANGE_ENDED
    task = running.task("settle_by_hand")
    assert task.brief["step"] == name
    assert task.brief["code"] == "step_state"
    assert "M1:" in str(task.brief["asked"])
    assert running.case.open_clock(ClockKind.STATUS_UPDATE) is None
    running.complete(BOOKKEEPER, "settle_by_hand", how="called the shop")
    assert running.case.status == "withdrawn"


def test_refund_that_fails_leaves_the_change_and_goes_to_a_person() -> None:
    running = changing(refuse=failing("refund_payment", code="refund_exceeds_captured"), cancel="twice")
    assert running.case.status == "committing"
    running.complete(BOOKKEEPER, "settle_by_hand", how="bank transfer")
    assert running.case.status == "done"


def test_busy_order_names_the_other_case() -> None:
    def refuse(deed: TakeStep) -> Refusal | None:
        return Refusal("order_busy", "busy", {"holder": "M7:stage_change:1"}) if deed.step == "stage_change" else None

    running = changing(refuse=refuse, lines=CUP)
    assert running.reason == "order_busy"
    assert running.messages[-1].words["other_case"] == "M7"


# What every case can do.


def test_message_that_does_not_arrive_becomes_a_task() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    running.deliver(DeliveryState.FAILED)
    running.complete(SUPERVISOR, "contact_customer", reached=True, how="by telephone")
    other = changing(an_order(ago=DAY), address=ELSEWHERE)
    other.deliver(DeliveryState.UNKNOWN)
    other.complete(SUPERVISOR, "check_delivery", arrived=True, how_known="asked")
    assert "delivery_checked" in other.story


def test_idle_claim_returns_to_its_queue() -> None:
    running = changing(an_order(ago=DAY), address=ELSEWHERE)
    running.claim(DECIDER, "decide_change")
    running.wait(31 * MINUTE)
    assert running.task("decide_change").owner is None


def test_face_and_facts_name_no_address() -> None:
    running = changing(an_order(ago=DAY), **EVERYTHING)
    said = f"{shown_facts(running.case)} {face(running.case)} {details(running.case, running.now)}"
    assert "Lily" not in said
    assert "task T1" in said
    running.decide("approve")
    said = f"{shown_facts(running.case)} {face(running.case)} {details(running.case, running.now)}"
    assert "50.00 CNY" in said
    assert "stage change: done" in said
    assert face(running.case)["CaseStatus"] == "awaiting_answer"
