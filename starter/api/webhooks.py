"""Systems subscribe to what happens in cases: signed webhooks, under a name that they choose, to a URL of theirs."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from activities.clock import wall_clock
from activities.subscriptions.outgoing import Outgoing, Sent
from activities.subscriptions.subscriptions import Subscription
from domain.errors import CaseError, NotAllowedError
from domain.lines import LINE_NAMES
from domain.people import Role
from domain.sla.spans import Instant
from starter.access.principals import Principal
from starter.api.answers import READS, WRITES, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, OurHouse

router = APIRouter(prefix="/v1/webhooks", route_class=GuardedRoute, tags=["webhooks"])

NAMED = r"^[a-z][a-z0-9_-]{0,63}$"
Name = Annotated[str, Path(pattern=NAMED, description="your name for the subscription")]
MAY_LACK = (*READS, 404, 422)


def _known_line(name: str) -> str:
    if name not in LINE_NAMES:
        raise ValueError(f"expected the name of a timeline line: {', '.join(LINE_NAMES)}")
    return name


LineName = Annotated[
    str, AfterValidator(_known_line), WithJsonSchema({"type": "string", "title": "LineName", "enum": [*LINE_NAMES]})
]


class WebhookNotFoundError(CaseError):
    """Nobody has subscribed under this name."""

    code = "webhook_not_found"


class WebhookEndedError(CaseError):
    """Its receiver has said that it wants no more (410); subscribing anew begins it again."""

    code = "webhook_ended"


class Subscribing(BaseModel):
    """Where to post, and what. `events` are names of timeline lines, such as `task_offered`; none stands for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(min_length=1, max_length=2_000, examples=["https://shop.example/hooks"], repr=False)
    events: tuple[LineName, ...] = Field(default=(), max_length=100)


class ShownSubscription(BaseModel):
    """A subscription, and how it fares.

    `failures` are those since something was delivered last. Until `rests_until` a receiver that was away is left alone;
    a ping ends that. With `disabled_at` it has ended, and what happens is not kept for it.
    """

    name: str
    owner: str
    url: str
    events: tuple[str, ...]
    created_at: Instant
    delivered_at: Instant | None
    failures: int
    rests_until: Instant | None
    last_error: str | None
    disabled_at: Instant | None
    secret: str | None = Field(default=None, description="to verify signatures with; told once, when it is new")

    @classmethod
    def of(cls, one: Subscription, secret: str | None = None) -> ShownSubscription:
        """As it is shown."""
        fields = {name: getattr(one, name) for name in cls.model_fields if name != "secret"}
        rests = one.rests_until if one.rests_until > wall_clock() else None
        return cls(**{**fields, "rests_until": rests}, secret=secret)


class ShownSubscriptions(BaseModel):
    """Subscriptions by name."""

    webhooks: list[ShownSubscription]


class NewSecret(BaseModel):
    """A secret, told this once; the one before signs for another day."""

    secret: str


