"""The stock of a Medusa shop, for what cases keep and what comes in.

A reservation carries our key as its description, by which Medusa finds it. A level can only be set, not raised: so what
it was is written down first, and one of us at a time works on a variant's stock. What is not fit for sale Medusa has no
place for: how much of it was set aside is in our own record.
"""

from __future__ import annotations

from activities.medusa.deeds import Deed, Kind, Plan
from activities.medusa.documents.stock import ReservationItem
from activities.medusa.levels import LevelStep, settle_level
from activities.medusa.shop import Held, MedusaShop
from activities.medusa.stock import Item, Level, StockedVariant, check_available, must_read_stock
from activities.shop.documents import id_for
from activities.shop_input import check_quantity
from domain.shop.errors import (
    NothingUnderKeyError,
    OutOfStockError,
    ShopRefusedError,
    ShopUnavailableError,
    StepStateError,
    VariantNotFoundError,
)
from domain.shop.stock import Condition, Reservation, ReservationStatus, Restock, StockLevel


class ReservationPlan(Plan):
    """Pieces to keep, and the levels that fall once they are to be taken out."""

    quantity: int
    taking: tuple[LevelStep, ...] = ()


class RestockPlan(Plan):
    """Pieces that come in, and the levels that rise for it: none for what is not fit for sale."""

    rising: tuple[LevelStep, ...]


RESERVATION, RESTOCK = Kind(Reservation, ReservationPlan), Kind(Restock, RestockPlan)
ReservationDeed = Deed[Reservation, ReservationPlan]


