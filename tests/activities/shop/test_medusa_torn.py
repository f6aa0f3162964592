"""Calls of a real Medusa that are torn: the reply is lost, the call never arrives, or Medusa did half of it.

Whatever is lost, the same call with the same key, asked again, leaves money, goods and totals as one undisturbed call
would.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.medusa.shop import SETTLING
from domain.money import Money
from domain.shop.changes import AddItem, ChangeStatus, LineChange, SetQuantity
from domain.shop.errors import ShopUnavailableError, StockInDoubtError
from domain.shop.orders import Order
from domain.shop.returns import ReceivedItem, ReplacementItem, ReplacementRequest, ReturnItem, ReturnStatus
from tests.activities.shop.medusa_stage import MedusaStage, Stockroom
from tests.activities.shop.stage import delivered
from tests.medusa.shop import Shop

Answer = TypeVar("Answer")


class Lossy(httpx.AsyncHTTPTransport):
    """Loses the reply to one of the next writing calls, or the call itself."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.lost = 0
        self.arrives = True

    def lose(self, number: int, *, arrives: bool = True) -> None:
        """Lose the n-th writing call from here."""
        self.writes, self.lost, self.arrives = 0, number, arrives

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return await super().handle_async_request(request)
        self.writes += 1
        if self.writes != self.lost:
            return await super().handle_async_request(request)
        if self.arrives:
            response = await super().handle_async_request(request)
            await response.aread()
        raise httpx.ReadTimeout("lost", request=request)


@pytest.fixture
async def lossy() -> AsyncIterator[Lossy]:
    async with Lossy() as transport:
        yield transport


@pytest.fixture
async def stage(
    medusa: Shop, stockroom: Stockroom, sqlite_engine: AsyncEngine, lossy: Lossy
) -> AsyncIterator[MedusaStage]:
    opened = MedusaStage(medusa, stockroom, sqlite_engine, transport=lossy)
    yield opened
    await opened.aclose()


async def insist(stage: MedusaStage, call: Callable[[], Awaitable[Answer]]) -> Answer:
    """What Temporal does: the same call again, later; here once at once, while the lost one may still be running."""
    for attempt in range(4):
        try:
            return await call()
        except ShopUnavailableError:
            if attempt:
                await stage.pass_time(SETTLING)
    raise AssertionError("four attempts did not do it")


def yuan(fen: int) -> Money:
    return Money(minor=fen, currency="CNY")


async def shelf(stage: MedusaStage, variant_id: str) -> tuple[int, int, int]:
    level = await stage.inventory.level(variant_id)
    return level.on_hand, level.reserved, level.set_aside


async def came_back(stage: MedusaStage, quantity: int = 2) -> tuple[Order, str, str]:
    """A delivered order, its variant, and the key of an announced return of all of it."""
    coat = await stage.offer()
    order, key = await delivered(stage, (coat, quantity)), stage.key("return")
    [line] = order.lines
    await stage.orders.request_return(key, order.id, [ReturnItem(line_id=line.id, quantity=quantity, reason="small")])
    return order, coat, key


BOTH = pytest.mark.parametrize("arrives", [True, False], ids=["reply lost", "never arrived"])
"""Only where it is quick: a Medusa takes its time."""


class TestLost:
    @BOTH
    async def test_refund_is_paid_once(self, stage: MedusaStage, lossy: Lossy, arrives: bool) -> None:
        order, key = await stage.place((await stage.offer(), 1)), stage.key("refund")
        lossy.lose(1, arrives=arrives)
        refund = await insist(stage, lambda: stage.payments.refund(key, order.id, yuan(4_000), "late"))
        assert refund.amount == yuan(4_000)
        assert [made.key for made in await stage.payments.refunds(order.id)] == [key]
        assert (await stage.payments.account(order.id)).refunded == yuan(4_000)

    @pytest.mark.parametrize(("number", "arrives"), [(2, True), (4, True)], ids=["staging", "confirming"])
    async def test_change_is_made_once(self, stage: MedusaStage, lossy: Lossy, number: int, arrives: bool) -> None:
        tea, book = await stage.offer(), await stage.offer()
        order, key = await stage.place((tea, 1)), stage.key("change")
        changes: list[LineChange] = [
            SetQuantity(line_id=order.lines[0].id, quantity=2),
            AddItem(variant_id=book, quantity=1),
        ]
        lossy.lose(number, arrives=arrives)
        await insist(stage, lambda: stage.orders.stage_change(key, order.id, changes))
        done = await insist(stage, lambda: stage.orders.confirm_change(key, order.id))
        assert lossy.writes >= number
        assert done.status is ChangeStatus.CONFIRMED
        changed = await stage.orders.order(order.id)
        assert {line.variant_id: line.quantity for line in changed.lines} == {tea: 2, book: 1}
        assert [(await shelf(stage, name))[1] for name in (tea, book)] == [2, 1]

    @pytest.mark.parametrize(("number", "arrives"), [(2, False), (4, True)], ids=["items", "confirming"])
    async def test_goods_are_on_the_shelf_once(
        self, stage: MedusaStage, lossy: Lossy, number: int, arrives: bool
    ) -> None:
        order, coat, key = await came_back(stage)
        arrived, arrival = [ReceivedItem(line_id=order.lines[0].id, sound=1, damaged=1)], stage.key("receipt")
        lossy.lose(number, arrives=arrives)
        received = await insist(stage, lambda: stage.orders.receive_return(key, order.id, arrival, arrived))
        assert lossy.writes >= number
        assert received.status is ReturnStatus.RECEIVED
        assert await shelf(stage, coat) == (9, 0, 1)
        after = await stage.orders.order(order.id)
        assert (after.lines[0].returned, after.total) == (2, yuan(0))

    async def test_return_is_announced_once_and_replacement_sent_once(self, stage: MedusaStage, lossy: Lossy) -> None:
        kettle = await stage.offer()
        order = await delivered(stage, (kettle, 1))
        [line], announced, claim = order.lines, stage.key("return"), stage.key("claim")
        lossy.lose(3)
        back = [ReturnItem(line_id=line.id, quantity=1, reason="broken")]
        await insist(stage, lambda: stage.orders.request_return(announced, order.id, back))
        item = ReplacementItem(replaces=line.id, variant_id=kettle, quantity=1, unit_price=yuan(0))
        wanted = ReplacementRequest(why="claim", items=(item,), return_key=announced)
        lossy.lose(3)
        sent = await insist(stage, lambda: stage.orders.send_replacement(claim, order.id, wanted))
        after = await stage.orders.order(order.id)
        assert [each.id for each in after.lines] == [line.id, *sent.line_ids]
        assert (after.lines[0].return_requested, after.total) == (1, order.total)
        assert await shelf(stage, kettle) == (9, 1, 0)

    async def test_order_is_canceled_and_paid_back_once(self, stage: MedusaStage, lossy: Lossy) -> None:
        tea = await stage.offer()
        order, key = await stage.place((tea, 2)), stage.key("cancel")
        lossy.lose(1)
        canceled = await insist(stage, lambda: stage.orders.cancel_order(key, order.id, "changed my mind"))
        assert (canceled.refunded, canceled.after) == (yuan(20_000), yuan(0))
        assert (await stage.payments.account(order.id)).refundable == yuan(0)
        assert await shelf(stage, tea) == (10, 0, 0)


