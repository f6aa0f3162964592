"""Orders in a real Medusa: reading, a new address, cancelling."""

from __future__ import annotations

from decimal import Decimal

from tests.medusa.counter import Counter
from tests.medusa.ordering import ADDRESSES

ELSEWHERE = {**ADDRESSES["eur"], "address_1": "2 Weir Road"}
ACTIVE_CHANGE = "Order ({}) already has an existing active order change"


def test_order_is_read_with_lines_and_totals(counter: Counter) -> None:
    order = counter.read(counter.shop.orders["paid"])
    lines = {line["variant_sku"]: (line["quantity"], line["unit_price"], line["total"]) for line in order["items"]}
    assert lines == {
        "TEAPOT-S": (2, Decimal("19.9"), Decimal("39.8")),
        "TEAPOT-L": (1, Decimal("29.9"), Decimal("29.9")),
    }
    assert (order["total"], order["shipping_total"], order["currency_code"]) == (Decimal("74.6"), Decimal("4.9"), "eur")
    assert (order["status"], order["payment_status"], order["version"]) == ("pending", "captured", 1)
    assert order["summary"]["pending_difference"] == 0


def test_exact_amounts_are_strings_in_the_raw_fields(counter: Counter) -> None:
    order = counter.read(counter.shop.orders["paid"])
    assert order["summary"]["raw_current_order_total"]["value"] == "74.6"


def test_order_tells_how_far_it_has_come(counter: Counter) -> None:
    expected = {
        "unpaid": ("not_paid", "not_fulfilled"),
        "paid in yuan": ("captured", "not_fulfilled"),
        "fulfilled": ("captured", "fulfilled"),
        "shipped": ("captured", "shipped"),
        "delivered": ("captured", "delivered"),
    }
    orders = {name: counter.read(counter.shop.orders[name]) for name in expected}
    assert {name: (order["payment_status"], order["fulfillment_status"]) for name, order in orders.items()} == expected
    assert [order["status"] for order in orders.values()] == ["pending"] * 5
    parcel = orders["shipped"]["fulfillments"][0]
    assert (parcel["shipped_at"] is not None, parcel["delivered_at"]) == (True, None)
    assert parcel["labels"][0]["tracking_number"].startswith("TRACK-")


def test_unknown_order_is_not_found_and_a_wrong_key_is_unauthorized(counter: Counter) -> None:
    missing = {"type": "not_found", "message": "Order id not found: order_x"}
    assert counter.admin.ask("GET", "orders/order_x") == (404, missing)
    with type(counter.admin)(counter.shop.url, "sk_wrong") as stranger:
        assert stranger.ask("GET", "orders") == (401, {"message": "Unauthorized"})


def test_new_address_is_taken_at_once_and_leaves_a_change_without_a_note(counter: Counter) -> None:
    order = counter.order()
    before = counter.read(order)["shipping_address"]
    counter.admin.post(f"orders/{order}", shipping_address=ELSEWHERE)
    after = counter.read(order)["shipping_address"]
    assert after["address_1"] == "2 Weir Road"
    assert after["id"] != before["id"]
    assert counter.changes(order) == [("update_order", "confirmed", None)]


def test_address_left_half_empty_keeps_the_other_half(counter: Counter) -> None:
    order = counter.shop.orders["unpaid"]
    counter.admin.post(f"orders/{order}", shipping_address={"address_1": "3 Quay", "country_code": "de"})
    address = counter.read(order)["shipping_address"]
    assert (address["address_1"], address["city"]) == ("3 Quay", "Berlin")


def test_address_of_another_country_is_refused(counter: Counter) -> None:
    order = counter.shop.orders["paid"]
    answer = counter.admin.refused(f"orders/{order}", shipping_address={**ELSEWHERE, "country_code": "fr"})
    assert answer == (400, {"type": "invalid_data", "message": "Country code cannot be changed"})


def test_order_keeps_our_key_in_its_metadata_beside_others(counter: Counter) -> None:
    order = counter.shop.orders["unpaid"]
    counter.admin.post(f"orders/{order}", metadata={"duecourse_address": "case-1/address"})
    counter.admin.post(f"orders/{order}", metadata={"another": "x"})
    assert counter.read(order)["metadata"] == {"duecourse_address": "case-1/address", "another": "x"}


def test_cancelled_order_has_been_refunded_by_medusa_itself_and_is_cancelled_once(counter: Counter) -> None:
    order = counter.order()
    counter.admin.post(f"payments/{counter.payment(order)}/refund", amount=5, note="case-1/gesture")
    counter.admin.post(f"orders/{order}/cancel")
    found = counter.read(order)
    assert (found["status"], found["payment_status"]) == ("canceled", "refunded")
    assert found["canceled_at"]
    assert counter.refunds(order) == [("5", "case-1/gesture"), ("69.6", None)]
    canceled = {"type": "invalid_data", "message": f"Order with id {order} has been canceled."}
    assert counter.admin.refused(f"orders/{order}/cancel") == (400, canceled)


def test_cancelling_is_refused_once_something_was_packed(counter: Counter) -> None:
    order = counter.shop.orders["fulfilled"]
    packed = {"type": "not_allowed", "message": "All fulfillments must be canceled before canceling an order"}
    assert counter.admin.refused(f"orders/{order}/cancel") == (400, packed)
    assert counter.refunds(order) == []


def test_refused_cancel_has_refunded_all_the_same_while_a_change_is_active(counter: Counter) -> None:
    order = counter.order()
    counter.admin.post("order-edits", order_id=order, internal_note="case-1/edit")
    status, refusal = counter.admin.refused(f"orders/{order}/cancel")
    assert (status, refusal["message"]) == (400, ACTIVE_CHANGE.format(order))
    assert counter.read(order)["status"] == "pending"
    assert counter.refunds(order) == [("74.6", None)]
