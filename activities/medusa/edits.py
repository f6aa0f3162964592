"""Order edits of Medusa's, each under one of our keys: all of its strokes or none, confirmed once.

An edit keeps our key as its `internal_note`. It is staged in several requests; one that was left half staged is
withdrawn and staged anew, which moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from activities.medusa.amounts import to_medusa
from activities.medusa.client import NONE_ACTIVE, Json, said
from activities.medusa.deeds import Deed, Document, PlanT
from activities.medusa.documents.changes import Change, PreviewedOrder
from activities.medusa.kept import see_kept
from activities.medusa.reading import order_of
from activities.medusa.shop import Held
from activities.medusa.stock import check_available, read_stock
from domain.errors import CaseError
from domain.money import Money
from domain.shop.errors import OutOfStockError, ShopRefusedError, ShopUnavailableError
from domain.shop.orders import Order


@dataclass(frozen=True)
class SetLine:
    """So many pieces of a line from now on; none removes it."""

    line_id: str
    quantity: int


@dataclass(frozen=True)
class AddLine:
    """One more line. Without a price, Medusa's of today; the notes become the line's metadata."""

    variant_id: str
    quantity: int
    unit_price: Money | None = None
    notes: dict[str, str] = field(default_factory=dict)


Stroke = SetLine | AddLine


async def staged(
    held: Held, deed: Deed[Document, PlanT], note: str, strokes: Sequence[Stroke]
) -> tuple[Deed[Document, PlanT], PreviewedOrder]:
    """Open an edit with these strokes and our note; returns the order as it will be.

    Raises:
        OrderBusyError: another change is active.
        OutOfStockError: Medusa finds too little for a new line.
    """
    left_over = [change for change in await held.idle(but_for=note) if change.active]
    if left_over:
        await held.delete(f"order-edits/{held.name}")
    return await held.once(deed, lambda: _drawn(held, note, strokes))


async def confirmed(
    held: Held, deed: Deed[Document, PlanT], change: Change, order: Order, wanted: dict[str, int]
) -> Deed[Document, PlanT]:
    """Confirm an edit of ours, unless an attempt before has; `wanted` is how many pieces more it needs.

    Done is: the change reads `confirmed`, which Medusa writes together with the lines, and the stock is kept for them.

    Raises:
        OutOfStockError: another customer was faster; the edit stays open.
    """
    if change.active:
        await _check_stock(held, wanted)
        deed = await _confirm(held, deed, change)
    await see_kept(held, [line.id for line in order.lines])
    return deed


def under(changes: Iterable[Change], note: str) -> Change | None:
    """The edit with our note."""
    return next((change for change in changes if change.change_type == "edit" and change.internal_note == note), None)


async def carried_out(
    held: Held, deed: Deed[Document, PlanT], note: str, strokes: Sequence[Stroke]
) -> Deed[Document, PlanT]:
    """Stage and confirm an edit in one go, or go on where an attempt before has stopped.

    Raises:
        OrderBusyError: another change is active.
        OutOfStockError: there is not enough; nothing is left open.
    """
    held.must_be_settled(deed)
    edit, order = under(await held.changes(), note), order_of(await held.read())
    if edit and not edit.active:
        return await confirmed(held, deed, edit, order, {})
    wanted = more_wanted(order, strokes)
    await _check_stock(held, wanted)
    deed, _ = await staged(held, deed, note, strokes)
    edit = under(await held.changes(), note)
    if edit is None:
        raise ShopUnavailableError("Medusa does not show the edit yet")
    try:
        return await confirmed(held, deed, edit, order, wanted)
    except OutOfStockError:
        await held.delete(f"order-edits/{held.name}")
        raise


def more_wanted(order: Order, strokes: Sequence[Stroke]) -> dict[str, int]:
    """How many pieces more, by variant, have to be kept for strokes."""
    more: Counter[str] = Counter()
    for stroke in strokes:
        if isinstance(stroke, AddLine):
            more[stroke.variant_id] += stroke.quantity
        else:
            line = order.line(stroke.line_id)
            more[line.variant_id] += stroke.quantity - line.quantity
    return {variant_id: count for variant_id, count in more.items() if count > 0}


async def _drawn(held: Held, note: str, strokes: Sequence[Stroke]) -> PreviewedOrder:
    await held.post("order-edits", order_id=held.name, internal_note=note)
    answer: Json = {}
    try:
        for stroke in strokes:
            answer = await _draw(held, stroke)
    except CaseError as refusal:
        if isinstance(refusal, ShopUnavailableError):
            raise
        await held.delete(f"order-edits/{held.name}")
        raise _as_ours(refusal) from None
    return PreviewedOrder.model_validate(answer["order_preview"])


async def _draw(held: Held, stroke: Stroke) -> Json:
    path = f"order-edits/{held.name}/items"
    if isinstance(stroke, SetLine):
        return await held.post(f"{path}/item/{stroke.line_id}", quantity=stroke.quantity)
    item: Json = {"variant_id": stroke.variant_id, "quantity": stroke.quantity, "metadata": stroke.notes}
    if stroke.unit_price is not None:
        item["unit_price"] = to_medusa(stroke.unit_price)
    return await held.post(path, items=[item])


async def _check_stock(held: Held, wanted: dict[str, int]) -> None:
    # Medusa would find out too, but only after it has begun, and its way back has driven stock below nothing.
    stock = await read_stock(held.shop.client, wanted)
    for variant_id, count in wanted.items():
        if variant_id in stock:
            check_available(stock[variant_id], count)


async def _confirm(held: Held, deed: Deed[Document, PlanT], change: Change) -> Deed[Document, PlanT]:
    async def ask() -> None:
        try:
            await held.post(f"order-edits/{held.name}/confirm")
        except ShopRefusedError as refusal:
            if NONE_ACTIVE not in said(refusal):
                raise _as_ours(refusal) from None

    deed, _ = await held.once(deed, ask)
    # Its answer shows the order as it was before.
    now = {each.id: each for each in await held.changes()}
    if change.id not in now or now[change.id].active:
        raise ShopUnavailableError("Medusa does not show the edit as confirmed yet")
    return deed


def _as_ours(refusal: CaseError) -> CaseError:
    text = said(refusal) if isinstance(refusal, ShopRefusedError) else ""
    if "required inventory" in text or "Not enough stock" in text:
        return OutOfStockError(text, field="quantity")
    return refusal
