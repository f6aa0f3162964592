"""Order edits in a real Medusa, from the first stroke to the money."""

from __future__ import annotations

from decimal import Decimal

from tests.medusa.counter import Counter
from tests.medusa.ordering import pay

NOTE = "case-1/edit"


def begin(counter: Counter, order: str, *, small: int) -> None:
    """Stage another number of small teapots."""
    counter.admin.post("order-edits", order_id=order, internal_note=NOTE)
    counter.admin.post(f"order-edits/{order}/items/item/{counter.line(order, 'TEAPOT-S')}", quantity=small)


def confirm(counter: Counter, order: str) -> None:
    """Request and confirm what is staged."""
    counter.admin.post(f"order-edits/{order}/request")
    counter.admin.post(f"order-edits/{order}/confirm")


def test_edit_is_staged_previewed_and_confirmed(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=3)
    cup = {"variant_id": counter.shop.shelves.variants["CUP-WHITE"], "quantity": 2}
    counter.admin.post(f"order-edits/{order}/items", items=[cup])
    preview = counter.admin.get(f"orders/{order}/preview")["order"]
    assert (preview["total"], preview["summary"]["pending_difference"]) == (Decimal("107.5"), Decimal("32.9"))
    assert (preview["order_change"]["status"], preview["order_change"]["internal_note"]) == ("pending", NOTE)
    assert (counter.read(order)["total"], counter.read(order)["version"]) == (Decimal("74.6"), 1)
    counter.admin.post(f"order-edits/{order}/request")
    answer = counter.admin.post(f"order-edits/{order}/confirm")
    # What the answer shows was read before the confirmation.
    assert answer["order_preview"]["order_change"]["status"] == "requested"
    found = counter.read(order)
    quantities = {line["variant_sku"]: line["quantity"] for line in found["items"]}
    assert quantities == {"TEAPOT-S": 3, "TEAPOT-L": 1, "CUP-WHITE": 2}
    assert (found["total"], found["version"]) == (Decimal("107.5"), 2)
    assert counter.changes(order) == [("edit", "confirmed", NOTE)]


def test_second_active_change_is_refused_until_the_first_is_withdrawn_without_a_trace(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    message = f"Order ({order}) already has an existing active order change"
    refusal = (400, {"type": "invalid_data", "message": message})
    assert counter.admin.refused("order-edits", order_id=order, internal_note="case-2/edit") == refusal
    assert counter.admin.refused("returns", order_id=order) == refusal
    assert counter.admin.delete(f"order-edits/{order}") == {"id": order, "object": "order-edit", "deleted": True}
    assert counter.changes(order) == []
    counter.admin.post("order-edits", order_id=order, internal_note="case-2/edit")


def test_confirming_needs_no_request_and_refuses_the_second_time(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    counter.admin.post(f"order-edits/{order}/confirm")
    nothing = {"type": "invalid_data", "message": "An active Order Change is required to proceed"}
    assert counter.admin.refused(f"order-edits/{order}/confirm") == (400, nothing)


def test_shortage_is_found_only_at_the_confirmation(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1_000_000)
    status, refusal = counter.admin.refused(f"order-edits/{order}/confirm")
    assert (status, refusal["type"]) == (400, "not_allowed")
    assert refusal["message"].startswith("Not enough stock available for item ")
    assert counter.changes(order) == [("edit", "pending", NOTE)]


def test_unknown_line_is_a_500_that_no_repetition_mends(counter: Counter) -> None:
    order = counter.shop.orders["unpaid"]
    counter.admin.post("order-edits", order_id=order, internal_note=NOTE)
    status, refusal = counter.admin.refused(f"order-edits/{order}/items/item/ordli_x", quantity=1)
    counter.admin.delete(f"order-edits/{order}")
    assert (status, refusal["type"]) == (500, "unknown_error")


def test_packed_line_is_not_reduced(counter: Counter) -> None:
    order = counter.shop.orders["fulfilled"]
    counter.admin.post("order-edits", order_id=order, internal_note=NOTE)
    line = counter.line(order, "TEAPOT-S")
    status, refusal = counter.admin.refused(f"order-edits/{order}/items/item/{line}", quantity=1)
    counter.admin.delete(f"order-edits/{order}")
    already = f"Item {line} has already been fulfilled and quantity cannot be lower than 2."
    assert (status, refusal["message"]) == (400, already)


def test_higher_price_becomes_a_payment_collection_that_the_next_edit_changes(counter: Counter) -> None:
    order = counter.order()
    for small, difference in ((3, "19.9"), (4, "39.8")):
        begin(counter, order, small=small)
        confirm(counter, order)
        assert counter.collections(order) == [("completed", "74.6"), ("not_paid", difference)]
    assert counter.owed(order) == ("114.4", "39.8")
    pay(counter.admin, order)
    assert counter.collections(order) == [("completed", "39.8"), ("completed", "74.6")]
    assert counter.owed(order) == ("114.4", "0")


def test_lower_price_is_owed_and_nothing_is_paid_back_by_itself(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=0)
    confirm(counter, order)
    assert [line["variant_sku"] for line in counter.read(order)["items"]] == ["TEAPOT-L"]
    assert counter.owed(order) == ("34.8", "-39.8")
    assert (counter.refunds(order), counter.collections(order)) == ([], [("completed", "74.6")])
