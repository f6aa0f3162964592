"""Returns in a real Medusa: requested, received, confirmed, and the stock that goes up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.medusa.admin import Json
from tests.medusa.conftest import Counter
from tests.medusa.ordering import Progress

KEY = {"duecourse": "case-1/return"}


@pytest.fixture
def delivered(counter: Counter) -> str:
    """An order that was delivered."""
    return counter.order(Progress.DELIVERED)


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


def owed(counter: Counter, order: str) -> tuple[Decimal, Decimal]:
    """The total and what is outstanding."""
    found = counter.read(order)
    return found["total"], found["summary"]["pending_difference"]


def test_return_is_requested_received_and_confirmed_and_stock_goes_up(counter: Counter, delivered: str) -> None:
    before = counter.stock("TEAPOT-S")
    requested = request(counter, delivered)
    assert counter.stock("TEAPOT-S") == before
    receive(counter, delivered, requested)
    assert counter.stock("TEAPOT-S") == before + 1
    found = counter.admin.get(f"returns/{requested}?fields=*items")["return"]
    assert (found["status"], found["metadata"], found["received_at"] is not None) == ("received", KEY, True)
    assert [(item["quantity"], item["received_quantity"]) for item in found["items"]] == [(1, 1)]
    assert counter.changes(delivered)[3:] == [
        ("return_request", "confirmed", None),
        ("return_receive", "confirmed", None),
    ]


def test_money_is_owed_from_the_request_on_and_the_total_falls_at_the_receipt(counter: Counter, delivered: str) -> None:
    requested = request(counter, delivered)
    assert owed(counter, delivered) == (Decimal("74.6"), Decimal("-19.9"))
    receive(counter, delivered, requested)
    assert owed(counter, delivered) == (Decimal("54.7"), Decimal("-19.9"))
    assert counter.refunds(delivered) == []


def test_return_is_found_by_its_order_and_known_by_its_metadata(counter: Counter, delivered: str) -> None:
    opened = begin(counter, delivered)
    found = counter.admin.get(f"returns?order_id={delivered}")["returns"]
    assert [(each["id"], each["status"], each["metadata"]) for each in found] == [(opened, "open", KEY)]


def test_withdrawn_return_makes_room_and_is_gone(counter: Counter, delivered: str) -> None:
    opened = begin(counter, delivered)
    counter.admin.delete(f"returns/{opened}/request")
    assert counter.admin.get(f"returns?order_id={delivered}")["returns"] == []
    begin(counter, delivered)


def test_requested_return_leaves_room_for_an_edit_until_it_is_received(counter: Counter, delivered: str) -> None:
    requested = request(counter, delivered)
    counter.admin.post("order-edits", order_id=delivered)
    status, refusal = counter.admin.refused(f"returns/{requested}/receive")
    assert (status, refusal["type"]) == (400, "invalid_data")
    assert "active order change" in refusal["message"]


def test_cancelled_return_is_no_longer_owed(counter: Counter, delivered: str) -> None:
    requested = request(counter, delivered)
    counter.admin.post(f"returns/{requested}/cancel")
    assert owed(counter, delivered) == (Decimal("74.6"), 0)
    assert counter.admin.get(f"returns/{requested}")["return"]["status"] == "canceled"


def test_receipt_is_confirmed_once(counter: Counter, delivered: str) -> None:
    requested = request(counter, delivered)
    receive(counter, delivered, requested)
    after = counter.stock("TEAPOT-S")
    status, refusal = counter.admin.refused(f"returns/{requested}/receive/confirm")
    assert (status, refusal["message"]) == (400, "An active Order Change is required to proceed")
    assert counter.stock("TEAPOT-S") == after


def test_dismissed_item_is_paid_for_but_not_put_on_the_shelf(counter: Counter, delivered: str) -> None:
    requested = request(counter, delivered)
    before = counter.stock("TEAPOT-S")
    counter.admin.post(f"returns/{requested}/receive")
    counter.admin.post(f"returns/{requested}/dismiss-items", items=one_small(counter, delivered))
    counter.admin.post(f"returns/{requested}/receive/confirm")
    assert (counter.stock("TEAPOT-S"), owed(counter, delivered)[1]) == (before, Decimal("-19.9"))


def test_more_than_was_sent_is_not_returned(counter: Counter, delivered: str) -> None:
    opened = begin(counter, delivered)
    line = counter.line(delivered, "TEAPOT-S")
    status, refusal = counter.admin.refused(f"returns/{opened}/request-items", items=one_small(counter, delivered, 3))
    too_many = f"Cannot request to return more items than what was fulfilled for item {line}."
    assert (status, refusal) == (400, {"type": "invalid_data", "message": too_many})


def test_what_was_not_packed_is_not_returned(counter: Counter) -> None:
    order = counter.order()
    opened = begin(counter, order)
    status, refusal = counter.admin.refused(f"returns/{opened}/request-items", items=one_small(counter, order))
    assert (status, refusal["type"]) == (400, "invalid_data")
