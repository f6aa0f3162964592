"""Returns in a real Medusa: requested, received, confirmed, and the stock that goes up."""

from __future__ import annotations

import pytest

from tests.medusa.admin import Json
from tests.medusa.counter import Counter
from tests.medusa.ordering import Progress

KEY = {"duecourse": "case-1/return"}


@pytest.fixture
def packed(counter: Counter) -> str:
    """An order that was packed: Medusa asks no more before a return."""
    return counter.order(Progress.FULFILLED)


def one_small(counter: Counter, order: str, quantity: int = 1) -> list[Json]:
    """A line of a return."""
    return [{"id": counter.line(order, "TEAPOT-S"), "quantity": quantity}]


def begin(counter: Counter, order: str) -> str:
    """Open a return; its id."""
    begun = counter.admin.post("returns", order_id=order, location_id=counter.shop.shelves.location, metadata=KEY)
    opened: str = begun["return"]["id"]
    return opened


def request(counter: Counter, order: str) -> str:
    """A requested return of one small teapot."""
    opened = begin(counter, order)
    counter.admin.post(f"returns/{opened}/request-items", items=one_small(counter, order))
    option = counter.shop.shelves.return_parcel
    counter.admin.post(f"returns/{opened}/shipping-method", shipping_option_id=option)
    counter.admin.post(f"returns/{opened}/request")
    return opened


def receive(counter: Counter, order: str, requested: str) -> None:
    """The warehouse has it."""
    counter.admin.post(f"returns/{requested}/receive")
    counter.admin.post(f"returns/{requested}/receive-items", items=one_small(counter, order))
    counter.admin.post(f"returns/{requested}/receive/confirm")


def test_return_is_owed_from_its_request_on_and_puts_stock_up_once_received(counter: Counter, packed: str) -> None:
    before = counter.stock("TEAPOT-S")
    requested = request(counter, packed)
    assert (counter.owed(packed), counter.stock("TEAPOT-S")) == (("74.6", "-19.9"), before)
    receive(counter, packed, requested)
    again = counter.admin.refused(f"returns/{requested}/receive/confirm")
    nothing = {"type": "invalid_data", "message": "An active Order Change is required to proceed"}
    assert again == (400, nothing)
    assert (counter.owed(packed), counter.stock("TEAPOT-S")) == (("54.7", "-19.9"), before + 1)
    assert counter.refunds(packed) == []
    found = counter.admin.get(f"returns/{requested}?fields=*items")["return"]
    assert (found["status"], found["metadata"], found["received_at"] is not None) == ("received", KEY, True)
    assert [(item["quantity"], item["received_quantity"]) for item in found["items"]] == [(1, 1)]
    changes = {("return_request", "confirmed", None), ("return_receive", "confirmed", None)}
    assert changes < set(counter.changes(packed))


def test_return_is_found_by_its_order_and_metadata_until_it_is_withdrawn(counter: Counter, packed: str) -> None:
    opened = begin(counter, packed)
    found = counter.admin.get(f"returns?order_id={packed}")["returns"]
    assert [(each["id"], each["status"], each["metadata"]) for each in found] == [(opened, "open", KEY)]
    counter.admin.delete(f"returns/{opened}/request")
    assert counter.admin.get(f"returns?order_id={packed}")["returns"] == []
    begin(counter, packed)


def test_requested_return_leaves_room_for_an_edit_until_it_is_received(counter: Counter, packed: str) -> None:
    requested = request(counter, packed)
    counter.admin.post("order-edits", order_id=packed)
    status, refusal = counter.admin.refused(f"returns/{requested}/receive")
    assert (status, refusal["type"]) == (400, "invalid_data")
    assert "active order change" in refusal["message"]


def test_requested_return_is_cancelled_after_its_parcel_and_is_no_longer_owed(counter: Counter, packed: str) -> None:
    requested = request(counter, packed)
    status, refusal = counter.admin.refused(f"returns/{requested}/cancel")
    assert (status, refusal["message"]) == (400, "All fulfillments must be canceled before canceling a return")
    parcels = counter.admin.get(f"returns/{requested}?fields=*fulfillments")["return"]["fulfillments"]
    counter.admin.post(f"fulfillments/{parcels[0]['id']}/cancel")
    counter.admin.post(f"returns/{requested}/cancel")
    assert counter.owed(packed) == ("74.6", "0")
    assert counter.admin.get(f"returns/{requested}")["return"]["status"] == "canceled"


def test_dismissed_item_is_paid_for_but_not_put_on_the_shelf(counter: Counter, packed: str) -> None:
    requested = request(counter, packed)
    before = counter.stock("TEAPOT-S")
    counter.admin.post(f"returns/{requested}/receive")
    counter.admin.post(f"returns/{requested}/dismiss-items", items=one_small(counter, packed))
    counter.admin.post(f"returns/{requested}/receive/confirm")
    assert (counter.stock("TEAPOT-S"), counter.owed(packed)[1]) == (before, "-19.9")


def test_more_than_was_sent_is_not_returned(counter: Counter) -> None:
    order = counter.shop.orders["delivered"]
    opened, line = begin(counter, order), counter.line(order, "TEAPOT-S")
    refusal = counter.admin.refused(f"returns/{opened}/request-items", items=one_small(counter, order, 3))
    counter.admin.delete(f"returns/{opened}/request")
    too_many = f"Cannot request to return more items than what was fulfilled for item {line}."
    assert refusal == (400, {"type": "invalid_data", "message": too_many})
