"""Refunds in a real Medusa: what is found again, and what is dangerous."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.medusa.admin import Json
from tests.medusa.counter import Counter
from tests.medusa.test_order_edit import begin, confirm

NOTE = "case-1/refund"


def refund(counter: Counter, order: str, amount: float, note: str = NOTE) -> tuple[int, Json]:
    """Ask for a refund; status and body of the answer."""
    return counter.admin.ask("POST", f"payments/{counter.payment(order)}/refund", {"amount": amount, "note": note})


def test_refund_is_found_again_by_its_note(counter: Counter) -> None:
    order = counter.order()
    status, answer = refund(counter, order, 19.9)
    assert (status, [made["note"] for made in answer["payment"]["refunds"]]) == (200, [NOTE])
    assert counter.refunds(order) == [("19.9", NOTE)]
    found = counter.read(order)
    assert (found["payment_status"], found["summary"]["refunded_total"]) == ("partially_refunded", Decimal("19.9"))


def test_repeated_refund_pays_twice_and_lowers_the_total_where_nothing_was_owed(counter: Counter) -> None:
    order = counter.order()
    assert [refund(counter, order, 5)[0] for _ in range(2)] == [200, 200]
    assert counter.refunds(order) == [("5", NOTE), ("5", NOTE)]
    assert counter.owed(order) == ("64.6", "0")
    assert counter.changes(order) == [("credit_line", "confirmed", None)] * 2


def test_refund_of_what_is_owed_settles_it(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=1)
    confirm(counter, order)
    refund(counter, order, 19.9)
    assert counter.owed(order) == ("54.7", "0")
    assert counter.changes(order) == [("edit", "confirmed", "case-1/edit")]


def test_refused_refund_has_been_paid_all_the_same_while_a_change_is_active(counter: Counter) -> None:
    order = counter.order()
    begin(counter, order, small=3)
    status, refusal = refund(counter, order, 5)
    assert (status, refusal["type"]) == (400, "invalid_data")
    assert "active order change" in refusal["message"]
    assert counter.refunds(order) == [("5", NOTE)]


def test_more_than_was_captured_is_refused_but_fractions_of_a_cent_are_not(counter: Counter) -> None:
    order = counter.order()
    refund(counter, order, 70.333)
    too_much = {"type": "invalid_data", "message": "You are not allowed to refund more than the captured amount"}
    assert refund(counter, order, 5) == (400, too_much)
    assert counter.refunds(order) == [("70.333", NOTE)]


@pytest.mark.parametrize("amount", [0, -1])
def test_refund_of_nothing_is_refused(counter: Counter, amount: int) -> None:
    status, refusal = refund(counter, counter.shop.orders["paid"], amount)
    assert (status, refusal["type"]) == (400, "invalid_data")


def test_refund_takes_a_note_but_no_metadata(counter: Counter) -> None:
    payment = counter.payment(counter.shop.orders["paid"])
    status, refusal = counter.admin.refused(f"payments/{payment}/refund", amount=1, metadata={"key": NOTE})
    assert (status, refusal["message"]) == (400, "Invalid request: Unrecognized fields: 'metadata'")