class TestHalfDone:
    @pytest.mark.parametrize(("torn", "on_the_shelf"), [("never", 8), ("twice", 12)])
    async def test_stock_that_rose_never_or_twice_is_put_right(
        self, stage: MedusaStage, lossy: Lossy, torn: str, on_the_shelf: int
    ) -> None:
        order, coat, key = await came_back(stage)
        arrived, arrival = [ReceivedItem(line_id=order.lines[0].id, sound=2)], stage.key("receipt")
        lossy.lose(3)
        with pytest.raises(ShopUnavailableError):
            await stage.orders.receive_return(key, order.id, arrival, arrived)
        await stage.put_on_shelf(coat, on_the_shelf)
        await insist(stage, lambda: stage.orders.receive_return(key, order.id, arrival, arrived))
        assert await shelf(stage, coat) == (10, 0, 0)

    async def test_what_the_warehouse_packed_meanwhile_is_no_doubt(self, stage: MedusaStage, lossy: Lossy) -> None:
        order, coat, key = await came_back(stage)
        other = await stage.place((coat, 3))
        arrived, arrival = [ReceivedItem(line_id=order.lines[0].id, sound=2)], stage.key("receipt")
        lossy.lose(3)
        with pytest.raises(ShopUnavailableError):
            await stage.orders.receive_return(key, order.id, arrival, arrived)
        await stage.release(other.id)
        await insist(stage, lambda: stage.orders.receive_return(key, order.id, arrival, arrived))
        assert await shelf(stage, coat) == (7, 0, 0)

    async def test_stock_that_nobody_can_explain_is_counted_by_somebody(self, stage: MedusaStage, lossy: Lossy) -> None:
        order, coat, key = await came_back(stage)
        arrived, arrival = [ReceivedItem(line_id=order.lines[0].id, sound=2)], stage.key("receipt")
        lossy.lose(3)
        with pytest.raises(ShopUnavailableError):
            await stage.orders.receive_return(key, order.id, arrival, arrived)
        await stage.put_on_shelf(coat, 9)
        with pytest.raises(StockInDoubtError) as doubt:
            await insist(stage, lambda: stage.orders.receive_return(key, order.id, arrival, arrived))
        told = {name: doubt.value.details[name] for name in ("before", "expected", "found")}
        assert told == {"before": 8, "expected": 10, "found": 9}
        await stage.put_on_shelf(coat, 10)
        received = await stage.orders.receive_return(key, order.id, arrival, arrived)
        assert (received.status, await shelf(stage, coat)) == (ReturnStatus.RECEIVED, (10, 0, 0))

    async def test_stock_that_is_not_kept_after_an_edit_is_kept(self, stage: MedusaStage, lossy: Lossy) -> None:
        tea, book = await stage.offer(), await stage.offer()
        order, key = await stage.place((tea, 1)), stage.key("change")
        await stage.orders.stage_change(key, order.id, [AddItem(variant_id=book, quantity=2)])
        lossy.lose(1)
        with pytest.raises(ShopUnavailableError):
            await stage.orders.confirm_change(key, order.id)
        await stage.forget_kept(book)
        assert (await stage.orders.find_change(key, order.id) or pytest.fail("lost")).status is ChangeStatus.STAGED
        await insist(stage, lambda: stage.orders.confirm_change(key, order.id))
        assert await shelf(stage, book) == (10, 2, 0)
