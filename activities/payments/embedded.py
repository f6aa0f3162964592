"""The embedded shop's payments: refunds settle at once, differences wait for the customer."""

from __future__ import annotations

from activities.shop.documents import all_about, file, find, fingerprint, id_for, must_find, refile, repeated
from activities.shop.money import capture, pay_back, read_account
from activities.shop.transactions import HeldOrder, ShopBooks
from domain.errors import CurrencyMismatchError, InvalidInputError
from domain.money import Money
from domain.shop.errors import StepStateError
from domain.shop.payments import Collection, CollectionStatus, PaymentAccount, Refund, RefundStatus
from domain.sla.spans import Instant


class EmbeddedPaymentGateway:
    """`PaymentGateway` over the store."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def account(self, order_id: str) -> PaymentAccount:
        async with self._books.reading() as connection:
            return await read_account(connection, order_id)

    async def refund(self, key: str, order_id: str, amount: Money, reason: str) -> Refund:
        # Not the reason: a repeat in other words pays back the same money.
        content = fingerprint("refund", order_id, amount)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, Refund, key, content):
                return before
            _check_amount(held, amount)
            await pay_back(held.connection, order_id, amount)
            await held.tell("refunded", key, key=key, minor=amount.minor, currency=amount.currency)
            refund = Refund(
                key=key,
                id=id_for("refund", key),
                at=held.now,
                order_id=order_id,
                status=RefundStatus.SETTLED,
                amount=amount,
                reason=reason,
            )
            return await file(held.connection, refund, order_id, content)

    async def find_refund(self, key: str, order_id: str) -> Refund | None:
        async with self._books.reading() as connection:
            return await find(connection, Refund, key, order_id)

    async def refunds(self, order_id: str) -> list[Refund]:
        async with self._books.reading() as connection:
            return await all_about(connection, Refund, order_id)

    async def collect(self, key: str, order_id: str, amount: Money, lapses_at: Instant) -> Collection:
        content = fingerprint("collection", order_id, amount, lapses_at)
        async with self._books.holding(order_id) as held:
            if before := await repeated(held.connection, Collection, key, content):
                return before.as_of(held.now)
            _check_amount(held, amount)
            if lapses_at <= held.now:
                raise InvalidInputError("expected a time that is still to come", field="lapses_at")
            collection = Collection(
                key=key,
                id=id_for("collection", key),
                at=held.now,
                order_id=order_id,
                status=CollectionStatus.PENDING,
                amount=amount,
                lapses_at=lapses_at,
            )
            return await file(held.connection, collection, order_id, content)

    async def release_collection(self, key: str, order_id: str) -> Collection:
        async with self._books.holding(order_id) as held:
            collection = (await must_find(held.connection, Collection, key, order_id)).as_of(held.now)
            if collection.status is CollectionStatus.PAID:
                raise _step(collection)
            if collection.status is CollectionStatus.PENDING:
                return await refile(held.connection, collection, status=CollectionStatus.RELEASED)
            return collection

    async def find_collection(self, key: str, order_id: str) -> Collection | None:
        async with self._books.reading() as connection:
            found = await find(connection, Collection, key, order_id)
        return found.as_of(self._books.clock()) if found else None

    async def pay(self, key: str, order_id: str) -> Collection:
        """The customer pays a collection: no part of the port, for in a real shop this happens elsewhere.

        Raises:
            NothingUnderKeyError: nothing is collected under this key.
            StepStateError: it was released, or it has lapsed.
        """
        async with self._books.holding(order_id) as held:
            collection = (await must_find(held.connection, Collection, key, order_id)).as_of(held.now)
            if collection.status is CollectionStatus.PAID:
                return collection
            if collection.status is not CollectionStatus.PENDING:
                raise _step(collection)
            await capture(held.connection, order_id, collection.amount)
            await held.tell("paid", key, key=key, minor=collection.amount.minor, currency=collection.amount.currency)
            return await refile(held.connection, collection, status=CollectionStatus.PAID, paid_at=held.now)


def _check_amount(held: HeldOrder, amount: Money) -> None:
    if amount.currency != held.order.currency:
        raise CurrencyMismatchError(
            f"order {held.order.number} is paid in {held.order.currency}, not in {amount.currency}",
            field="amount",
            expected=held.order.currency,
            got=amount.currency,
        )
    if not amount.minor:
        raise InvalidInputError("expected an amount above nothing", field="amount")


def _step(collection: Collection) -> StepStateError:
    status = collection.status.value
    return StepStateError(f"the collection is {status}", field="key", key=collection.key, status=status)
