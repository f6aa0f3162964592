"""Linked cases for tests: a complaint about an order of the embedded shop, and what comes out of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from domain.complaint import messages as c
from domain.messages import Answer
from domain.people import Actor
from domain.returns.wish import ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.changes import OrderDelta
from domain.shop.orders import Order
from tests.changes import ChangeCase
from tests.returns import ReturnCase, ReturningShop
from tests.world import AGENT, OpenCase


@dataclass
class ComplaintWithOrder(OpenCase):
    """A complaint about an order, which may have cases that came out of it. All of them live by one clock."""

    async def opens(self, wanted: ReturnWish | OrderDelta, actor: Actor = AGENT, **fields: Any) -> Answer:
        return await self.ask("open_linked_case", c.OpenLinkedCase, actor, wanted=wanted, **fields)

    async def opens_return(self, shop: ReturningShop, order: Order) -> ReturnCase:
        """The agent opens a return of everything; waits until it rests."""
        number = await self._linked(await self.opens(everything_back(order)))
        case = ReturnCase(self.world, number, self.customer, shop=shop, order=order)
        self.world.opened.append(case)
        await case.quiet()
        return case

    async def opens_change(self, **wanted: Any) -> ChangeCase:
        """The agent opens an order change; waits until it rests."""
        number = await self._linked(await self.opens(OrderDelta(**wanted)))
        case = ChangeCase(self.world, number, self.customer)
        self.world.opened.append(case)
        await case.quiet()
        return case

    async def sees(self, said: str) -> None:
        """Wait until the complaint has heard this of its linked cases."""
        for _ in range(400):
            if (await self.view()).facts["linked_cases"] == said:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"expected {said}, got {(await self.view()).facts['linked_cases']}")

    async def _linked(self, answer: Answer) -> str:
        assert answer.linked
        await self.until("linked_case_opened")
        return answer.linked


def everything_back(order: Order) -> ReturnWish:
    """All lines of an order, for the money."""
    items = tuple(
        WantedItem(line_id=line.id, quantity=line.quantity, reason=ReturnReason.CHANGED_MIND) for line in order.lines
    )
    return ReturnWish(kind=ReturnKind.REFUND, items=items)


async def complaint_about(shop: ReturningShop, customer: Actor, order: Order) -> ComplaintWithOrder:
    """A complaint about this order that an agent has in hand."""
    opened = await shop.world.open(customer=customer, order_id=order.id)
    case = ComplaintWithOrder(shop.world, opened.case_id, customer)
    await case.claim()
    await case.quiet()
    return case
