"""Shop and carrier tell through the API: kept once under the sender's own id, whatever else it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from activities.clock import wall_clock
from activities.shop.events import ShopEvents
from domain.sla.spans import HOUR
from starter.access.principals import Scope
from starter.doors import Store
from tests.activities.shop.stage import START, EmbeddedStage
from tests.starter.api.calling import SUPERVISOR, Api, problem

PAID: dict[str, Any] = {"order_id": "o-api", "kind": "paid", "at": START}


async def kept(store: Store) -> list[tuple[str, str]]:
    """Ids and kinds of the events about the order that wait to be told."""
    return [(event.id, event.kind) for event in await ShopEvents(store.engine).untold() if event.order_id == "o-api"]


async def test_event_of_an_order_is_kept_once_under_the_senders_key(api: Api, store: Store) -> None:
    shop, till = await api.system(Scope.WRITE_EVENTS), await api.system(Scope.WRITE_EVENTS, name="till")
    told = [await api.post("/v1/events/orders", who, PAID, "e-1") for who in (shop, shop, till)]
    assert [(one.status_code, one.json()) for one in told] == [(202, {"news": news}) for news in (True, False, True)]
    assert await kept(store) == [("system:shop:e-1", "paid"), ("system:till:e-1", "paid")]
    other = await api.post("/v1/events/orders", shop, {**PAID, "kind": "cancelled"}, "e-1")
    problem(other, 409, "key_reused")
    await ShopEvents(store.engine).mark_told([event_id for event_id, _ in await kept(store)])


async def test_scan_is_kept_once_under_the_carriers_id(api: Api, store: Store) -> None:
    stage, carrier = EmbeddedStage(store.engine), await api.system(Scope.WRITE_EVENTS, name="carrier")
    order = await stage.place((await stage.offer(), 1))
    await stage.release(order.id)
    scan = {"event_id": "s-1", "parcel_id": await stage.ship(order.id), "status": "picked_up", "at": START}
    told = [await api.post("/v1/events/parcels", carrier, scan) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in told] == [(202, {"news": True}), (202, {"news": False})]
    unknown = await api.post("/v1/events/parcels", carrier, {**scan, "event_id": "s-2", "parcel_id": "nobody"})
    problem(unknown, 404, "parcel_not_found")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"at": 2**63}, "at"),
        ({"at": -1}, "at"),
        ({"at": START // 1_000}, "at"),
        ({"kind": "Paid!"}, "kind"),
        ({"who": "me"}, "who"),
    ],
)
async def test_event_that_cannot_be_is_refused_by_its_field(
    api: Api, store: Store, changed: dict[str, Any], field: str
) -> None:
    answered = await api.post("/v1/events/orders", await api.system(), {**PAID, **changed})
    assert problem(answered, 422, "invalid_input")["field"] == field
    assert await kept(store) == []


@pytest.mark.parametrize("path", ["/v1/events/orders", "/v1/events/parcels"])
@pytest.mark.parametrize(("late", "said"), [(-START + START // 1_000, "are these seconds?"), (HOUR, "in the future")])
async def test_seconds_and_what_lies_ahead_are_no_instant_of_what_happened(
    api: Api, path: str, late: int, said: str
) -> None:
    at = (wall_clock() if late == HOUR else START) + late
    body = (
        {**PAID, "at": at} if path.endswith("orders") else {"event_id": "s", "parcel_id": "p", "status": "x", "at": at}
    )
    found = problem(await api.post(path, await api.system(), body), 422, "invalid_input")
    [of_time] = [one["message"] for one in found["errors"] if one["field"] == "at"]
    assert of_time.startswith("expected milliseconds since 1970")
    assert said in of_time


async def test_nobody_of_the_staff_tells_what_only_shop_and_carrier_know(api: Api) -> None:
    problem(await api.post("/v1/events/orders", await api.person(SUPERVISOR), PAID), 403, "not_allowed")
    problem(await api.post("/v1/events/orders", await api.system(Scope.OPEN_CASES), PAID), 403, "not_allowed")
