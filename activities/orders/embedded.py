"""The embedded shop's orders, and changes of them."""

from __future__ import annotations

from collections.abc import Sequence

from activities.orders.embedded_returns import EmbeddedOrderReturns
from activities.orders.idle import check_idle, find_active, returns_of
from activities.shop.documents import file, find, fingerprint, id_for, must_find, refile, repeated
from activities.shop.money import read_account
from activities.shop.stock import check_available, keep, read_variant, read_variants
from activities.shop.transactions import HeldOrder, ShopBooks, read_order
from domain.money import Money
from domain.shop.changes import (
    Amendment,
    AmendmentKind,
    Cancellation,
    ChangeStatus,
    LineChange,
    StagedChange,
)
from domain.shop.edits import check_not_canceled, edited, preview, reserved_more, variants_of
from domain.shop.errors import OrderStateError, PaymentMethodFixedError, StepStateError
from domain.shop.goods_back import busy_coming_back, line_coming_back
from domain.shop.orders import Order, counted
from domain.shop.values import Address, PaymentMethod, Variant


class EmbeddedOrderChanges:
    """`OrderReading` and `OrderChanges` over the store."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def order(self, order_id: str) -> Order:
        async with self._books.reading() as connection:
            return await read_order(connection, order_id)

    async def variant(self, variant_id: str) -> Variant:
        async with self._books.reading() as connection:
            return await read_variant(connection, variant_id)

    async def stage_change(self, key: str, order_id: str, changes: Sequence[LineChange]) -> StagedChange:
        content = fingerprint("change", order_id, changes)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, StagedChange, key, content):
                return before
            await check_idle(held)
            if line_id := line_coming_back(held.order, changes):
                raise busy_coming_back(line_id, await returns_of(held.connection, order_id))
            after = edited(held.order, changes, await read_variants(held.connection, variants_of(changes)))
            await check_available(held.connection, reserved_more(held.order, after))
            change = StagedChange(
                key=key,
                id=id_for("change", key),
                at=held.now,
                order_id=order_id,
                status=ChangeStatus.STAGED,
                changes=tuple(changes),
                preview=preview(held.order, after),
            )
            return await file(held.connection, change, order_id, content)

    async def confirm_change(self, key: str, order_id: str) -> StagedChange:
        async with self._books.holding(order_id) as held:
            change = await must_find(held.connection, StagedChange, key, order_id)
            if change.status is ChangeStatus.DISCARDED:
                raise _over(change)
            if change.status is ChangeStatus.STAGED:
                await _carry_out(held, change)
                change = await refile(held.connection, change, status=ChangeStatus.CONFIRMED)
            return change

    async def discard_change(self, key: str, order_id: str) -> StagedChange:
        async with self._books.holding(order_id) as held:
            change = await must_find(held.connection, StagedChange, key, order_id)
            if change.status is ChangeStatus.CONFIRMED:
                raise _over(change)
            return await refile(held.connection, change, status=ChangeStatus.DISCARDED)

    async def find_change(self, key: str, order_id: str) -> StagedChange | None:
        async with self._books.reading() as connection:
            return await find(connection, StagedChange, key, order_id)

    async def active_change(self, order_id: str) -> StagedChange | None:
        async with self._books.reading() as connection:
            return await find_active(connection, order_id)

    async def change_address(self, key: str, order_id: str, address: Address) -> Amendment:
        content = fingerprint("address", order_id, address)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, Amendment, key, content):
                return before
            check_not_canceled(held.order)
            if any(line.shipped for line in held.order.lines):
                raise _too_late(held.order, "the address cannot be changed any more")
            await held.becomes(held.order.model_copy(update={"address": address}))
            return await _amended(held, key, AmendmentKind.ADDRESS, content)

    async def change_payment_method(self, key: str, order_id: str, method: PaymentMethod) -> Amendment:
        content = fingerprint("payment_method", order_id, method)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, Amendment, key, content):
                return before
            check_not_canceled(held.order)
            captured = (await read_account(held.connection, order_id)).captured
            if captured.minor:
                raise PaymentMethodFixedError(f"{captured} were taken already", field="payment_method")
            await held.becomes(held.order.model_copy(update={"payment_method": method}))
            return await _amended(held, key, AmendmentKind.PAYMENT_METHOD, content)

    async def find_amendment(self, key: str, order_id: str) -> Amendment | None:
        async with self._books.reading() as connection:
            return await find(connection, Amendment, key, order_id)

    async def cancel_order(self, key: str, order_id: str, reason: str) -> Cancellation:
        content = fingerprint("cancellation", order_id)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, Cancellation, key, content):
                return before
            await check_idle(held)
            cancellation = await _cancel(held, key, reason)
            account = await read_account(held.connection, order_id)
            cancellation = cancellation.model_copy(update={"refundable": account.refundable})
            return await file(held.connection, cancellation, order_id, content)

    async def find_cancellation(self, key: str, order_id: str) -> Cancellation | None:
        async with self._books.reading() as connection:
            return await find(connection, Cancellation, key, order_id)


class EmbeddedOrderSystem(EmbeddedOrderChanges, EmbeddedOrderReturns):
    """`OrderSystem` over the store."""


async def _carry_out(held: HeldOrder, change: StagedChange) -> None:
    variants = await read_variants(held.connection, variants_of(change.changes))
    quoted = change.preview.quoted()
    at_quoted_price = {
        name: variant.model_copy(update={"prices": {quoted[name].currency: quoted[name].minor}})
        for name, variant in variants.items()
    }
    after = edited(held.order, change.changes, at_quoted_price)
    await keep(held.connection, reserved_more(held.order, after))
    await held.becomes(after)
    await held.tell("changed", change.key, key=change.key, difference=change.preview.difference)


async def _amended(held: HeldOrder, key: str, what: AmendmentKind, content: str) -> Amendment:
    await held.tell("changed", key, key=key, what=what.value)
    order_id = held.order.id
    amendment = Amendment(key=key, id=id_for("amendment", key), at=held.now, order_id=order_id, what=what)
    return await file(held.connection, amendment, order_id, content)


async def _cancel(held: HeldOrder, key: str, reason: str) -> Cancellation:
    before = held.order
    # Goods that stand in for others are owed to the customer; only who sends them takes them back.
    left = {line.id: line for line in before.lines if line.quantity > line.shipped and not line.replaces}
    if not left:
        raise _too_late(before, "nothing is left to cancel")
    after = counted(
        before,
        {
            name: {"quantity": line.shipped - line.quantity, "fulfilled": line.shipped - line.fulfilled}
            for name, line in left.items()
        },
    )
    await keep(held.connection, reserved_more(before, after))
    await held.becomes(after)
    await held.tell("canceled", key, key=key)
    return Cancellation(
        key=key,
        id=id_for("cancellation", key),
        at=held.now,
        order_id=before.id,
        reason=reason,
        pieces={name: line.quantity - line.shipped for name, line in left.items()},
        before=before.total,
        after=after.total,
        refunded=Money(minor=0, currency=before.currency),
    )


def _too_late(order: Order, what: str) -> OrderStateError:
    state = order.fulfilment.value
    return OrderStateError(f"order {order.number} is {state}: {what}", field="order_id", state=state)


def _over(change: StagedChange) -> StepStateError:
    return StepStateError(f"the change was {change.status}", field="key", key=change.key, status=change.status.value)
