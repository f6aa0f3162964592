"""What can be announced to come back, and what can arrive of it: pure checks, whoever stores the order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.errors import InvalidInputError
from domain.money import Money
from domain.shop.changes import AddItem, LineChange
from domain.shop.edits import check_named_once
from domain.shop.errors import LineNotFoundError, OrderBusyError, QuantityNotPossibleError, StepStateError
from domain.shop.orders import Order
from domain.shop.returns import ReceivedItem, ReturnDocument, ReturnItem, ReturnStatus


def check_announced(items: Sequence[ReturnItem]) -> None:
    """See that something is announced, each line once.

    Raises:
        InvalidInputError: it is not.
    """
    if not items:
        raise InvalidInputError("expected at least one line to come back", field="items")
    check_named_once("items", [item.line_id for item in items])


def line_coming_back(order: Order, changes: Iterable[LineChange]) -> str | None:
    """A line that a change names although goods of it are on their way back, or None."""
    coming = {line.id for line in order.lines if line.return_requested}
    named = (change.line_id for change in changes if not isinstance(change, AddItem))
    return next((line_id for line_id in named if line_id in coming), None)


def busy_coming_back(line_id: str, returns: Iterable[ReturnDocument]) -> OrderBusyError:
    """The refusal of such a change; details name the key of the return, None if it is not one of ours."""
    back = (one for one in returns if one.status is not ReturnStatus.CANCELED)
    holder = next((one.key for one in back if one.outstanding().get(line_id)), None)
    return OrderBusyError(
        f"goods of line {line_id} are coming back, {holder or 'announced by somebody else'}",
        field="line_id",
        line_id=line_id,
        holder=holder,
    )


def check_expected(announced: ReturnDocument, items: Sequence[ReceivedItem]) -> None:
    """See that what arrived is part of the return, and still outstanding.

    Raises:
        StepStateError: the return was canceled.
        InvalidInputError: nothing arrived, or a line is named twice.
        LineNotFoundError: a line is not part of the return.
        QuantityNotPossibleError: more arrived than is outstanding.
    """
    if announced.status is ReturnStatus.CANCELED:
        status = announced.status.value
        raise StepStateError("the return was canceled", field="key", key=announced.key, status=status)
    if not items:
        raise InvalidInputError("expected at least one line that arrived", field="items")
    check_named_once("items", [item.line_id for item in items])
    outstanding = announced.outstanding()
    for item in items:
        if item.line_id not in outstanding:
            raise LineNotFoundError(f"line {item.line_id} is not part of the return", field="line_id")
        if item.quantity > outstanding[item.line_id]:
            raise QuantityNotPossibleError(
                f"{item.quantity} arrived of line {item.line_id}, {outstanding[item.line_id]} expected",
                field="quantity",
                line_id=item.line_id,
                outstanding=outstanding[item.line_id],
            )


def value_of(order: Order, items: Sequence[ReturnItem]) -> Money:
    """The price of all that is announced."""
    prices = [order.line(item.line_id).unit_price.times(item.quantity) for item in items]
    return Money(minor=sum(price.minor for price in prices), currency=order.currency)
