"""Returns that the shop does not settle by itself: refused, found empty, or settled by a person."""

from __future__ import annotations

from domain.shop.parcels import ParcelStatus
from domain.shop.payments import Refund, RefundStatus
from domain.sla.spans import DAY
from tests.domain.fields_of_a_shop import yuan
from tests.domain.fields_of_returns import FieldsOfReturns, delivered, returning_shop
from tests.domain.returns import here, item, refusing, returning


def test_refused_refund_is_settled_by_a_person_and_never_asked_twice() -> None:
    running = here(refuse=refusing("refund_payment", code="refund_exceeds_captured"))
    running.inspect()
    assert running.case.status == "settling"
    assert running.task("settle_by_hand").brief["code"] == "refund_exceeds_captured"
    running.settle()
    assert running.case.status == "confirming"
    assert running.shop.asked.count("refund_payment:1") == 1


def test_refused_replacement_is_settled_by_a_person_and_not_paid_out_as_well() -> None:
    running = here("exchange", item(variant_id="urn"), refuse=refusing("send_replacement"))
    running.inspect()
    running.settle()
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(0)


def test_money_that_did_not_move_is_a_persons_task() -> None:
    class Broke(FieldsOfReturns):
        def refund_payment(self, ask: object) -> object:
            return Refund(
                key="k", id="r", at=0, order_id="o1", status=RefundStatus.FAILED, amount=yuan(100), reason="return"
            )

    order = delivered()
    known = returning_shop(order)
    running = here(shop=Broke(order, order.total, parcels=known.parcels))
    running.inspect()
    assert running.task("settle_by_hand").brief["code"] == "refund_failed"


def test_receipt_that_the_shop_does_not_show_is_no_receipt() -> None:
    running = here()
    running.shop.forgets_receipts = True
    running.inspect()
    assert running.task("settle_by_hand").brief["code"] == "no_evidence"


def test_order_that_has_no_money_left_pays_nothing() -> None:
    shop = returning_shop(delivered())
    shop.refunded = yuan(100)
    running = here(shop=shop)
    running.inspect()
    assert running.case.status == "confirming"
    assert "refund_payment:1" not in shop.asked


def test_refusal_of_the_shop_before_anything_was_sent_ends_the_case() -> None:
    running = returning("exchange", item(variant_id="urn"), refuse=refusing("reserve_stock"))
    assert (running.case.status, running.reason) == ("refused", "out_of_stock")
    assert running.shop.returns == {}
    assert returning("exchange", item(variant_id="nothing")).reason == "variant_not_found"


def test_two_requests_for_one_piece_from_two_channels_are_counted_at_the_shop() -> None:
    first = returning(slow=True)
    for _ in range(2):
        first.answer(first.waiting.pop(0))
        first.attend()
    second = returning(shop=first.shop)
    assert second.case.status == "awaiting_parcel"
    first.slow = False
    first.answer(first.waiting.pop(0))
    first.attend()
    assert (first.case.status, first.reason) == ("refused", "quantity_not_possible")


def test_replacement_that_the_warehouse_has_sent_cannot_be_taken_back() -> None:
    refuse = refusing("cancel_replacement", code="quantity_not_possible", undo=True)
    running = returning("exchange", item(variant_id="urn"), in_advance=True, refuse=refuse)
    running.withdraw()
    assert running.case.status == "undoing"
    running.settle()
    assert running.case.status == "withdrawn"
    assert running.shop.returns == {}


def test_replacement_in_advance_is_taken_back_when_nothing_comes() -> None:
    running = returning("exchange", item(variant_id="urn"), in_advance=True)
    running.wait(14 * DAY)
    assert running.case.status == "lapsed"
    assert running.shop.replacements == {}


def test_scan_of_somebody_elses_parcel_changes_nothing() -> None:
    running = returning()
    running.scanned(ParcelStatus.LABELLED)
    assert running.case.status == "awaiting_parcel"


def test_receipt_that_the_shop_refuses_for_good_is_booked_by_a_person_before_anything_is_paid() -> None:
    running = here(refuse=refusing("receive_return", code="quantity_not_possible"))
    running.inspect()
    assert running.shop.refunded == yuan(0)
    running.settle()
    assert running.case.status == "confirming"
    assert running.shop.refunded == yuan(100)
