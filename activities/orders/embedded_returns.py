"""The embedded shop's returns and replacements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from activities.orders.idle import check_idle
from activities.shop.documents import file, find, fingerprint, id_for, must_find, refile, repeated
from activities.shop.stock import keep, read_variants, take_in
from activities.shop.transactions import HeldOrder, ShopBooks
from domain.shop.edits import check_not_canceled, reserved_more, with_line
from domain.shop.errors import StepStateError, VariantNotFoundError
from domain.shop.goods_back import check_announced, check_expected, value_of
from domain.shop.orders import counted
from domain.shop.returns import (
    Receipt,
    ReceivedItem,
    Replacement,
    ReplacementRequest,
    ReplacementStatus,
    ReturnDocument,
    ReturnItem,
    ReturnStatus,
)


class EmbeddedOrderReturns:
    """`OrderReturns` over the store."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def request_return(self, key: str, order_id: str, items: Sequence[ReturnItem]) -> ReturnDocument:
        content = fingerprint("return", order_id, items)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, ReturnDocument, key, content):
                return before
            await check_idle(held)
            check_announced(items)
            await held.becomes(counted(held.order, {i.line_id: {"return_requested": i.quantity} for i in items}))
            await held.tell("return_requested", key, key=key)
            requested = ReturnDocument(
                key=key,
                id=id_for("return", key),
                at=held.now,
                order_id=order_id,
                status=ReturnStatus.REQUESTED,
                items=tuple(items),
                value=value_of(held.order, items),
            )
            return await file(held.connection, requested, order_id, content)

    async def receive_return(
        self, key: str, order_id: str, receipt_key: str, items: Sequence[ReceivedItem]
    ) -> ReturnDocument:
        content = fingerprint("receipt", order_id, key, items)
        async with self._books.holding(order_id) as held:
            announced = await must_find(held.connection, ReturnDocument, key, order_id)
            if await repeated(held.connection, Receipt, receipt_key, content):
                return announced
            await check_idle(held)
            check_expected(announced, items)
            receipt = Receipt(key=receipt_key, id=id_for("receipt", receipt_key), at=held.now, items=tuple(items))
            await file(held.connection, receipt, order_id, content)
            await _book_in(held, items)
            received = announced.with_receipt(receipt)
            await held.tell("return_received", receipt_key, key=key, return_status=received.status.value)
            return await refile(held.connection, received)

    async def cancel_return(self, key: str, order_id: str) -> ReturnDocument:
        async with self._books.holding(order_id) as held:
            announced = await must_find(held.connection, ReturnDocument, key, order_id)
            if announced.receipts:
                raise _step("something of the return has arrived", announced)
            if announced.status is ReturnStatus.CANCELED:
                return announced
            dropped = {item.line_id: {"return_requested": -item.quantity} for item in announced.items}
            await held.becomes(counted(held.order, dropped))
            await held.tell("return_canceled", key, key=key)
            return await refile(held.connection, announced, status=ReturnStatus.CANCELED)

    async def find_return(self, key: str, order_id: str) -> ReturnDocument | None:
        async with self._books.reading() as connection:
            return await find(connection, ReturnDocument, key, order_id)

    async def send_replacement(self, key: str, order_id: str, request: ReplacementRequest) -> Replacement:
        content = fingerprint("replacement", order_id, request)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, Replacement, key, content):
                return before
            await check_idle(held)
            if request.return_key:
                await must_find(held.connection, ReturnDocument, request.return_key, order_id)
            replacement = await _add(held, key, request)
            return await file(held.connection, replacement, order_id, content)

    async def cancel_replacement(self, key: str, order_id: str) -> Replacement:
        async with self._books.holding(order_id) as held:
            replacement = await must_find(held.connection, Replacement, key, order_id)
            if replacement.status is ReplacementStatus.CANCELED:
                return replacement
            order = held.order
            after = counted(order, {line: {"quantity": -order.line(line).quantity} for line in replacement.line_ids})
            await keep(held.connection, reserved_more(order, after))
            await held.becomes(after)
            await held.tell("replacement_canceled", key, key=key)
            return await refile(held.connection, replacement, status=ReplacementStatus.CANCELED)

    async def find_replacement(self, key: str, order_id: str) -> Replacement | None:
        async with self._books.reading() as connection:
            return await find(connection, Replacement, key, order_id)


async def _book_in(held: HeldOrder, items: Sequence[ReceivedItem]) -> None:
    sound: Counter[str] = Counter()
    unfit: Counter[str] = Counter()
    for item in items:
        variant_id = held.order.line(item.line_id).variant_id
        sound[variant_id] += item.sound
        unfit[variant_id] += item.damaged + item.other
    arrived = {i.line_id: {"return_requested": -i.quantity, "returned": i.quantity} for i in items}
    await held.becomes(counted(held.order, arrived))
    await take_in(held.connection, sound, unfit)


async def _add(held: HeldOrder, key: str, request: ReplacementRequest) -> Replacement:
    before = after = held.order
    check_not_canceled(before)
    variants = await read_variants(held.connection, {item.variant_id for item in request.items})
    for item in request.items:
        if item.variant_id not in variants:
            raise VariantNotFoundError(f"the shop does not sell {item.variant_id}", field="variant_id")
        variant, replaced = variants[item.variant_id], before.line(item.replaces)
        price = item.unit_price or variant.price(before.currency)
        after = with_line(after, variant, item.quantity, price, replaced.id)
    await keep(held.connection, reserved_more(before, after))
    await held.becomes(after)
    await held.tell("replacement_requested", key, key=key, why=request.why)
    return Replacement(
        key=key,
        id=id_for("replacement", key),
        at=held.now,
        order_id=before.id,
        status=ReplacementStatus.REQUESTED,
        why=request.why,
        line_ids=tuple(line.id for line in after.lines[len(before.lines) :]),
        value=after.total.beyond(before.total),
        return_key=request.return_key,
    )


def _step(message: str, announced: ReturnDocument) -> StepStateError:
    return StepStateError(message, field="key", key=announced.key, status=announced.status.value)