class MedusaInventory:
    """`Inventory` over Medusa's admin API."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def level(self, variant_id: str) -> StockLevel:
        stock = await self._counted(variant_id)
        scarcest = min(stock.inventory_items, key=lambda item: _total(item, "available") // item.required_quantity)
        each = scarcest.required_quantity
        return StockLevel(
            variant_id=variant_id,
            on_hand=_total(scarcest, "stocked_quantity") // each,
            reserved=-(-_total(scarcest, "reserved_quantity") // each),
            set_aside=await self._shop.set_aside.of(variant_id),
        )

    async def reserve(self, key: str, variant_id: str, quantity: int) -> Reservation:
        check_quantity(quantity)
        async with self._shop.holding_stock(variant_id) as held:
            deed = await self._shop.deeds.repeated(RESERVATION, key, variant_id, quantity)
            if deed and deed.document:
                return deed.document
            settled = held.settled(deed)
            stock = await self._counted(variant_id)
            kept = await self._kept(key)
            missing = [item for item in stock.inventory_items if item.inventory_item_id not in kept]
            if deed is None:
                check_available(stock, quantity)
                plan = ReservationPlan(quantity=quantity)
                deed = await self._shop.deeds.begin(RESERVATION, key, variant_id, plan, quantity)
            if missing and not settled:
                held.must_be_settled(deed)
            for item in missing:
                deed = await _keep(held, deed, item)
            reservation = Reservation(
                key=key,
                id=id_for("reservation", key),
                at=deed.begun_at,
                variant_id=variant_id,
                quantity=quantity,
                status=ReservationStatus.HELD,
            )
            return await self._shop.deeds.shown(deed, reservation)

    async def release(self, key: str) -> Reservation:
        variant_id = await self._variant_of(key)
        async with self._shop.holding_stock(variant_id) as held:
            deed, reservation = await self._begun(key, not_in=ReservationStatus.TAKEN)
            if reservation.status is ReservationStatus.RELEASED:
                return reservation
            for kept in (await self._kept(key)).values():
                await held.delete(f"reservations/{kept.id}")
            return await self._becomes(deed, reservation, ReservationStatus.RELEASED)

    async def take_out(self, key: str) -> Reservation:
        variant_id = await self._variant_of(key)
        async with self._shop.holding_stock(variant_id) as held:
            deed, reservation = await self._begun(key, not_in=ReservationStatus.RELEASED)
            if reservation.status is ReservationStatus.TAKEN:
                return reservation
            kept = await self._kept(key)
            if not deed.plan.taking:
                if not kept:
                    await self._becomes(deed, reservation, ReservationStatus.RELEASED)
                    raise _over(key, ReservationStatus.RELEASED)
                steps = _falling(await self._counted(variant_id), kept)
                plan = deed.plan.model_copy(update={"taking": steps})
                deed = await self._shop.deeds.planned(deed, plan, moving=[variant_id])
            for step in deed.plan.taking:
                # Where the reservation is gone, an attempt before has come past this.
                if step.item_id in kept:
                    deed = await settle_level(held, deed, step)
                    await held.delete(f"reservations/{kept[step.item_id].id}")
            return await self._becomes(deed, reservation, ReservationStatus.TAKEN)

    async def find_reservation(self, key: str) -> Reservation | None:
        deed = await self._shop.deeds.find(RESERVATION, key)
        return deed.document if deed else None

    async def restock(self, key: str, variant_id: str, quantity: int, condition: Condition) -> Restock:
        check_quantity(quantity)
        async with self._shop.holding_stock(variant_id) as held:
            deed = await self._shop.deeds.repeated(RESTOCK, key, variant_id, quantity, condition)
            if deed and deed.document:
                return deed.document
            stock = await self._counted(variant_id)
            if deed is None:
                plan = RestockPlan(rising=_rising(stock, quantity if condition is Condition.SOUND else 0))
                content, moving = (quantity, condition), [variant_id] if plan.rising else []
                deed = await self._shop.deeds.begin(RESTOCK, key, variant_id, plan, *content, moving=moving)
            for step in deed.plan.rising:
                deed = await settle_level(held, deed, step)
            if condition is not Condition.SOUND:
                await self._shop.set_aside.add(key, {variant_id: quantity})
            its_id = id_for("restock", key)
            done = Restock(
                key=key, id=its_id, at=deed.begun_at, variant_id=variant_id, quantity=quantity, condition=condition
            )
            return await self._shop.deeds.shown(deed, done)

    async def find_restock(self, key: str) -> Restock | None:
        deed = await self._shop.deeds.find(RESTOCK, key)
        return deed.document if deed else None

    async def _counted(self, variant_id: str) -> StockedVariant:
        stock = await must_read_stock(self._shop.client, variant_id)
        if not stock.managed:
            raise VariantNotFoundError(f"Medusa does not count {variant_id}", field="variant_id", variant=variant_id)
        return stock

    async def _kept(self, key: str) -> dict[str, ReservationItem]:
        found = await self._shop.client.get("reservations", description=key)
        kept = [ReservationItem.model_validate(each) for each in found["reservations"]]
        return {reservation.inventory_item_id: reservation for reservation in kept}

    async def _variant_of(self, key: str) -> str:
        return (await self._shop.deeds.must_find(RESERVATION, key)).variant_id

    async def _begun(self, key: str, *, not_in: ReservationStatus) -> tuple[ReservationDeed, Reservation]:
        deed = await self._shop.deeds.find(RESERVATION, key)
        if deed is None or deed.document is None:
            raise NothingUnderKeyError(f"no reservation has the key {key}", field="key", key=key)
        if deed.document.status is not_in or (deed.plan.taking and not_in is ReservationStatus.TAKEN):
            raise _over(key, not_in)
        return deed, deed.document

    async def _becomes(self, deed: ReservationDeed, reservation: Reservation, status: ReservationStatus) -> Reservation:
        return await self._shop.deeds.shown(deed, reservation.model_copy(update={"status": status}))


async def _keep(held: Held, deed: ReservationDeed, item: Item) -> ReservationDeed:
    needed = deed.plan.quantity * item.required_quantity
    location = max(item.levels, key=lambda level: level.available)
    body = {
        "location_id": location.location_id,
        "inventory_item_id": item.inventory_item_id,
        "quantity": needed,
        "description": deed.key,
    }
    try:
        deed, _ = await held.once(deed, lambda: held.post("reservations", **body))
    except ShopRefusedError:
        await held.shop.deeds.forget(deed)
        raise OutOfStockError(
            f"{needed} wanted at one location, {location.available} available there",
            field="quantity",
            variant=deed.about,
            wanted=needed,
            available=location.available,
        ) from None
    return deed


def _falling(stock: StockedVariant, kept: dict[str, ReservationItem]) -> tuple[LevelStep, ...]:
    return tuple(
        _step(item, level, -kept[item.inventory_item_id].quantity)
        for item in stock.inventory_items
        if item.inventory_item_id in kept
        for level in item.levels
        if level.location_id == kept[item.inventory_item_id].location_id
    )


def _rising(stock: StockedVariant, quantity: int) -> tuple[LevelStep, ...]:
    if not quantity:
        return ()
    if not all(item.levels for item in stock.inventory_items):
        raise ShopUnavailableError(f"Medusa stocks {stock.id} at no location yet")
    return tuple(_step(item, item.levels[0], quantity * item.required_quantity) for item in stock.inventory_items)


def _step(item: Item, level: Level, by: int) -> LevelStep:
    return LevelStep(
        item_id=item.inventory_item_id,
        location_id=level.location_id,
        before=level.stocked_quantity,
        after=level.stocked_quantity + by,
    )


def _total(item: Item, what: str) -> int:
    return sum(getattr(level, what) for level in item.levels)


def _over(key: str, status: ReservationStatus) -> StepStateError:
    return StepStateError(f"the goods were {status.value}", field="key", key=key, status=status.value)
