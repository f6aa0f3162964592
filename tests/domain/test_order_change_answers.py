"""Order changes in pure Python: what the customer says, or does not say, and when."""

from __future__ import annotations

import pytest

from domain.deeds import DeliveryState
from domain.errors import CaseError, WrongStatusError
from domain.order_change import decisions
from domain.order_change import messages as c
from domain.people import Actor
from domain.shop.changes import AddItem, RemoveLine
from domain.sla.spans import DAY, HOUR
from domain.templates import TemplateName
from tests.domain.cases import AUDITOR, CUSTOMER, STRANGER
from tests.domain.changes import (
    CUP,
    DECIDER,
    changing,
    failing,
)
from tests.domain.fields_of_a_shop import ELSEWHERE, FieldsOfAShop, an_order, yuan

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
