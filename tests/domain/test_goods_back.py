"""What can be announced to come back, and what can arrive of it."""

from __future__ import annotations

import pytest

from domain.errors import CaseError, InvalidInputError
from domain.money import Money
from domain.shop.errors import LineNotFoundError, QuantityNotPossibleError, StepStateError
from domain.shop.goods_back import check_announced, check_expected, value_of
from domain.shop.orders import Order, OrderLine
from domain.shop.returns import ReceivedItem, ReturnDocument, ReturnItem, ReturnStatus
from domain.shop.values import Address, PaymentMethod


def back(line_id: str, quantity: int) -> ReturnItem:
    return ReturnItem(line_id=line_id, quantity=quantity, reason="too small")


def announced(*items: ReturnItem, status: ReturnStatus = ReturnStatus.REQUESTED) -> ReturnDocument:
    value = Money(minor=0, currency="CNY")
    return ReturnDocument(key="c:r:1", id="r1", at=0, order_id="o1", status=status, items=items, value=value)


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


def test_return_is_worth_what_its_pieces_cost() -> None:
    price, nothing = Money(minor=250, currency="CNY"), Money(minor=0, currency="CNY")
    line = OrderLine(id="l1", variant_id="v1", title="Cup", category="home", unit_price=price, quantity=4)
    order = Order(
        id="o1",
        number="1",
        customer_id="K1",
        currency="CNY",
        placed_at=0,
        payment_method=PaymentMethod.CARD,
        address=Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN"),
        lines=(line,),
        shipping=nothing,
        total=price.times(4),
    )
    assert value_of(order, [back("l1", 3)]) == Money(minor=750, currency="CNY")
