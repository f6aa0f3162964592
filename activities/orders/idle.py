"""One change at a time: the embedded shop's rule for each order."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop.transactions import HeldOrder
from activities.store.shop_tables import SHOP_DOCUMENTS
from domain.shop.changes import ChangeStatus, StagedChange
from domain.shop.errors import OrderBusyError
from domain.shop.returns import ReturnDocument


async def find_active(connection: AsyncConnection, order_id: str) -> StagedChange | None:
    """The order's open change, or None."""
    own = (SHOP_DOCUMENTS.c.about == order_id) & (SHOP_DOCUMENTS.c.kind == StagedChange.kind)
    wanted = select(SHOP_DOCUMENTS.c.document).where(own & (SHOP_DOCUMENTS.c.status == ChangeStatus.STAGED.value))
    found = (await connection.execute(wanted)).scalar_one_or_none()
    return None if found is None else StagedChange.model_validate_json(found)


async def check_idle(held: HeldOrder) -> None:
    """See that no change of the order is open.

    Raises:
        OrderBusyError: one is; details name its key.
    """
    if active := await find_active(held.connection, held.order.id):
        raise OrderBusyError(
            f"order {held.order.number} has an open change, {active.key}", field="order_id", holder=active.key
        )


async def returns_of(connection: AsyncConnection, order_id: str) -> list[ReturnDocument]:
    """All returns that were announced of the order, with what arrived of them."""
    own = (SHOP_DOCUMENTS.c.about == order_id) & (SHOP_DOCUMENTS.c.kind == ReturnDocument.kind)
    found = await connection.execute(select(SHOP_DOCUMENTS.c.document).where(own).order_by(SHOP_DOCUMENTS.c.at))
    return [ReturnDocument.model_validate_json(row.document) for row in found]
