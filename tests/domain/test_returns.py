"""Returns in pure Python: the main ways in which they end well."""

from __future__ import annotations

import pytest

from domain.errors import WrongStatusError
from domain.returns.machine import (
    OVER,
    RETURN_MACHINE,
    RETURN_TRANSITIONS,
    ReturnCaseStatus,
    ReturnTrigger,
)
from domain.shop.parcels import ParcelStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR
from domain.templates import TemplateName
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import delivered
from tests.domain.returns import item, returning

# The table.


def test_every_status_is_reached_and_left_or_over() -> None:
    targets = {target for _, _, target in RETURN_TRANSITIONS}
    assert targets | {ReturnCaseStatus.RECEIVED} == set(ReturnCaseStatus)
    assert {status for status in ReturnCaseStatus if not RETURN_MACHINE.available(status)} == set(OVER)
    assert set(RETURN_MACHINE.definition.events) == {trigger.value for trigger in ReturnTrigger}


def test_refusal_of_a_move_says_what_is_possible() -> None:
    with pytest.raises(WrongStatusError) as refusal:
        RETURN_MACHINE.after(ReturnCaseStatus.CLOSED, ReturnTrigger.SETTLE)
    assert refusal.value.details["possible"] == []


# A refund.


def test_goods_come_back_for_a_refund_and_the_case_is_closed_satisfied() -> None:
    running = returning()
    assert running.case.status == "awaiting_parcel"
    assert running.case.state.permitted_by == "rule"
    running.scanned(ParcelStatus.PICKED_UP)
    assert running.case.status == "in_transit"
    running.scanned(ParcelStatus.DELIVERED)
    assert running.case.status == "inspecting"
    running.wait(3 * HOUR)
    running.inspect()
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(100)
    assert running.shop.order.total == yuan(0)
    assert running.clock(ClockKind.REFUND).state == "met"
    running.rate()
    assert (running.case.status, running.case.state.outcome) == ("closed", "refunded")
    assert running.shop.asked == [
        *("read_order", "find_parcels", "request_return", "create_label:1", "read_parcel", "read_parcel"),
        *("read_account", "receive_return:1", "refund_payment:1"),
    ]


def test_customer_hears_of_every_stage() -> None:
    running = returning()
    running.deliver()
    running.comes_back()
    running.deliver()
    running.inspect()
    running.deliver()
    assert [name for name in running.told if name is not TemplateName.RETURN_UPDATE] == [
        TemplateName.RETURN_LABEL,
        TemplateName.RETURN_PROGRESS,
        TemplateName.RETURN_PROGRESS,
        TemplateName.RETURN_DONE,
    ]
    assert running.told.count(TemplateName.RETURN_UPDATE) == 6, "every four hours while the parcel is on its way"


def test_refund_is_promised_from_the_arrival_of_the_parcel_and_a_miss_is_on_record() -> None:
    running = returning()
    running.comes_back()
    running.wait(DAY + HOUR)
    assert running.clock(ClockKind.REFUND).state == "breached"
    running.inspect()
    assert running.shop.refunded == yuan(100)
    assert running.case.state.breached


def test_nobody_writes_while_the_parcel_is_with_the_customer() -> None:
    running = returning()
    running.deliver()
    running.wait(6 * DAY)
    assert TemplateName.RETURN_UPDATE not in running.told


# An exchange.


def test_exchange_for_the_same_price_goes_out_as_soon_as_the_goods_are_back() -> None:
    running = returning("exchange", item(variant_id="urn"))
    running.comes_back()
    running.inspect()
    assert running.case.status == "sending"
    assert running.shop.refunded == yuan(0)
    running.shop.ship_replacements()
    running.moved()
    assert running.clock(ClockKind.DISPATCH).state == "met"
    running.shop.ship_replacements(deliver=True)
    running.moved("delivered")
    assert running.case.status == "confirming"
    running.wait(3 * DAY)
    assert (running.case.status, running.case.state.outcome) == ("closed", "exchanged")
    assert running.shop.kept == {}


def test_dearer_exchange_is_shown_accepted_and_paid_before_anything_is_sent() -> None:
    running = returning("exchange", item(variant_id="oven"))
    assert running.case.status == "awaiting_answer"
    running.agree(amount=yuan(200))
    assert running.case.status == "awaiting_payment"
    running.pay()
    assert running.case.status == "awaiting_parcel"
    running.comes_back()
    running.inspect()
    assert running.case.status == "sending"
    assert running.shop.refunded == yuan(0)
    assert running.shop.captured == yuan(300)
    assert running.shop.order.total == yuan(300)


def test_cheaper_exchange_gives_the_difference_back() -> None:
    running = returning("exchange", item(variant_id="cup"))
    running.comes_back()
    running.inspect()
    assert running.shop.refunded == yuan(50)
    assert running.shop.order.total == yuan(50)


def test_replacement_goes_out_before_the_goods_are_back_where_that_was_wished() -> None:
    running = returning("exchange", item(variant_id="urn"), in_advance=True)
    assert running.case.status == "awaiting_parcel"
    assert len(running.shop.replacements) == 1
    running.shop.ship_replacements(deliver=True)
    running.comes_back()
    running.inspect()
    assert running.case.status == "confirming"
    assert len(running.shop.replacements) == 1


# Claims: nothing has to come back.


def test_claim_for_money_is_paid_at_once_and_counted_at_the_shop() -> None:
    running = returning("claim", item(reason="damaged"))
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(100)
    assert running.shop.order.total == yuan(0)
    assert [one.other for one in running.shop.received] == [1], "nothing goes on sale that never came"
    assert running.clock(ClockKind.REFUND).state == "met"


def test_claim_for_a_replacement_sends_it_without_a_price() -> None:
    running = returning("claim", item(reason="missing"), claimed="replacement")
    assert running.case.status == "sending"
    assert running.shop.order.total == yuan(100)
    running.shop.ship_replacements(deliver=True)
    running.moved("delivered")
    running.rate()
    assert running.case.state.outcome == "replaced"
    assert running.shop.refunded == yuan(0)


# Repairs.


def test_repair_in_warranty_is_tracked_from_start_to_end() -> None:
    running = returning("repair", item(reason="defective"))
    running.comes_back()
    running.inspect()
    assert running.case.status == "repairing"
    running.repair()
    assert running.case.status == "testing"
    running.test(passed=False)
    assert running.case.status == "repairing"
    running.repair()
    running.test()
    assert running.case.status == "sending"
    assert running.news[-4:] == ["repairing", "testing", "testing", "sending"], running.news
    running.goes_out()
    assert running.case.status == "confirming"
    running.rate()
    assert running.case.state.outcome == "repaired"
    assert "request_return" not in running.shop.asked, "the goods stay the customer's"


def test_repair_out_of_warranty_waits_for_a_yes_and_the_money() -> None:
    running = returning("repair", item(reason="defective"), order=delivered(warranty=0))
    running.comes_back()
    running.inspect(repair_price={"minor": 8_000, "currency": "CNY"})
    assert running.case.status == "awaiting_answer"
    running.agree()
    running.pay()
    assert running.case.status == "repairing"
    running.repair()
    running.test()
    running.goes_out()
    running.rate()
    assert running.case.state.outcome == "repaired"
    assert running.shop.refunded == yuan(0)
    assert running.shop.captured == yuan(180)
