"""What a genuine webhook says, read and kept: an event of the shop in the outbox, a scan in the carrier's books.

Nothing is told to cases here. What was kept is told by the relay, so a webhook is answered even while Temporal is away,
and one that comes again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.carrier.embedded import EmbeddedCarrier
from activities.carrier.port import Carrier
from activities.shop.events import ShopEvents
from activities.shop.transactions import ShopBooks
from domain.errors import InvalidInputError
from domain.shop.parcels import Scan
from domain.shop.values import Key, ShopId
from domain.shop_case.events import ShopEvent
from domain.shop_case.messages import EventKind
from starter.instants import Happened

Body = TypeVar("Body", bound=BaseModel)
_STRICT = ConfigDict(frozen=True, extra="forbid")


class ToldByShop(BaseModel):
    """An event of the shop. `key` is ours if we caused it; `parcel` is the tracking number of what was shipped."""

    model_config = _STRICT

    order_id: ShopId
    kind: EventKind
    at: Happened = Field(description="when it happened")
    key: Key | None = None
    parcel: ShopId | None = None


class ToldByCarrier(Scan):
    """What a scanner saw. `event_id` is the carrier's: the same one again is the same scan."""

    at: Happened = Field(description="when it happened")


class ShopWebhook(BaseModel):
    """The body of a webhook of the shop; `webhook-id` is the event's identity."""

    type: Literal["order.event"]
    data: ToldByShop


class CarrierWebhook(BaseModel):
    """The body of a webhook of the carrier; the scan's `event_id` is its identity."""

    type: Literal["parcel.scanned"]
    data: ToldByCarrier


@dataclass(frozen=True)
class Inbox:
    """Where webhooks are kept."""

    events: ShopEvents
    carrier: Carrier

    async def take(self, sender: str, webhook_id: str, body: bytes) -> bool:
        """Keep what a webhook says; returns whether it is news.

        Raises:
            InvalidInputError: the body is not what this sender sends; names the field.
            KeyReusedError: its id told something else before.
            ParcelNotFoundError: the carrier scanned what we have never heard of.
            ShopUnavailableError: it cannot be kept now.
        """
        if sender == "carrier":
            return await self.take_scan(_read(CarrierWebhook, body).data)
        # Ids of others are kept apart from those of the embedded shop.
        return await self.take_order_event(f"told:{webhook_id}", _read(ShopWebhook, body).data)

    async def take_order_event(self, event_id: str, told: ToldByShop) -> bool:
        """Keep an event of the shop; returns whether it is news.

        Raises:
            KeyReusedError: its id told something else before.
        """
        facts = told.model_dump(include={"key", "parcel"}, exclude_none=True)
        return await self.events.take_in(ShopEvent(event_id, told.order_id, told.kind, told.at, facts))

    async def take_scan(self, scan: Scan) -> bool:
        """Keep what a scanner saw; returns whether it is news.

        Raises:
            KeyReusedError: its id told something else before.
            ParcelNotFoundError: nobody has heard of such a parcel.
        """
        # Without what a door may have added to it: what is kept is compared with what comes again.
        return await self.carrier.accept_scan(Scan.model_validate(scan.model_dump()))


def inbox_of(engine: AsyncEngine) -> Inbox:
    """Where webhooks are kept in a store."""
    return Inbox(ShopEvents(engine), EmbeddedCarrier(ShopBooks(engine)))


def _read(kind: type[Body], body: bytes) -> Body:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        said = first["msg"].removeprefix("Value error, ")
        raise InvalidInputError(f"{field}: {said}", field=field) from None
