"""Order changes in pure Python: what is done inside the window, and when the window is over."""

from __future__ import annotations

import pytest

from domain.deeds import TakeStep
from domain.errors import WrongStatusError
from domain.order_change.machine import (
    CHANGE_MACHINE,
    CHANGE_TRANSITIONS,
    OVER,
    ChangeCaseStatus,
    ChangeTrigger,
)
from domain.shop.changes import SetQuantity, SwapVariant
from domain.shop.refusal import Refusal
from domain.shop.values import PaymentMethod
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from tests.domain.changes import (
    CUP,
    EVERYTHING,
    WITHOUT_CUP,
    changed_rules,
    changing,
    failing,
)
from tests.domain.fields_of_a_shop import ELSEWHERE, FieldsOfAShop, an_order, yuan

# The table.


def test_every_status_is_reached_and_left_or_over() -> None:
    targets = {target for _, _, target in CHANGE_TRANSITIONS}
    assert targets | {ChangeCaseStatus.RECEIVED} == set(ChangeCaseStatus)
    assert {status for status in ChangeCaseStatus if not CHANGE_MACHINE.available(status)} == set(OVER)
    assert set(CHANGE_MACHINE.definition.events) == {trigger.value for trigger in ChangeTrigger}


def test_refusal_of_a_move_says_what_is_possible() -> None:
    with pytest.raises(WrongStatusError) as refusal:
        CHANGE_MACHINE.after(ChangeCaseStatus.DONE, ChangeTrigger.COMMIT)
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
