"""Addresses and payment methods of Medusa orders. The order itself shows that they were changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from activities.medusa.deeds import Kind, Plan
from activities.medusa.reading import METHOD_NOTE, account_of, delivery_of, order_of
from activities.medusa.shop import Held, MedusaShop
from activities.shop.documents import id_for
from domain.errors import InvalidInputError
from domain.shop.changes import Amendment, AmendmentKind
from domain.shop.edits import check_not_canceled
from domain.shop.errors import OrderStateError, PaymentMethodFixedError, ShopUnavailableError
from domain.shop.orders import Order
from domain.shop.values import Address, PaymentMethod

KEY_NOTE = {AmendmentKind.ADDRESS: "duecourse_address", AmendmentKind.PAYMENT_METHOD: "duecourse_payment_method_key"}
"""Where an order's metadata has the key of its last amendment of each kind."""


class AmendmentPlan(Plan):
    """What is amended; the address itself is personal and stays out of our record."""

    what: AmendmentKind


AMENDMENT = Kind(Amendment, AmendmentPlan)


class MedusaAmendments:
    """The part of `OrderSystem` that amends what is neither lines nor total; an open change does not matter."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def change_address(self, key: str, order_id: str, address: Address) -> Amendment:
        def check(order: Order) -> None:
            if any(line.shipped for line in order.lines):
                state = order.fulfilment.value
                raise OrderStateError(
                    f"order {order.number} is {state}: its address is fixed", field="order_id", state=state
                )
            if address.country != order.address.country:
                raise InvalidInputError(
                    f"Medusa keeps an order's country, {order.address.country}", field="address", got=address.country
                )

        async def write(held: Held) -> None:
            notes = {KEY_NOTE[AmendmentKind.ADDRESS]: key}
            await held.post(f"orders/{order_id}", shipping_address=delivery_of(address), metadata=notes)

        return await self._amend(key, order_id, AmendmentKind.ADDRESS, address, check, write)

    async def change_payment_method(self, key: str, order_id: str, method: PaymentMethod) -> Amendment:
        async def write(held: Held) -> None:
            notes = {METHOD_NOTE: method.value, KEY_NOTE[AmendmentKind.PAYMENT_METHOD]: key}
            await held.post(f"orders/{order_id}", metadata=notes)

        return await self._amend(key, order_id, AmendmentKind.PAYMENT_METHOD, method, _any, write)

    async def find_amendment(self, key: str, order_id: str) -> Amendment | None:
        deed = await self._shop.deeds.find(AMENDMENT, key, order_id)
        return deed.document if deed else None

    async def _amend(
        self,
        key: str,
        order_id: str,
        what: AmendmentKind,
        wanted: Address | PaymentMethod,
        check: Callable[[Order], None],
        write: Callable[[Held], Awaitable[None]],
    ) -> Amendment:
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.repeated(AMENDMENT, key, order_id, what, wanted)
            if deed and deed.document:
                return deed.document
            found = await held.read()
            order = order_of(found)
            if deed is None:
                check_not_canceled(order)
                check(order)
                if what is AmendmentKind.PAYMENT_METHOD and (captured := account_of(found).captured).minor:
                    raise PaymentMethodFixedError(f"{captured} were taken already", field="payment_method")
                deed = await self._shop.deeds.begin(AMENDMENT, key, order_id, AmendmentPlan(what=what), what, wanted)
            if found.notes.get(KEY_NOTE[what]) != key or _now(order, what) != wanted:
                await write(held)
                if _now(order_of(await held.read()), what) != wanted:
                    raise ShopUnavailableError(f"Medusa does not show the new {what.value} yet")
            done = Amendment(key=key, id=id_for("amendment", key), at=deed.begun_at, order_id=order_id, what=what)
            return await self._shop.deeds.shown(deed, done)


def _any(order: Order) -> None:
    """Whatever state the order is in."""


def _now(order: Order, what: AmendmentKind) -> Address | PaymentMethod:
    return order.address if what is AmendmentKind.ADDRESS else order.payment_method
