"""The sample shop: orders in every state, and wishes about some of them, each opened once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from domain.returns.wish import ReturnKind
from domain.shop.orders import Fulfilment
from runtime.settings import Settings
from starter.cli.up import Wishes
from starter.doors import Doors, open_store
from starter.sample_shop import CHANGES, RETURNS, bring_in_shop
from tests.starter.command_line import ListeningService


async def test_sample_shop_is_brought_in_once(tmp_path: Path) -> None:
    settings, service = Settings(_env_file=None, home=tmp_path, store_url=""), ListeningService()
    async with open_store(settings) as store:
        doors = Doors(settings, store, cast(Any, None), service)
        assert await bring_in_shop(doors) == CHANGES + RETURNS
        assert await bring_in_shop(doors) == 0
        wanted = [new.wanted for new in service.changes.values()]
        orders = [await store.orders.order(new.order_id) for new in service.changes.values()]
        given_back = list(service.returns.values())
        delivered = [await store.orders.order(new.order_id) for new in given_back]
        known = [await store.customers.profile(new.customer_id) for new in service.changes.values()]
    assert all(known)
    assert {order.status for order in orders if order} > {Fulfilment.OPEN, Fulfilment.SHIPPED}
    assert all(
        order and order.customer_id == new.customer_id
        for order, new in zip(orders, service.changes.values(), strict=True)
    )
    assert {new.wanted.kind for new in given_back} == set(ReturnKind)
    assert {order.status for order in delivered if order} == {Fulfilment.DELIVERED}
    assert {new.order_id for new in given_back}.isdisjoint(new.order_id for new in service.changes.values())
    assert any(one.address for one in wanted)
    assert any(one.lines for one in wanted)
    assert any(one.cancel for one in wanted)


def test_shop_is_seeded_beside_our_own_sample_only() -> None:
    assert Wishes().shop()
    assert not Wishes(examples=False).shop()
    assert not Wishes(sample=Path("mine.csv")).shop()
