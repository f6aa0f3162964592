"""What shop and carrier tell through the API: kept before it is answered, and then told to the cases by the relay.

The door for signed webhooks (`starter/webhooks`) takes the same; this one is for systems that have a key.
"""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from starter.api.answers import WRITES, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, OurHouse, RequestId
from starter.webhooks.receiving import ToldByCarrier, ToldByShop, inbox_of

router = APIRouter(prefix="/v1/events", route_class=GuardedRoute, tags=["events"])


class OrderEvent(ToldByShop):
    """What happened to an order. `key` is ours if we caused it; `parcel` is the tracking number of what was shipped."""


class ParcelScan(ToldByCarrier):
    """What a scanner saw. `event_id` is the carrier's: the same one again is the same scan."""


class Kept(BaseModel):
    """It is kept, and the cases that it concerns hear of it within seconds; `news` is false where it was known."""

    news: bool


@router.post("/orders", status_code=202, operation_id="tell_order_event", responses=problems(*WRITES, 409))
async def tell_order_event(body: OrderEvent, key: RequestId, house: OurHouse, principal: Asking) -> Kept:
    """Tell what happened to an order: paid, shipped, cancelled, or in the shop's own word."""
    inbox = inbox_of(house.doors.store.engine)
    # Systems choose their keys without knowing of each other, or of what comes in signed.
    return Kept(news=await inbox.take_order_event(f"{principal.id}:{key}", body))


@router.post("/parcels", status_code=202, operation_id="tell_parcel_scan", responses=problems(*WRITES, 404, 409))
async def tell_parcel_scan(body: ParcelScan, house: OurHouse) -> Kept:
    """Tell what a scanner of the carrier saw; the scan's own `event_id` is what it is known by."""
    return Kept(news=await inbox_of(house.doors.store.engine).take_scan(body))
