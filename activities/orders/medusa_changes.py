"""Changes of a Medusa order's lines, as order edits: staged and shown, then confirmed or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from activities.medusa.amounts import from_medusa
from activities.medusa.deeds import Deed, Kind, Plan
from activities.medusa.documents.changes import PreviewedLine, PreviewedOrder
from activities.medusa.edits import AddLine, SetLine, Stroke, confirmed, more_wanted, staged, under
from activities.medusa.reading import order_of
from activities.medusa.shop import Held, MedusaShop
from activities.medusa.stock import StockedVariant, check_available, must_read_stock, read_stock
from activities.orders.medusa_returns import RETURN
from domain.errors import CaseError
from domain.shop.changes import (
    AddItem,
    ChangePreview,
    ChangeStatus,
    LineChange,
    LinePreview,
    RemoveLine,
    SetQuantity,
    StagedChange,
)
from domain.shop.edits import edited, preview, variants_of
from domain.shop.errors import NothingUnderKeyError, ShopUnavailableError, StepStateError
from domain.shop.goods_back import busy_coming_back, line_coming_back
from domain.shop.orders import Order
from domain.shop.values import Variant


class ChangePlan(Plan):
    """What is to be changed."""

    changes: tuple[LineChange, ...]


CHANGE = Kind(StagedChange, ChangePlan)
ChangeDeed = Deed[StagedChange, ChangePlan]


class MedusaOrderChanges:
    """The part of `OrderSystem` that reads orders and changes their lines."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def order(self, order_id: str) -> Order:
        return order_of(await self._shop.read(order_id))

    async def variant(self, variant_id: str) -> Variant:
        return (await must_read_stock(self._shop.client, variant_id)).as_told()

    async def stage_change(self, key: str, order_id: str, changes: Sequence[LineChange]) -> StagedChange:
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.repeated(CHANGE, key, order_id, *changes)
            if deed and deed.document:
                return await self._standing(deed.document)
            if deed:
                held.must_be_settled(deed)
            order = order_of(await held.read())
            if line_id := line_coming_back(order, changes):
                returns = await self._shop.deeds.all_about(RETURN, order_id)
                raise busy_coming_back(line_id, [deed.document for deed in returns if deed.document])
            stock = await read_stock(
                self._shop.client, variants_of(changes) | {line.variant_id for line in order.lines}
            )
            shown, strokes = _shown_before(order, changes, stock)
            await held.idle(but_for=key)
            if deed is None:
                plan = ChangePlan(changes=tuple(changes))
                deed = await self._shop.deeds.begin(CHANGE, key, order_id, plan, *changes)
            return await self._stage(held, deed, order, shown, strokes)

    async def confirm_change(self, key: str, order_id: str) -> StagedChange:
        async with self._shop.holding(order_id) as held:
            deed, change = await self._begun(key, order_id)
            if change.status is ChangeStatus.CONFIRMED:
                return change
            settled = held.settled(deed)
            edit = under(await held.changes(), key)
            if change.status is ChangeStatus.DISCARDED or edit is None:
                await self._shop.deeds.shown(deed, _with(change, ChangeStatus.DISCARDED))
                raise _over(change, ChangeStatus.DISCARDED)
            order = order_of(await held.read())
            wanted: dict[str, int] = {}
            if edit.active:
                if not settled:
                    held.must_be_settled(deed)
                stock = await read_stock(self._shop.client, variants_of(change.changes))
                edited(order, change.changes, _told(stock))
                wanted = more_wanted(order, _strokes(order, change.changes))
            deed = await confirmed(held, deed, edit, order, wanted)
            return await self._shop.deeds.shown(deed, _with(change, ChangeStatus.CONFIRMED))

    async def discard_change(self, key: str, order_id: str) -> StagedChange:
        async with self._shop.holding(order_id) as held:
            deed, change = await self._begun(key, order_id)
            if change.status is ChangeStatus.DISCARDED:
                return change
            held.must_be_settled(deed)
            edit = under(await held.changes(), key)
            if change.status is ChangeStatus.CONFIRMED or (edit and not edit.active):
                raise _over(change, ChangeStatus.CONFIRMED)
            if edit:
                await held.delete(f"order-edits/{order_id}")
            return await self._shop.deeds.shown(deed, _with(change, ChangeStatus.DISCARDED))

    async def find_change(self, key: str, order_id: str) -> StagedChange | None:
        deed = await self._shop.deeds.find(CHANGE, key, order_id)
        return await self._standing(deed.document) if deed and deed.document else None

    async def active_change(self, order_id: str) -> StagedChange | None:
        for change in await self._shop.changes(order_id):
            if change.active and change.internal_note:
                deed = await self._shop.deeds.find(CHANGE, change.internal_note, order_id)
                return deed.document if deed else None
        return None

    async def _stage(
        self, held: Held, deed: ChangeDeed, order: Order, shown: ChangePreview, strokes: Sequence[Stroke]
    ) -> StagedChange:
        try:
            deed, found = await staged(held, deed, deed.key, strokes)
        except CaseError as refusal:
            if not isinstance(refusal, ShopUnavailableError):
                await self._shop.deeds.forget(deed)
            raise
        if _counted(shown) != _counted(after := _preview(order, found)):
            raise ShopUnavailableError("Medusa does not show the edit as it was drawn")
        change = StagedChange(
            key=deed.key,
            id=f"edit-{deed.key}"[:64],
            at=deed.begun_at,
            order_id=order.id,
            status=ChangeStatus.STAGED,
            changes=deed.plan.changes,
            preview=after,
        )
        return await self._shop.deeds.shown(deed, change)

    async def _begun(self, key: str, order_id: str) -> tuple[ChangeDeed, StagedChange]:
        deed = await self._shop.deeds.find(CHANGE, key, order_id)
        if deed is None or deed.document is None:
            raise NothingUnderKeyError(f"no change has the key {key}", field="key", key=key)
        return deed, deed.document

    async def _standing(self, change: StagedChange) -> StagedChange:
        # Withdrawn by somebody at Medusa, an edit is in no list. One that reads confirmed there stays staged here
        # until `confirm_change` has seen the stock too.
        if change.status is ChangeStatus.STAGED and not under(await self._shop.changes(change.order_id), change.key):
            return _with(change, ChangeStatus.DISCARDED)
        return change


