"""Differences that customers are to pay, as payment collections of Medusa.

A payment collection takes no note: which one is ours is known by its id, and after a lost reply by elimination, for
nobody else of us works on the order.
"""

from __future__ import annotations

from activities.medusa.amounts import from_medusa, to_medusa
from activities.medusa.client import Json
from activities.medusa.deeds import Deed, Kind, Plan
from activities.medusa.documents.document import instant
from activities.medusa.documents.orders import MedusaOrder
from activities.medusa.documents.payments import PaymentCollection
from activities.medusa.shop import Held, MedusaShop
from activities.payments.medusa_refunds import check_amount
from domain.errors import InvalidInputError
from domain.money import Money
from domain.shop.errors import NothingUnderKeyError, ShopUnavailableError, StepStateError
from domain.shop.payments import Collection, CollectionStatus
from domain.sla.spans import Instant


class CollectionPlan(Plan):
    """A difference to collect, and the collections that the order had before."""

    amount: Money
    lapses_at: Instant
    known: tuple[str, ...]


COLLECTION = Kind(Collection, CollectionPlan)
CollectionDeed = Deed[Collection, CollectionPlan]
OPEN = "not_paid"


class MedusaCollections:
    """The part of `PaymentGateway` that asks for money."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def collect(self, key: str, order_id: str, amount: Money, lapses_at: Instant) -> Collection:
        content = (amount, lapses_at)
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.repeated(COLLECTION, key, order_id, *content)
            if deed and deed.document:
                return self._standing(deed.document, await held.read())
            settled = held.settled(deed)
            order = await held.read()
            if deed is None:
                check_amount(order, amount)
                if lapses_at <= self._shop.clock():
                    raise InvalidInputError("expected a time that is still to come", field="lapses_at")
                known = tuple(each.id for each in order.payment_collections)
                plan = CollectionPlan(amount=amount, lapses_at=lapses_at, known=known)
                deed = await self._shop.deeds.begin(COLLECTION, key, order_id, plan, *content)
            made = _made(deed, order)
            if made is None and not settled:
                held.must_be_settled(deed)
            made = made or await _create(held, deed)
            if made is None:
                raise ShopUnavailableError("Medusa does not show the payment collection yet")
            return await self._shop.deeds.shown(deed, _document(deed, made))

    async def release_collection(self, key: str, order_id: str) -> Collection:
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.find(COLLECTION, key, order_id)
            if deed is None or deed.document is None:
                raise NothingUnderKeyError(f"no collection has the key {key}", field="key", key=key)
            order = await held.read()
            collection = self._standing(deed.document, order)
            if collection.status is CollectionStatus.PAID:
                raise StepStateError("the collection is paid", field="key", key=key, status=collection.status.value)
            # Lapsed too: the customer could pay it at Medusa as long as it is there.
            if any(each.id == collection.id and each.status == OPEN for each in order.payment_collections):
                await held.delete(f"payment-collections/{collection.id}")
            if collection.status is CollectionStatus.PENDING:
                collection = collection.model_copy(update={"status": CollectionStatus.RELEASED})
            return await self._shop.deeds.shown(deed, collection)

    async def find_collection(self, key: str, order_id: str) -> Collection | None:
        deed = await self._shop.deeds.find(COLLECTION, key, order_id)
        if deed is None or deed.document is None:
            return None
        return self._standing(deed.document, await self._shop.read(order_id))

    def _standing(self, collection: Collection, order: MedusaOrder) -> Collection:
        # Money that was taken was taken, whatever the time was: what Medusa shows goes before the clock.
        here = next((each for each in order.payment_collections if each.id == collection.id), None)
        if here and sum(payment.captured for payment in here.payments) > 0:
            paid_at = instant(here.completed_at) if here.completed_at else collection.paid_at or self._shop.clock()
            return collection.model_copy(update={"status": CollectionStatus.PAID, "paid_at": paid_at})
        return collection.as_of(self._shop.clock())


def _made(deed: CollectionDeed, order: MedusaOrder) -> PaymentCollection | None:
    for each in order.payment_collections:
        ours = from_medusa(each.amount, order.currency_code) == deed.plan.amount
        if each.id not in deed.plan.known and each.status == OPEN and ours:
            return each
    return None


async def _create(held: Held, deed: CollectionDeed) -> PaymentCollection | None:
    async def ask() -> Json:
        return await held.post("payment-collections", order_id=held.name, amount=to_medusa(deed.plan.amount))

    deed, _ = await held.once(deed, ask)
    return _made(deed, await held.read())


def _document(deed: CollectionDeed, made: PaymentCollection) -> Collection:
    return Collection(
        key=deed.key,
        id=made.id,
        at=instant(made.created_at),
        order_id=deed.about,
        status=CollectionStatus.PENDING,
        amount=deed.plan.amount,
        lapses_at=deed.plan.lapses_at,
    )
