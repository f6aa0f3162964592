"""Orders of the embedded shop, and what their customers want of them, made ready before visitors come."""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path

from pydantic import BaseModel

from activities.shop.catalog import CATALOG
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.returns.wish import ReturnKind, ReturnReason
from starter.demo.changes import ChangePart, place
from starter.demo.returns import ReturnPart, deliver
from starter.doors import Store

CHANGES = (ChangePart("another address", "address"), ChangePart("one piece less, refunded", "less"))
RETURNS = (ReturnPart("damaged, paid back at once", ReturnKind.CLAIM, reason=ReturnReason.DAMAGED),)
"""What needs nobody but the customer and the machines."""

PIECES = 10_000


async def make_ready(store: Store, file: Path, number: int) -> None:
    """Place so many orders to be changed, and deliver so many to be given back; a line of the file is one wish.

    A line has `path`, where it is handed in, and `body`, what is handed in there.
    """
    books = ShopBooks(store.engine)
    for variant in CATALOG:
        await Warehouse(books).offer(variant, PIECES)
    with file.open("w", encoding="utf-8") as lines:
        for at, part in enumerate(islice(cycle(CHANGES), number)):
            change = await place(store.engine, store.customers, part, at, source="load")
            lines.write(_line("/v1/order-changes", change))
        for at, back in enumerate(islice(cycle(RETURNS), number)):
            wish = await deliver(store.engine, store.customers, back, at, source="load")
            lines.write(_line("/v1/returns", wish))


def _line(path: str, wish: BaseModel) -> str:
    # Where it comes from is the name of the key with which it is handed in.
    body = wish.model_dump(mode="json", exclude_none=True, exclude={"source"})
    return json.dumps({"path": path, "body": body}, ensure_ascii=False) + "\n"
