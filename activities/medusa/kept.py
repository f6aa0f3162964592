"""The stock that Medusa keeps for the lines of an order: seen to be right, and put right where a crash left it torn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from activities.medusa.documents.orders import Line, MedusaOrder
from activities.medusa.documents.stock import ReservationItem
from activities.medusa.shop import Held
from activities.medusa.stock import Item, StockedVariant, read_stock
from domain.shop.errors import ShopRefusedError, StockInDoubtError

Needed = dict[tuple[str, str], tuple[int, Item]]
"""How many of an inventory item have to be kept for a line, by line and item."""


async def see_kept(held: Held, former_lines: Iterable[str]) -> None:
    """See that what is open of each line is kept, and nothing for lines that are gone; put right what is not.

    An edit's confirmation first changes the lines, then lets go of the old stock, then keeps the new: killed in
    between, the change is confirmed all the same.

    Raises:
        StockInDoubtError: there is not enough left to keep.
    """
    order = await held.read()
    lines = {line.id for line in order.items} | set(former_lines)
    needed = _needed(order, await read_stock(held.shop.client, {line.variant_id or "" for line in order.items} - {""}))
    kept: dict[tuple[str, str], list[ReservationItem]] = defaultdict(list)
    for reservation in await _reservations(held, lines):
        kept[reservation.line_item_id or "", reservation.inventory_item_id].append(reservation)
    for place in sorted(needed.keys() | kept.keys()):
        wanted, item = needed.get(place, (0, None))
        await _put_right(held, place, wanted, item, kept[place])


def _needed(order: MedusaOrder, stock: dict[str, StockedVariant]) -> Needed:
    return {
        (line.id, item.inventory_item_id): (_open(line) * item.required_quantity, item)
        for line in order.items
        if line.variant_id in stock and stock[line.variant_id].managed
        for item in stock[line.variant_id].inventory_items
    }


def _open(line: Line) -> int:
    return line.detail.quantity - line.detail.fulfilled_quantity


async def _reservations(held: Held, lines: set[str]) -> list[ReservationItem]:
    query: dict[str, str | list[str]] = {"line_item_id[]": sorted(lines), "limit": "1000"}
    found = await held.shop.client.get("reservations", **query)
    return [ReservationItem.model_validate(each) for each in found["reservations"]]


async def _put_right(
    held: Held, place: tuple[str, str], wanted: int, item: Item | None, kept: list[ReservationItem]
) -> None:
    spare = sum(reservation.quantity for reservation in kept) - wanted
    for reservation in kept:
        if spare <= 0:
            break
        if reservation.quantity <= spare:
            await held.delete(f"reservations/{reservation.id}")
        else:
            await held.post(f"reservations/{reservation.id}", quantity=reservation.quantity - spare)
        spare -= min(spare, reservation.quantity)
    if spare < 0 and item:
        await _keep(held, place, -spare, item)


async def _keep(held: Held, place: tuple[str, str], missing: int, item: Item) -> None:
    line_id, item_id = place
    location = max(item.levels, key=lambda level: level.available, default=None)
    body = {"line_item_id": line_id, "inventory_item_id": item_id, "quantity": missing}
    try:
        if location is None:
            raise ShopRefusedError("nowhere in stock")
        await held.post("reservations", location_id=location.location_id, **body)
    except ShopRefusedError:
        raise StockInDoubtError(
            f"{missing} pieces of line {line_id} are not kept, and there are not enough left",
            field="line_id",
            line_id=line_id,
            missing=missing,
        ) from None
