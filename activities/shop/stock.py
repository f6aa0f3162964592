"""The embedded shop's shelves: conditional statements, so that no two customers are promised the same piece."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.shop_tables import SHOP_STOCK, SHOP_VARIANTS
from domain.shop.errors import OutOfStockError, VariantNotFoundError
from domain.shop.stock import StockLevel
from domain.shop.values import Variant


async def read_variants(connection: AsyncConnection, ids: set[str]) -> dict[str, Variant]:
    """Those of the variants that the shop sells."""
    wanted = select(SHOP_VARIANTS.c.document).where(SHOP_VARIANTS.c.id.in_(sorted(ids)))
    found = [Variant.model_validate_json(document) for document in (await connection.execute(wanted)).scalars()]
    return {variant.id: variant for variant in found}


async def read_variant(connection: AsyncConnection, variant_id: str) -> Variant:
    """What the shop sells under an id.

    Raises:
        VariantNotFoundError: nothing.
    """
    found = await read_variants(connection, {variant_id})
    if variant_id not in found:
        raise _unknown(variant_id)
    return found[variant_id]


async def read_level(connection: AsyncConnection, variant_id: str) -> StockLevel:
    """How much there is.

    Raises:
        VariantNotFoundError: the warehouse does not know the variant.
    """
    row = (await connection.execute(select(SHOP_STOCK).where(SHOP_STOCK.c.variant_id == variant_id))).one_or_none()
    if row is None:
        raise _unknown(variant_id)
    return StockLevel(variant_id=variant_id, on_hand=row.on_hand, reserved=row.reserved, set_aside=row.set_aside)


async def check_available(connection: AsyncConnection, pieces: Mapping[str, int]) -> None:
    """See whether so many pieces of each variant could be kept, and keep none.

    Raises:
        VariantNotFoundError, OutOfStockError: they could not.
    """
    for variant_id, count in pieces.items():
        level = await read_level(connection, variant_id)
        if count > level.available:
            raise _short(level, count)


async def keep(connection: AsyncConnection, pieces: Mapping[str, int]) -> None:
    """Keep so many pieces of each variant, or keep fewer where the number is negative; all of them or none.

    Raises:
        VariantNotFoundError, OutOfStockError: the transaction must not go on.
    """
    # Always in the same order: two orders that each wait for the other's variant would never end.
    for variant_id, count in sorted(pieces.items()):
        own = (SHOP_STOCK.c.variant_id == variant_id) & (SHOP_STOCK.c.on_hand - SHOP_STOCK.c.reserved >= count)
        kept = update(SHOP_STOCK).where(own).values(reserved=SHOP_STOCK.c.reserved + count)
        if not (await connection.execute(kept)).rowcount:
            raise _short(await read_level(connection, variant_id), count)


async def send_out(connection: AsyncConnection, pieces: Mapping[str, int]) -> None:
    """Take kept pieces off the shelf; with negative numbers, lay them back and keep them as before."""
    for variant_id, count in sorted(pieces.items()):
        fewer = {"on_hand": SHOP_STOCK.c.on_hand - count, "reserved": SHOP_STOCK.c.reserved - count}
        await connection.execute(update(SHOP_STOCK).where(SHOP_STOCK.c.variant_id == variant_id).values(**fewer))


async def take_in(connection: AsyncConnection, sound: Mapping[str, int], unfit: Mapping[str, int]) -> None:
    """Lay sound pieces on the shelf, set all others aside.

    Raises:
        VariantNotFoundError: the warehouse does not know a variant.
    """
    for variant_id in sorted({*sound, *unfit}):
        more = {
            "on_hand": SHOP_STOCK.c.on_hand + sound.get(variant_id, 0),
            "set_aside": SHOP_STOCK.c.set_aside + unfit.get(variant_id, 0),
        }
        own = update(SHOP_STOCK).where(SHOP_STOCK.c.variant_id == variant_id).values(**more)
        if not (await connection.execute(own)).rowcount:
            raise _unknown(variant_id)


def _unknown(variant_id: str) -> VariantNotFoundError:
    return VariantNotFoundError(f"the shop does not sell {variant_id}", field="variant_id", variant=variant_id)


def _short(level: StockLevel, wanted: int) -> OutOfStockError:
    return OutOfStockError(
        f"{wanted} of {level.variant_id} wanted, {level.available} available",
        field="quantity",
        variant=level.variant_id,
        wanted=wanted,
        available=level.available,
    )