def _shown_before(
    order: Order, changes: Sequence[LineChange], stock: dict[str, StockedVariant]
) -> tuple[ChangePreview, list[Stroke]]:
    after = edited(order, changes, _told(stock))
    strokes = _strokes(order, changes)
    for variant_id, count in more_wanted(order, strokes).items():
        if variant_id in stock:
            check_available(stock[variant_id], count)
    return preview(order, after), strokes


def _strokes(order: Order, changes: Sequence[LineChange]) -> list[Stroke]:
    strokes: list[Stroke] = []
    for change in changes:
        if isinstance(change, AddItem):
            strokes.append(AddLine(change.variant_id, change.quantity))
        elif isinstance(change, SetQuantity):
            strokes.append(SetLine(change.line_id, change.quantity))
        elif isinstance(change, RemoveLine):
            strokes.append(SetLine(change.line_id, 0))
        else:
            pieces = order.line(change.line_id).quantity
            strokes += [SetLine(change.line_id, 0), AddLine(change.variant_id, pieces)]
    return strokes


def _preview(order: Order, found: PreviewedOrder) -> ChangePreview:
    known = [line.id for line in order.lines]
    new = sorted(line.id for line in found.items if line.id not in known)
    by_id = {line.id: line for line in found.items if line.detail.quantity}
    after = [_line(order, by_id[name]) for name in [*known, *new] if name in by_id]
    return ChangePreview(
        lines_before=preview(order, order).lines_before,
        lines_after=tuple(after),
        before=order.total,
        after=from_medusa(found.item_total + found.shipping_total, order.currency),
    )


def _line(order: Order, line: PreviewedLine) -> LinePreview:
    seen = line.detail
    kept = seen.quantity - seen.return_received_quantity - seen.return_dismissed_quantity
    known = {known.id: known.unit_price for known in order.lines}
    price = from_medusa(line.total / kept, order.currency) if kept else known[line.id]
    return LinePreview(line_id=line.id, variant_id=line.variant_id or "–", quantity=kept, unit_price=price)


def _counted(shown: ChangePreview) -> list[tuple[str, int]]:
    return sorted((line.variant_id, line.quantity) for line in shown.lines_after)


def _told(stock: dict[str, StockedVariant]) -> dict[str, Variant]:
    return {name: variant.as_told() for name, variant in stock.items()}


def _with(change: StagedChange, status: ChangeStatus) -> StagedChange:
    return change.model_copy(update={"status": status})


def _over(change: StagedChange, status: ChangeStatus) -> StepStateError:
    return StepStateError(f"the change was {status}", field="key", key=change.key, status=status.value)
