"""Returns of Medusa orders: announced, found again by our key in their metadata, and dropped."""

from __future__ import annotations

from collections.abc import Sequence

from activities.medusa.deeds import Deed, Kind, Plan
from activities.medusa.documents.changes import Change
from activities.medusa.documents.document import instant
from activities.medusa.documents.returns import MedusaReturn
from activities.medusa.reading import order_of
from activities.medusa.shop import Held, MedusaShop
from activities.medusa.stock import read_stock
from domain.money import Money
from domain.shop.errors import NothingUnderKeyError, ShopUnavailableError, StepStateError
from domain.shop.goods_back import check_announced, value_of
from domain.shop.orders import Order, counted
from domain.shop.returns import ReturnDocument, ReturnItem, ReturnStatus

KEY_NOTE = "duecourse"
"""Where a return's metadata has our key."""

FIELDS = "*items,*fulfillments,+metadata,+location_id"


class ReturnPlan(Plan):
    """Goods to announce."""

    items: tuple[ReturnItem, ...]
    value: Money


RETURN = Kind(ReturnDocument, ReturnPlan)
ReturnDeed = Deed[ReturnDocument, ReturnPlan]


class MedusaReturns:
    """The part of `OrderReturns` until something arrives."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def request_return(self, key: str, order_id: str, items: Sequence[ReturnItem]) -> ReturnDocument:
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.repeated(RETURN, key, order_id, *items)
            if deed and deed.document:
                return deed.document
            if deed:
                held.must_be_settled(deed)
            changes = await held.idle(but_for=key)
            order = order_of(await held.read())
            if deed is None:
                plan = _plan(order, items)
                deed = await self._shop.deeds.begin(RETURN, key, order_id, plan, *items)
            found = await self._announced(held, key, changes)
            if found is None:
                location = await _location(self._shop, order, items)
                deed, _ = await held.once(deed, lambda: _announce(held, key, items, location))
                found = await self._announced(held, key, await held.changes())
            if found is None:
                raise ShopUnavailableError("Medusa does not show the return yet")
            announced = ReturnDocument(
                key=key,
                id=found.id,
                at=instant(found.created_at),
                order_id=order_id,
                status=ReturnStatus.REQUESTED,
                items=tuple(items),
                value=deed.plan.value,
            )
            return await self._shop.deeds.shown(deed, announced)

    async def cancel_return(self, key: str, order_id: str) -> ReturnDocument:
        async with self._shop.holding(order_id) as held:
            deed, announced = await return_under(self._shop, key, order_id)
            if announced.receipts:
                status = announced.status.value
                raise StepStateError("something of the return has arrived", field="key", key=key, status=status)
            if announced.status is ReturnStatus.CANCELED:
                return announced
            found = await read_return(self._shop, announced.id)
            if found and found.status != "canceled":
                held.must_be_settled(deed)
                for parcel in found.fulfillments:
                    if not parcel.canceled_at:
                        await held.post(f"fulfillments/{parcel.id}/cancel")
                await held.once(deed, lambda: held.post(f"returns/{announced.id}/cancel"))
            return await self._shop.deeds.shown(deed, _with(announced, ReturnStatus.CANCELED))

    async def find_return(self, key: str, order_id: str) -> ReturnDocument | None:
        deed = await self._shop.deeds.find(RETURN, key, order_id)
        if deed is None or deed.document is None:
            return None
        announced = deed.document
        if announced.status is ReturnStatus.REQUESTED:
            found = await read_return(self._shop, announced.id)
            if found is None or found.status == "canceled":
                return _with(announced, ReturnStatus.CANCELED)
        return announced

    async def _announced(self, held: Held, key: str, changes: Sequence[Change]) -> MedusaReturn | None:
        """The return with our key if it was requested whole; what is left of a torn attempt is taken away."""
        listed = await self._shop.client.get("returns", order_id=held.name, fields=FIELDS, limit="100")
        for found in [MedusaReturn.model_validate(each) for each in listed["returns"]]:
            if (found.metadata or {}).get(KEY_NOTE) != key or found.status == "canceled":
                continue
            own = [change for change in changes if change.return_id == found.id]
            if any(change.active for change in own):
                await held.delete(f"returns/{found.id}/request")
            elif found.status == "requested" and own:
                return found
            else:
                # The order shows the goods as announced, the return does not: it can only be called off.
                await held.post(f"returns/{found.id}/cancel")
        return None


async def return_under(shop: MedusaShop, key: str, order_id: str) -> tuple[ReturnDeed, ReturnDocument]:
    """The return that was announced under a key.

    Raises:
        NothingUnderKeyError: none was, or of another order.
    """
    deed = await shop.deeds.find(RETURN, key, order_id)
    if deed is None or deed.document is None:
        raise NothingUnderKeyError(f"no return has the key {key}", field="key", key=key)
    return deed, deed.document


async def read_return(shop: MedusaShop, return_id: str) -> MedusaReturn | None:
    """The return as Medusa has it, None once it was withdrawn."""
    found = await shop.client.find(f"returns/{return_id}", fields=FIELDS)
    return MedusaReturn.model_validate(found["return"]) if found else None


def _plan(order: Order, items: Sequence[ReturnItem]) -> ReturnPlan:
    check_announced(items)
    # Medusa lets goods come back once they are packed; we, once they were delivered.
    counted(order, {item.line_id: {"return_requested": item.quantity} for item in items})
    return ReturnPlan(items=tuple(items), value=value_of(order, items))


async def _location(shop: MedusaShop, order: Order, items: Sequence[ReturnItem]) -> str | None:
    """Where the goods are to be put: a place where all of them have a level, or Medusa refuses them there."""
    variants = {order.line(item.line_id).variant_id for item in items}
    stock = await read_stock(shop.client, variants)
    places = [
        {level.location_id for item in variant.inventory_items for level in item.levels}
        for variant in stock.values()
        if variant.managed
    ]
    everywhere = set.intersection(*places) if places else set()
    return min(everywhere, default=None)


async def _announce(held: Held, key: str, items: Sequence[ReturnItem], location: str | None) -> None:
    # Without a shipping method: the parcel is our carrier's, and Medusa would charge and expect one of its own.
    place = {"location_id": location} if location else {}
    begun = await held.post("returns", order_id=held.name, internal_note=key, metadata={KEY_NOTE: key}, **place)
    path = f"returns/{begun['return']['id']}"
    lines = [{"id": item.line_id, "quantity": item.quantity, "internal_note": item.reason} for item in items]
    await held.post(f"{path}/request-items", items=lines)
    await held.post(f"{path}/request")


def _with(announced: ReturnDocument, status: ReturnStatus) -> ReturnDocument:
    return announced.model_copy(update={"status": status})
