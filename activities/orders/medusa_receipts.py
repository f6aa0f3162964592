"""Goods that come back to a Medusa shop: booked once, on the shelf once.

Medusa's confirmation of a receipt is four writes at once: the return, its items, the order's lines with the total, the
stock. Killed in between it leaves any of them undone, and asked again it moves the stock again. So the levels are
written down before the confirmation is asked, and compared after every one that was not answered well at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from activities.medusa.client import NONE_ACTIVE, said
from activities.medusa.deeds import Deed, Kind, Plan
from activities.medusa.documents.changes import Change
from activities.medusa.documents.orders import MedusaOrder
from activities.medusa.levels import LevelStep, settle_level
from activities.medusa.reading import order_of
from activities.medusa.shop import Held, MedusaShop
from activities.medusa.stock import read_stock
from activities.orders.medusa_returns import ReturnDeed, read_return, return_under
from activities.shop.documents import id_for
from domain.shop.errors import ShopRefusedError, ShopUnavailableError
from domain.shop.goods_back import check_expected
from domain.shop.orders import Order
from domain.shop.returns import Receipt, ReceivedItem, ReturnDocument


class ReceiptPlan(Plan):
    """What arrived, and the levels that rise for it.

    Attributes:
        confirmations: how often Medusa was asked to confirm; more than one, or one without an answer, proves nothing.
    """

    return_key: str
    return_id: str
    items: tuple[ReceivedItem, ...]
    rising: tuple[LevelStep, ...]
    unfit: dict[str, int]
    confirmations: int = 0


RECEIPT = Kind(Receipt, ReceiptPlan)
ReceiptDeed = Deed[Receipt, ReceiptPlan]


class MedusaReceipts:
    """The part of `OrderReturns` that takes goods in."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def receive_return(
        self, key: str, order_id: str, receipt_key: str, items: Sequence[ReceivedItem]
    ) -> ReturnDocument:
        async with self._shop.holding(order_id) as held:
            announced_deed, announced = await return_under(self._shop, key, order_id)
            deed = await self._shop.deeds.repeated(RECEIPT, receipt_key, order_id, key, *items)
            if deed and deed.document:
                return await self._noted(announced_deed, announced, deed.document)
            if deed:
                held.must_be_settled(deed)
            check_expected(announced, items)
            changes = await held.idle(but_for=receipt_key)
            order = await held.read()
            async with self._stock_held(order_of(order), items):
                if deed is None:
                    deed = await self._begin(order, announced, receipt_key, items)
                deed = await self._carry_out(held, deed, _under(changes, receipt_key))
            await self._shop.set_aside.add(receipt_key, deed.plan.unfit)
            its_id = id_for("receipt", receipt_key)
            receipt = Receipt(key=receipt_key, id=its_id, at=deed.begun_at, items=tuple(items))
            return await self._noted(announced_deed, announced, await self._shop.deeds.shown(deed, receipt))

    async def _noted(self, deed: ReturnDeed, announced: ReturnDocument, receipt: Receipt) -> ReturnDocument:
        if announced.receipt(receipt.key):
            return announced
        return await self._shop.deeds.shown(deed, announced.with_receipt(receipt))

    @asynccontextmanager
    async def _stock_held(self, order: Order, items: Sequence[ReceivedItem]) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for variant_id in sorted({order.line(item.line_id).variant_id for item in items}):
                await stack.enter_async_context(self._shop.holding_stock(variant_id))
            yield

    async def _begin(
        self, found: MedusaOrder, announced: ReturnDocument, key: str, items: Sequence[ReceivedItem]
    ) -> ReceiptDeed:
        order = order_of(found)
        sound, unfit = _by_variant(order, items)
        there = await read_return(self._shop, announced.id)
        if there is None:
            raise ShopUnavailableError("Medusa does not show the return")
        plan = ReceiptPlan(
            return_key=announced.key,
            return_id=announced.id,
            items=tuple(items),
            rising=await _rising(self._shop, sound, there.location_id),
            unfit=unfit,
        )
        return await self._shop.deeds.begin(
            RECEIPT, key, order.id, plan, announced.key, *items, moving=[name for name in sound if sound[name]]
        )

    async def _carry_out(self, held: Held, deed: ReceiptDeed, change: Change | None) -> ReceiptDeed:
        """Book the receipt, or go on where an attempt before has stopped."""
        path = f"returns/{deed.plan.return_id}"
        if change and change.active and not deed.plan.confirmations:
            # Begun, and nobody knows whether all of its items are in it: nothing has moved yet.
            await held.delete(f"{path}/receive")
            change = None
        if change is None:
            deed, _ = await held.once(deed, lambda: _draw(held, deed.key, path, deed.plan.items))
        if change is None or change.active:
            deed = await self._confirm(held, deed, path)
        if deed.plan.confirmations != 1 or change:
            for step in deed.plan.rising:
                deed = await settle_level(held, deed, step)
        return deed

    async def _confirm(self, held: Held, deed: ReceiptDeed, path: str) -> ReceiptDeed:
        async def ask() -> None:
            try:
                await held.post(f"{path}/receive/confirm")
            except ShopRefusedError as refusal:
                if NONE_ACTIVE not in said(refusal):
                    raise

        confirmations = deed.plan.confirmations + 1
        plan = deed.plan.model_copy(update={"confirmations": confirmations})
        deed, _ = await held.once(await self._shop.deeds.planned(deed, plan), ask)
        change = _under(await held.changes(), deed.key)
        if change is None or change.active:
            raise ShopUnavailableError("Medusa does not show the receipt as confirmed yet")
        return deed


async def _draw(held: Held, key: str, path: str, items: Sequence[ReceivedItem]) -> None:
    await held.post(f"{path}/receive", internal_note=key)
    good = [{"id": item.line_id, "quantity": item.sound} for item in items if item.sound]
    bad = [{"id": item.line_id, "quantity": item.quantity - item.sound} for item in items if item.quantity > item.sound]
    if good:
        await held.post(f"{path}/receive-items", items=good)
    if bad:
        await held.post(f"{path}/dismiss-items", items=bad)


def _under(changes: Iterable[Change], key: str) -> Change | None:
    receipts = (change for change in changes if change.change_type == "return_receive")
    return next((change for change in receipts if change.internal_note == key), None)


def _by_variant(order: Order, items: Sequence[ReceivedItem]) -> tuple[Counter[str], Counter[str]]:
    sound: Counter[str] = Counter()
    unfit: Counter[str] = Counter()
    for item in items:
        variant_id = order.line(item.line_id).variant_id
        sound[variant_id] += item.sound
        unfit[variant_id] += item.quantity - item.sound
    return sound, unfit


async def _rising(shop: MedusaShop, sound: Counter[str], location_id: str | None) -> tuple[LevelStep, ...]:
    stock = await read_stock(shop.client, [name for name in sound if sound[name]])
    return tuple(
        LevelStep(
            item_id=item.inventory_item_id,
            location_id=level.location_id,
            before=level.stocked_quantity,
            after=level.stocked_quantity + sound[name] * item.required_quantity,
        )
        for name, variant in sorted(stock.items())
        if variant.managed
        for item in variant.inventory_items
        for level in item.levels
        if level.location_id == location_id
    )
