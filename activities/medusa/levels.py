"""What lies at a location, before and after: how a torn movement of goods is found out and put right.

Medusa notes no movements, only numbers, and takes a number, not a difference. So the number that was there is written
down first, nothing else of ours moves the same goods until this is settled, and what the warehouse packed or unpacked
meanwhile is read from the orders.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from activities.medusa.deeds import Deed, Document, Plan, PlanT
from activities.medusa.shop import Held
from activities.medusa.stock import Level
from domain.shop.errors import ShopUnavailableError, StockInDoubtError
from domain.sla.spans import Instant

AT_ONCE = 100
"""Orders that are read at a time."""


class LevelStep(Plan):
    """An inventory item's level at a location, that is to go from one number to another."""

    item_id: str
    location_id: str
    before: int
    after: int


async def settle_level(held: Held, deed: Deed[Document, PlanT], step: LevelStep) -> Deed[Document, PlanT]:
    """See that the step was made once: make it if it was not, and take back what was too much.

    Raises:
        StockInDoubtError: the number can come neither from this nor from the warehouse; told once, then it counts as
            counted.
    """
    if deed.doubted or step.before == step.after:
        return deed
    settled = held.settled(deed)
    now = await _read_level(held, step)
    times, odd = divmod(now - step.before - await _packed_since(held, step, deed.begun_at), step.after - step.before)
    if odd or times < 0:
        await held.shop.deeds.doubt(deed)
        raise StockInDoubtError(
            f"{now} pieces at a location where {step.before} were and {step.after} should be",
            field="quantity",
            item=step.item_id,
            location=step.location_id,
            before=step.before,
            expected=step.after,
            found=now,
        )
    if times == 1:
        return deed
    if not settled:
        held.must_be_settled(deed)
    return await _set_level(held, deed, step, now + (1 - times) * (step.after - step.before))


async def _read_level(held: Held, step: LevelStep) -> int:
    path = f"inventory-items/{step.item_id}/location-levels"
    found = await held.shop.client.get(path, location_id=step.location_id)
    levels = [Level.model_validate(level) for level in found["inventory_levels"]]
    return sum(level.stocked_quantity for level in levels if level.location_id == step.location_id)


async def _set_level(held: Held, deed: Deed[Document, PlanT], step: LevelStep, number: int) -> Deed[Document, PlanT]:
    path = f"inventory-items/{step.item_id}/location-levels/{step.location_id}"
    deed, _ = await held.once(deed, lambda: held.post(path, stocked_quantity=number))
    if await _read_level(held, step) != number:
        raise ShopUnavailableError("Medusa does not show the new level yet")
    return deed


async def _packed_since(held: Held, step: LevelStep, since: Instant) -> int:
    """By how much the warehouse changed the level: down by what it packed, up by what it unpacked."""
    iso, moved, offset = datetime.fromtimestamp(since / 1000, UTC).isoformat(), 0, 0
    while True:
        page = await held.shop.client.get(
            "orders",
            **{"updated_at[$gte]": iso, "limit": str(AT_ONCE), "offset": str(offset)},
            fields="id,*fulfillments,*fulfillments.items",
        )
        parcels = [parcel for order in page["orders"] for parcel in order["fulfillments"] or ()]
        moved += sum(_moved(parcel, step, iso) for parcel in parcels)
        offset += AT_ONCE
        if offset >= page["count"]:
            return moved


def _moved(parcel: dict[str, Any], step: LevelStep, since: str) -> int:
    if parcel["location_id"] != step.location_id:
        return 0
    pieces = sum(item["quantity"] for item in parcel["items"] if item["inventory_item_id"] == step.item_id)
    began = datetime.fromisoformat(since)
    packed = datetime.fromisoformat(parcel["created_at"]) >= began
    unpacked = bool(parcel["canceled_at"]) and datetime.fromisoformat(parcel["canceled_at"]) >= began
    return int(pieces) * (int(unpacked) - int(packed))
