"""Steps at the shop that fail: taken back in reverse, and what cannot be taken back becomes a person's task."""

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
from activities.payments.activities import PaymentActivities
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from domain.money import Money
from domain.policy import Policy
from domain.shop.changes import StagedChange
from domain.shop.errors import OutOfStockError, RefundExceedsError
from domain.shop.payments import Refund
from domain.shop.values import PaymentMethod
from runtime.settings import Settings
from starter.wiring import Adapters, ShopActivities
from tests.changes import ELSEWHERE, Shop, more, yuan
from tests.world import HOUR


class Faults:
    """What goes wrong in a faulty shop until somebody repairs it."""

    refunds = False
    confirming = False


class FaultyPayments(EmbeddedPaymentGateway):
    """A gateway that may refuse every refund for good."""

    faults: Faults

    async def refund(self, key: str, order_id: str, amount: Money, reason: str) -> Refund:
        if self.faults.refunds:
            raise RefundExceedsError("the bank says no", field="amount", refundable="0.00 CNY")
        return await super().refund(key, order_id, amount, reason)


class FaultyOrders(EmbeddedOrderSystem):
    """An order system that may be out of stock when it comes to confirming."""

    faults: Faults

    async def confirm_change(self, key: str, order_id: str) -> StagedChange:
        if self.faults.confirming:
            raise OutOfStockError("somebody was faster", field="variant_id", available=0)
        return await super().confirm_change(key, order_id)


def faulty(faults: Faults) -> Callable[[Settings, AsyncEngine], Adapters]:
    """Adapters over a shop with these faults."""

    class FaultyAdapters(Adapters):
        def shop(self) -> tuple[ShopActivities, ...]:
            books = ShopBooks(self._engine)
            orders, payments = FaultyOrders(books), FaultyPayments(books)
            orders.faults = payments.faults = faults
            return (
                OrderActivities(orders),
                PaymentActivities(payments),
                InventoryActivities(EmbeddedInventory(books)),
                CarrierActivities(EmbeddedCarrier(books)),
            )

    return FaultyAdapters


def undone(story: list[Any]) -> list[str]:
    """The steps that were taken back, in their order."""
    return [str(entry.facts["name"]).partition(":")[0] for entry in story if entry.what == "step_undone"]


async def test_step_that_fails_for_good_is_undone_in_reverse(shop: Shop) -> None:
    customer, order = await shop.order(100)
    extra = await shop.offer(50, pieces=1)
    case = await shop.change(
        customer, order, **more(extra), address=ELSEWHERE, payment_method=PaymentMethod.BANK_TRANSFER
    )
    await case.agree()
    await case.quiet()
    await shop.pay(case, order)
    assert await case.status() == "refused"
    assert (await case.view()).facts["reason"] == "payment_method_fixed"
    story = await shop.world.service.timeline(case.case_id)
    assert undone(story) == ["change_address", "collect_payment", "reserve_stock", "stage_change"]
    assert await shop.now(order) == order
    account = await shop.account(order)
    assert (account.captured, account.refunded) == (yuan(150), yuan(50))
    assert await shop.free(extra) == 1
    assert await shop.orders.active_change(order.id) is None


async def test_goods_that_are_gone_when_it_is_confirmed_give_the_money_back(
    own_world: Callable[..., Any], charter: Policy
) -> None:
    faults = Faults()
    faults.confirming = True
    async with own_world(charter, plug=faulty(faults)) as world:
        shop = Shop(world)
        customer, order = await shop.order(100)
        case = await shop.change(customer, order, **more(await shop.offer(50)))
        await case.agree()
        await case.quiet()
        await shop.pay(case, order)
        assert await case.status() == "refused"
        assert "not in stock any more" in (await case.letters())[-1].body
        assert (await shop.account(order)).refunded == yuan(50)


async def test_failing_compensation_is_a_persons_task_with_all_that_is_needed(
    own_world: Callable[..., Any], charter: Policy
) -> None:
    faults = Faults()
    faults.confirming = faults.refunds = True
    async with own_world(charter, plug=faulty(faults)) as world:
        shop = Shop(world)
        customer, order = await shop.order(100)
        case = await shop.change(customer, order, **more(await shop.offer(50)))
        await case.agree()
        await case.quiet()
        await shop.pay(case, order)
        assert await case.status() == "undoing"
        task = await case.task("settle_by_hand")
        assert task.team == "finance"
        assert task.brief["todo"] == "take back collect_payment"
        assert task.brief["code"] == "refund_exceeds_captured"
        assert order.id in str(task.brief["asked"])
        assert "amount: 50.00 CNY" in str(task.brief["asked"])
        assert "stays as it is" in (await case.told())[-1]
        assert await shop.orders.active_change(order.id) is None
        await case.settle()
        assert await case.status() == "refused"
        assert "collect_payment: settled" in await case.steps()


async def test_refund_that_fails_after_the_change_is_settled_by_a_person(
    own_world: Callable[..., Any], charter: Policy
) -> None:
    faults = Faults()
    faults.refunds = True
    async with own_world(charter, plug=faulty(faults)) as world:
        shop = Shop(world)
        case = await shop.change(*await shop.order(100), cancel="ordered twice")
        assert await case.status() == "committing"
        await case.forward(4 * HOUR)
        assert "where your change stands" in await case.told()
        await case.settle()
        assert await case.status() == "done"
