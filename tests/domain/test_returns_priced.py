"""Returns that cost the customer something: accepted, declined, not answered, not paid, and paid back."""

from __future__ import annotations

from domain.sla.spans import DAY
from domain.templates import TemplateName
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import delivered
from tests.domain.returns import RunningReturn, here, item, returning


def priced() -> RunningReturn:
    running = here("repair", item(reason="defective"), order=delivered(warranty=0))
    running.inspect(repair_price={"minor": 8_000, "currency": "CNY"})
    return running


def test_declined_price_of_a_repair_sends_the_goods_back_as_they_are() -> None:
    running = priced()
    running.agree(accepted=False)
    assert running.case.status == "sending"
    running.goes_out()
    assert running.case.status == "confirming"
    running.wait(3 * DAY)
    assert running.case.state.outcome == "withdrawn"
    assert running.told.count(TemplateName.RETURN_REMINDER) == 1


def test_unanswered_price_lapses_after_a_reminder() -> None:
    running = returning("exchange", item(variant_id="oven"))
    running.wait(3 * DAY)
    assert (running.case.status, running.reason) == ("lapsed", "not_answered")
    assert running.told.count(TemplateName.RETURN_REMINDER) == 1
    assert running.shop.kept == {}
    assert running.shop.returns == {}


def test_unpaid_price_lapses_and_a_payment_whose_word_was_lost_counts() -> None:
    lapsing = priced()
    lapsing.agree()
    lapsing.wait(3 * DAY)
    assert lapsing.reason == "not_paid"
    paid = priced()
    paid.agree()
    paid.shop.pay()
    paid.wait(3 * DAY)
    assert paid.case.status == "repairing"


def test_withdrawn_while_the_payment_is_asked_for_takes_it_back() -> None:
    running = returning("exchange", item(variant_id="oven"), slow=True)
    while running.waiting:
        running.answer(running.waiting.pop(0))
        running.attend()
    running.agree()
    [collecting] = running.waiting
    running.withdraw()
    running.slow = False
    running.waiting = []
    running.answer(collecting)
    running.attend()
    assert running.case.status == "withdrawn"
    assert running.shop.collections == {}


def test_what_cannot_be_repaired_goes_back_and_the_payment_too() -> None:
    running = priced()
    running.agree()
    running.pay()
    running.repair(repaired=False)
    assert running.case.status == "sending"
    assert running.reason == "not_repairable"
    assert running.shop.refunded == yuan(80)


def test_what_cannot_be_repaired_in_warranty_is_refunded() -> None:
    running = here("repair", item(reason="defective"))
    running.inspect()
    running.repair(repaired=False)
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(100)
    assert [one.other for one in running.shop.received] == [1]
