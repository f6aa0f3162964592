"""The page of outgoing webhooks: who is told of what, how it fares, and the same deeds as the API has for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, ValidationError

from activities.subscriptions.addresses import checked_url
from activities.subscriptions.outgoing import Outgoing
from domain.errors import CaseError
from domain.lines import LINE_NAMES
from starter.access.principals import Principal
from starter.access.rules import DESK_RULES
from starter.api import webhooks as api
from starter.api.house import Asking, House, OurHouse
from starter.api.problems import wrong_fields
from starter.api.statuses import status_of
from starter.desk.fields import Filled
from starter.desk.pages import page, reader_of, refusal_of, see_other
from starter.desk.posted import posted
from starter.desk.route import DeskRoute

router = APIRouter(prefix="/desk/webhooks", route_class=DeskRoute, include_in_schema=False)

SHOWN = 20
"""How many deliveries of each are shown, the newest first."""

EVENT = "event."
"""In the form, before the name of each line that was ticked."""


class NamedSubscribing(api.Subscribing):
    """What the form asks for: the API's body, and the name that stands in its path."""

    name: Annotated[str, Field(pattern=api.NAMED)]


@dataclass(frozen=True)
class Fares:
    """A subscription with what is on its way to it; `address` is as much of its URL as the reader may know."""

    webhook: api.ShownSubscription
    address: str
    deliveries: list[Outgoing]


@dataclass(frozen=True)
class Told:
    """What came of a form: what was typed, why it was refused, or the secret that is told this once."""

    filled: Filled
    refused: CaseError | None = None
    name: str = ""
    secret: str | None = None


@router.get("", name="desk_webhooks")
async def webhooks(request: Request, house: OurHouse, principal: Asking) -> Response:
    """All subscriptions; supervisors may change them."""
    return await _shown(request, house, principal, Told({}))


@router.post("", name="desk_subscribe")
async def subscribe(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Subscribe, or change the subscription of that name; the secret of a new one is told this once."""
    filled = await posted(request)
    try:
        asked = _asked(filled)
        body = api.Subscribing(url=asked.url, events=asked.events)
        new = await api.subscribe(asked.name, body, house, principal, Response())
    except CaseError as error:
        return await _shown(request, house, principal, Told(filled, error))
    if new.secret is None:
        return see_other("/desk/webhooks")
    return await _shown(request, house, principal, Told({}, name=new.name, secret=new.secret))


@router.post("/remove", name="desk_unsubscribe")
async def unsubscribe(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Turn one off, with all that was on its way to it."""
    name = (await posted(request)).get("name", "")
    await api.unsubscribe(await api.own_webhook(name, house, principal), house)
    return see_other("/desk/webhooks")


@router.post("/ping", name="desk_ping_webhook")
async def ping(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Try one out at once; what waited goes out with it."""
    name = (await posted(request)).get("name", "")
    await api.ping_webhook(await api.told_webhook(await api.own_webhook(name, house, principal)), house)
    return see_other(f"/desk/webhooks#{name}")


@router.post("/send-again", name="desk_send_webhooks_again")
async def send_again(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Try at once what waits, and once more what was given up on."""
    name = (await posted(request)).get("name", "")
    await api.send_webhooks_again(await api.told_webhook(await api.own_webhook(name, house, principal)), house)
    return see_other(f"/desk/webhooks#{name}")


async def _shown(request: Request, house: House, principal: Principal, told: Told) -> Response:
    reader = await reader_of(request)
    changes = principal.role in DESK_RULES["desk_subscribe"].roles
    found = (await api.list_webhooks(house, principal)).webhooks
    return page(
        reader,
        "webhooks.html",
        status_of(told.refused) if told.refused else 200,
        here="/desk/webhooks",
        subscriptions=[await _fares(house, one, whole=changes) for one in found],
        changes=changes,
        told_of=told,
        refusal=refusal_of(told.refused, reader.texts) if told.refused else None,
        lines=LINE_NAMES,
        event=EVENT,
    )


async def _fares(house: House, one: api.ShownSubscription, *, whole: bool) -> Fares:
    # What comes behind the host may be a secret of the receiver, which whoever only reads has no use for.
    address = one.url if whole else f"{(url := checked_url(one.url)).scheme}://{url.host}/…"
    return Fares(one, address, await house.outgoing.latest(one.name, None, SHOWN))


def _asked(filled: Filled) -> NamedSubscribing:
    events = [name.removeprefix(EVENT) for name in filled if name.startswith(EVENT)]
    try:
        return NamedSubscribing(name=filled.get("name", ""), url=filled.get("url", "").strip(), events=tuple(events))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise wrong_fields([(("body", *one["loc"]), one["msg"]) for one in found]) from None
