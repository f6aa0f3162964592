"""What can be announced to come back, and what can arrive of it."""

from __future__ import annotations

import pytest

from domain.errors import CaseError, InvalidInputError
from domain.money import Money
from domain.shop.changes import AddItem, LineChange, RemoveLine, SetQuantity
from domain.shop.errors import LineNotFoundError, QuantityNotPossibleError, StepStateError
from domain.shop.goods_back import busy_coming_back, check_announced, check_expected, line_coming_back, value_of
from domain.shop.orders import Order, OrderLine
from domain.shop.returns import ReceivedItem, ReturnDocument, ReturnItem, ReturnStatus
from domain.shop.values import Address, PaymentMethod


def back(line_id: str, quantity: int) -> ReturnItem:
    return ReturnItem(line_id=line_id, quantity=quantity, reason="too small")


def announced(*items: ReturnItem, status: ReturnStatus = ReturnStatus.REQUESTED, key: str = "c:r:1") -> ReturnDocument:
    value = Money(minor=0, currency="CNY")
    return ReturnDocument(key=key, id="r1", at=0, order_id="o1", status=status, items=items, value=value)


def test_something_is_announced_and_each_line_once() -> None:
    check_announced([back("l1", 1), back("l2", 1)])
    for items in ([], [back("l1", 1), back("l1", 2)]):
        with pytest.raises(InvalidInputError) as refused:
            check_announced(items)
        assert refused.value.details["field"] == "items"


def test_what_is_outstanding_may_arrive() -> None:
    check_expected(announced(back("l1", 2), back("l2", 1)), [ReceivedItem(line_id="l1", sound=1, damaged=1)])


@pytest.mark.parametrize(
    ("refusal", "status", "items"),
    [
        (StepStateError, ReturnStatus.CANCELED, [ReceivedItem(line_id="l1", sound=1)]),
        (InvalidInputError, ReturnStatus.REQUESTED, []),
        (InvalidInputError, ReturnStatus.REQUESTED, [ReceivedItem(line_id="l1", sound=1)] * 2),
        (LineNotFoundError, ReturnStatus.REQUESTED, [ReceivedItem(line_id="l9", sound=1)]),
        (QuantityNotPossibleError, ReturnStatus.REQUESTED, [ReceivedItem(line_id="l1", sound=2, other=1)]),
    ],
)
def test_what_was_not_announced_is_refused(
    refusal: type[CaseError], status: ReturnStatus, items: list[ReceivedItem]
) -> None:
    with pytest.raises(refusal):
        check_expected(announced(back("l1", 2), status=status), items)


def coming_back(line_id: str) -> Order:
    """An order of two lines, a piece of one of which is announced to come back."""
    order = ordered("l1", "l2")
    lines = [line.model_copy(update={"return_requested": 1} if line.id == line_id else {}) for line in order.lines]
    return order.model_copy(update={"lines": tuple(lines)})


@pytest.mark.parametrize(
    ("returns", "holder"),
    [
        ([announced(back("l2", 1), key="c7:r:1"), announced(back("l1", 1), key="c8:r:1")], "c8:r:1"),
        ([announced(back("l1", 1), status=ReturnStatus.CANCELED)], None),
        ([], None),
    ],
)
def test_change_of_a_line_that_is_coming_back_is_refused_with_the_return(
    returns: list[ReturnDocument], holder: str | None
) -> None:
    line_id = line_coming_back(coming_back("l1"), [SetQuantity(line_id="l1", quantity=5)])
    assert line_id == "l1"
    refused = busy_coming_back(line_id, returns)
    assert (refused.details["line_id"], refused.details["holder"]) == ("l1", holder)


def test_change_that_leaves_alone_what_is_coming_back_is_none_of_the_returns_business() -> None:
    changes: list[LineChange] = [
        AddItem(variant_id="v1", quantity=1),
        RemoveLine(line_id="l2"),
        RemoveLine(line_id="l9"),
    ]
    assert line_coming_back(coming_back("l1"), changes) is None


def ordered(*line_ids: str) -> Order:
    price, nothing = Money(minor=250, currency="CNY"), Money(minor=0, currency="CNY")
    bought = {"variant_id": "v1", "title": "Cup", "category": "home", "unit_price": price, "quantity": 4}
    delivered = {"fulfilled": 4, "shipped": 4, "delivered": 4}
    lines = tuple(OrderLine.model_validate({"id": line_id, **bought, **delivered}) for line_id in line_ids)
    return Order(
        id="o1",
        number="1",
        customer_id="K1",
        currency="CNY",
        placed_at=0,
        payment_method=PaymentMethod.CARD,
        address=Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN"),
        lines=lines,
        shipping=nothing,
        total=price.times(4 * len(lines)),
    )


def test_return_is_worth_what_its_pieces_cost() -> None:
    assert value_of(ordered("l1"), [back("l1", 3)]) == Money(minor=750, currency="CNY")
