"""Order edits in a real Medusa, from the first stroke to the money."""

from __future__ import annotations

from decimal import Decimal

from tests.medusa.conftest import Counter
from tests.medusa.ordering import Progress, pay

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
    confirm(counter, order)
    found = counter.read(order)
    quantities = {line["variant_sku"]: line["quantity"] for line in found["items"]}
    assert quantities == {"TEAPOT-S": 3, "TEAPOT-L": 1, "CUP-WHITE": 2}
    assert (found["total"], found["version"]) == (Decimal("107.5"), 2)
    assert counter.changes(order) == [("edit", "confirmed", NOTE)]


def test_line_brought_to_nought_is_gone(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=0)
    confirm(counter, order)
    assert [line["variant_sku"] for line in counter.read(order)["items"]] == ["TEAPOT-L"]


def test_second_active_change_is_refused_whether_edit_or_return(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    message = f"Order ({order}) already has an existing active order change"
    refusal = (400, {"type": "invalid_data", "message": message})
    assert counter.admin.refused("order-edits", order_id=order, internal_note="case-2/edit") == refusal
    assert counter.admin.refused("returns", order_id=order) == refusal


def test_withdrawn_edit_leaves_no_trace(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    assert counter.admin.delete(f"order-edits/{order}") == {"id": order, "object": "order-edit", "deleted": True}
    assert (counter.changes(order), counter.read(order)["version"]) == ([], 1)


def test_confirming_needs_no_request_and_refuses_the_second_time(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    counter.admin.post(f"order-edits/{order}/confirm")
    nothing = {"type": "invalid_data", "message": "An active Order Change is required to proceed"}
    assert counter.admin.refused(f"order-edits/{order}/confirm") == (400, nothing)


def test_answer_to_a_confirmation_still_tells_the_status_before_it(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    counter.admin.post(f"order-edits/{order}/request")
    answer = counter.admin.post(f"order-edits/{order}/confirm")
    assert answer["order_preview"]["order_change"]["status"] == "requested"
    assert counter.changes(order) == [("edit", "confirmed", NOTE)]


def test_shortage_is_found_only_at_the_confirmation(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1_000_000)
    status, refusal = counter.admin.refused(f"order-edits/{order}/confirm")
    assert (status, refusal["type"]) == (400, "not_allowed")
    assert refusal["message"].startswith("Not enough stock available for item ")
    assert counter.changes(order) == [("edit", "pending", NOTE)]


def test_unknown_line_is_a_500_that_no_repetition_mends(counter: Counter) -> None:
    order = counter.order()
    counter.admin.post("order-edits", order_id=order, internal_note=NOTE)
    status, refusal = counter.admin.refused(f"order-edits/{order}/items/item/ordli_x", quantity=1)
    assert (status, refusal["type"]) == (500, "unknown_error")


def test_packed_line_is_not_reduced(counter: Counter) -> None:
    order = counter.order(Progress.FULFILLED)
    counter.admin.post("order-edits", order_id=order, internal_note=NOTE)
    line = counter.line(order, "TEAPOT-S")
    status, refusal = counter.admin.refused(f"order-edits/{order}/items/item/{line}", quantity=1)
    already = f"Item {line} has already been fulfilled and quantity cannot be lower than 2."
    assert (status, refusal["message"]) == (400, already)


def test_higher_price_becomes_a_payment_collection_that_can_be_paid(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=3)
    confirm(counter, order)
    assert counter.read(order)["summary"]["pending_difference"] == Decimal("19.9")
    assert sorted(counter.collections(order)) == [("completed", Decimal("74.6")), ("not_paid", Decimal("19.9"))]
    pay(counter.admin, order)
    assert sorted(counter.collections(order)) == [("completed", Decimal("19.9")), ("completed", Decimal("74.6"))]
    found = counter.read(order)
    assert (found["summary"]["pending_difference"], found["payment_status"]) == (0, "captured")


def test_next_edit_changes_the_open_collection_instead_of_adding_one(counter: Counter) -> None:
    order = counter.order()
    for small in (3, 4):
        begin(counter, order, small=small)
        confirm(counter, order)
    assert sorted(counter.collections(order)) == [("completed", Decimal("74.6")), ("not_paid", Decimal("39.8"))]


def test_lower_price_is_owed_and_nothing_is_paid_back_by_itself(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    confirm(counter, order)
    assert counter.read(order)["summary"]["pending_difference"] == Decimal("-19.9")
    assert (counter.refunds(order), counter.collections(order)) == ([], [("completed", Decimal("74.6"))])
