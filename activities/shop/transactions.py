"""Transactions of the embedded shop: each call is one, and whoever writes about an order holds it until the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.clock import Clock, wall_clock
from activities.shop.events import tell
from activities.store.shop_tables import SHOP_ORDERS
from domain.shop.errors import OrderNotFoundError, ShopUnavailableError
from domain.shop.orders import Order
from domain.sla.spans import Instant
from domain.timeline import Facts


@dataclass
class HeldOrder:
    """An order inside a transaction that nobody else writes to until it ends.

    Attributes:
        writes: how many transactions have held this order, this one included: a number for what happens in it.
    """

    connection: AsyncConnection
    order: Order
    now: Instant
    writes: int

    async def becomes(self, order: Order) -> None:
        """Write the order as it is from now on."""
        own = update(SHOP_ORDERS).where(SHOP_ORDERS.c.id == order.id)
        row = {"status": order.fulfilment.value, "document": order.model_dump_json()}
        await self.connection.execute(own.values(**row))
        self.order = order

    async def tell(self, kind: str, instance: str, **facts: str | int | None) -> None:
        """Write an event about the order; kind and instance are its identity."""
        told: Facts = {"number": self.order.number, "status": self.order.fulfilment.value, **facts}
        await tell(self.connection, self.order.id, kind, instance, self.now, told)


class ShopBooks:
    """The way to the shop's tables, for all embedded adapters over one store."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self.clock = clock

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with.

        Raises:
            ShopUnavailableError: the store does not answer.
        """
        with _answering():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction; a refusal inside it undoes all of it.

        Its first statement must write: SQLite refuses to turn a reader into a writer once another process has written.

        Raises:
            ShopUnavailableError: the store does not answer.
        """
        with _answering():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def holding(self, order_id: str) -> AsyncIterator[HeldOrder]:
        """A transaction about one order, which is read after all who wrote to it before have finished.

        Raises:
            OrderNotFoundError: the shop has no such order.
        """
        async with self.writing() as connection:
            yield await hold(connection, order_id, self.clock())


async def hold(connection: AsyncConnection, order_id: str, now: Instant) -> HeldOrder:
    """Hold an order within a transaction that is open already.

    Raises:
        OrderNotFoundError: the shop has no such order.
    """
    own = update(SHOP_ORDERS).where(SHOP_ORDERS.c.id == order_id)
    await connection.execute(own.values(writes=SHOP_ORDERS.c.writes + 1))
    order = await read_order(connection, order_id)
    writes = (await connection.execute(select(SHOP_ORDERS.c.writes).where(SHOP_ORDERS.c.id == order_id))).scalar_one()
    return HeldOrder(connection, order, now, writes)


async def read_order(connection: AsyncConnection, order_id: str) -> Order:
    """An order.

    Raises:
        OrderNotFoundError: the shop has no such order.
    """
    wanted = select(SHOP_ORDERS.c.document).where(SHOP_ORDERS.c.id == order_id)
    document = (await connection.execute(wanted)).scalar_one_or_none()
    if document is None:
        raise OrderNotFoundError(f"the shop has no order {order_id}", field="order_id", order_id=order_id)
    return Order.model_validate_json(document)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (DataError, IntegrityError, ProgrammingError):
        raise  # mistakes of ours, which no repeat would mend
    except (DBAPIError, PoolTimeoutError, OSError) as error:
        raise ShopUnavailableError(f"the shop's store does not answer ({type(error).__name__})") from error
