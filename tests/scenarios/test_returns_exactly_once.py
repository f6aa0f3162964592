"""Each reply of the shop is lost once after the shop has done its part: money and goods move once all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.carrier.activities import CarrierActivities
from activities.carrier.embedded import EmbeddedCarrier
from activities.inventory.activities import InventoryActivities
from activities.inventory.embedded import EmbeddedInventory
from activities.orders.activities import OrderActivities
from activities.orders.embedded import EmbeddedOrderSystem
from activities.orders.return_activities import ReturnActivities
from activities.payments.activities import PaymentActivities
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from domain.policy import Policy
from domain.shop.errors import ShopUnavailableError
from runtime.settings import Settings
from starter.wiring import Adapters, ShopActivities
from tests.changes import yuan
from tests.returns import ReturningShop
from tests.world import DAY

WRITING = (
    *("request_return", "receive_return", "send_replacement", "create_label"),
    *("refund", "reserve", "release", "collect"),
)


class Mute:
    """An adapter that does what it is asked, and the first time says nothing about it."""

    def __init__(self, behind: object, lost: list[str]) -> None:
        self._behind, self._lost = behind, lost

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._behind, name)

        async def mute(*arguments: object) -> object:
            answer: object = await call(*arguments)
            if name in WRITING and name not in self._lost:
                self._lost.append(name)
                raise ShopUnavailableError("the line is dead")
            return answer

        return mute


def muted(lost: list[str]) -> Callable[[Settings, AsyncEngine], Adapters]:
    """Adapters over a shop whose replies are lost once each."""

    class MutedAdapters(Adapters):
        def shop(self) -> tuple[ShopActivities, ...]:
            books = ShopBooks(self._engine)
            orders: Any = Mute(EmbeddedOrderSystem(books), lost)
            payments: Any = Mute(EmbeddedPaymentGateway(books), lost)
            inventory: Any = Mute(EmbeddedInventory(books), lost)
            carrier: Any = Mute(EmbeddedCarrier(books), lost)
            return (
                OrderActivities(orders),
                ReturnActivities(orders),
                PaymentActivities(payments),
                InventoryActivities(inventory),
                CarrierActivities(carrier),
            )

    return MutedAdapters


async def test_reply_that_is_lost_is_settled_by_the_same_key(own_world: Callable[..., Any], charter: Policy) -> None:
    lost: list[str] = []
    async with own_world(charter, plug=muted(lost)) as world:
        shop = ReturningShop(world)
        customer, order = await shop.delivered(100)
        refund = await shop.give_back(customer, order)
        await refund.forward(DAY)
        await refund.comes_back()
        await refund.inspect()
        await refund.forward(DAY)
        assert await refund.status() == "confirming"
        customer, other = await shop.delivered(100)
        oven = await shop.sell(300)
        exchange = await shop.give_back(customer, other, "exchange", variant=oven)
        await exchange.forward(DAY)
        await exchange.agree()
        await exchange.forward(DAY)
        await exchange.pays()
        await exchange.forward(DAY)
        await exchange.comes_back()
        await exchange.inspect()
        await exchange.forward(DAY)
        assert await exchange.status() == "sending"
        assert sorted(lost) == sorted(WRITING)
        assert (await shop.account(order)).refunded == yuan(100)
        assert (await shop.now(order)).total == yuan(0)
        assert len(await shop.carrier.parcels_of(order.id)) == 2, "one out, one back"
        assert len((await shop.now(other)).lines) == 2
        assert await shop.free(oven) == 9
        account = await shop.account(other)
        assert (account.captured, account.refunded) == (yuan(300), yuan(0))