class ShownOutgoing(BaseModel):
    """An event on its way, or there. `body` is what is posted."""

    event_id: str
    kind: str
    at: Instant
    state: Sent
    attempts: int
    next_at: Instant
    ended_at: Instant | None
    detail: str | None
    body: str

    @classmethod
    def of(cls, one: Outgoing) -> ShownOutgoing:
        """As it is shown."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class OnTheirWay(BaseModel):
    """Events of a subscription, the newest first."""

    deliveries: list[ShownOutgoing]


class SentAgain(BaseModel):
    """How many events were given up on, and are tried again from the beginning."""

    events: int


async def own_webhook(name: Name, house: OurHouse, principal: Asking) -> Subscription:
    """The subscription of this name, to whom it belongs and to supervisors."""
    found = await house.subscriptions.get(name)
    if found is None:
        raise WebhookNotFoundError(f"there is no webhook {name}", field="name")
    _require_own(principal, found)
    return found


def _require_own(principal: Principal, one: Subscription) -> None:
    if principal.role is Role.SYSTEM and one.owner != principal.id:
        raise NotAllowedError(f"the webhook {one.name} is another system's", field="name")


Own = Annotated[Subscription, Depends(own_webhook)]


async def told_webhook(own: Own) -> Subscription:
    """The same, if it has not ended."""
    if own.disabled_at is not None:
        raise WebhookEndedError(
            f"the webhook {own.name} has ended: its receiver answered 410; PUT it again", field="name"
        )
    return own


Told = Annotated[Subscription, Depends(told_webhook)]


@router.put(
    "/{name}",
    operation_id="subscribe",
    responses={201: {"description": "It is new", "model": ShownSubscription}, **problems(*WRITES)},
)
async def subscribe(
    name: Name, body: Subscribing, house: OurHouse, principal: Asking, response: Response
) -> ShownSubscription:
    """Subscribe, or change a subscription; what happens from now on is told, and one that was disabled goes on."""
    known = await house.subscriptions.get(name)
    if known is not None:
        _require_own(principal, known)
    await house.guard.target(body.url)
    place = await house.doors.store.readmodel.newest_change()
    secret = await house.subscriptions.put(name, principal.id, body.url, body.events, place)
    response.status_code = 201 if secret else 200
    found = await house.subscriptions.get(name)
    assert found is not None
    return ShownSubscription.of(found, secret)


@router.get("", operation_id="list_webhooks", responses=problems(*READS))
async def list_webhooks(house: OurHouse, principal: Asking) -> ShownSubscriptions:
    """The subscriptions of the system that asks; to supervisors, all of them."""
    owner = principal.id if principal.role is Role.SYSTEM else None
    return ShownSubscriptions(webhooks=[ShownSubscription.of(one) for one in await house.subscriptions.all(owner)])


@router.get("/{name}", operation_id="show_webhook", responses=problems(*MAY_LACK))
async def show_webhook(own: Own) -> ShownSubscription:
    """A subscription, and how it fares."""
    return ShownSubscription.of(own)


@router.delete("/{name}", status_code=204, operation_id="unsubscribe", responses=problems(*MAY_LACK))
async def unsubscribe(own: Own, house: OurHouse) -> None:
    """End a subscription, with all that was on its way to it."""
    await house.subscriptions.remove(own.name)


@router.post("/{name}/secret", operation_id="renew_webhook_secret", responses=problems(*MAY_LACK))
async def renew_webhook_secret(own: Own, house: OurHouse) -> NewSecret:
    """Get another secret; for a day, what is posted is signed with the one before as well."""
    return NewSecret(secret=await house.subscriptions.new_secret(own.name))


@router.post("/{name}/ping", status_code=202, operation_id="ping_webhook", responses=problems(*MAY_LACK, 409))
async def ping_webhook(own: Told, house: OurHouse) -> ShownSubscription:
    """Have a `duecourse.ping` posted at once, to see that it arrives; what waited goes out with it."""
    await house.outgoing.ping(own.name, f"ping-{secrets.token_hex(12)}")
    return ShownSubscription.of(await house.subscriptions.get(own.name) or own)


@router.get("/{name}/deliveries", operation_id="list_deliveries", responses=problems(*MAY_LACK))
async def list_deliveries(
    own: Own, house: OurHouse, state: Sent | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> OnTheirWay:
    """What is on its way, has arrived or was given up on, the newest first."""
    found = await house.outgoing.latest(own.name, state, limit)
    return OnTheirWay(deliveries=[ShownOutgoing.of(one) for one in found])


@router.post("/{name}/send-again", operation_id="send_webhooks_again", responses=problems(*MAY_LACK, 409))
async def send_webhooks_again(own: Told, house: OurHouse) -> SentAgain:
    """Try at once what waits for a receiver that was away, and once more what was given up on after three days."""
    return SentAgain(events=await house.outgoing.send_again(own.name))
