"""What follows when a task of a delivery problem is completed."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pydantic import BaseModel

from domain.conversation import write
from domain.delivery.flow import ask_for_decision
from domain.delivery.forms import DeliveryDecisionForm, Remedy
from domain.delivery.machine import DeliveryTrigger
from domain.delivery.standing import DeliveryStanding
from domain.delivery.tasks import DECIDE
from domain.errors import FormInvalidError
from domain.people import Actor
from domain.shop.parcels import ParcelStatus
from domain.shop_case import people
from domain.shop_case.tasks import APPROVE
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import HumanTask
from domain.templates import TemplateName

COMING_BACK = (ParcelStatus.REFUSED, ParcelStatus.TURNED_BACK, ParcelStatus.BACK)


def check_decision(case: DeliveryStanding, form: BaseModel) -> None:
    """Refuse to wait for the return of what is not coming back.

    Raises:
        FormInvalidError: details name the field.
    """
    waits = cast(DeliveryDecisionForm, form).remedy is Remedy.AWAIT_RETURN
    if waits and case.parcel.status not in COMING_BACK:
        expected = "another remedy: only what was refused or turned back comes back"
        raise FormInvalidError(expected, fields=[{"field": "remedy", "expected": expected}])


def decided(case: DeliveryStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody decided what is done about it."""
    found = cast(DeliveryDecisionForm, form)
    case.state.hands.append(actor.id)
    case.state.remedy = found.remedy
    case.note(now, "delivery_decided", actor, text=found.reason, remedy=found.remedy.value)
    if found.remedy in (Remedy.SEND_AGAIN, Remedy.REFUND):
        case.state.reason = found.reason
        case.fire(DeliveryTrigger.COMMIT, now, actor)
        return
    case.fire(DeliveryTrigger.WAIT, now, actor)
    case.state.looked = False
    case.start_clock(ClockKind.SEARCH, case.rules.clocks.search.within, now, f"{actor.id} decided to wait")
    write(case, TemplateName.DELIVERY_UPDATE, now, "Told the customer what is done about it", text=found.reason)


def approved(case: DeliveryStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """A second pair of eyes looked at a refund above the limit."""
    if people.note_approval(case, form, actor, now):
        case.fire(DeliveryTrigger.COMMIT, now, actor)
    else:
        ask_for_decision(case, now, "the refund was not approved")


COMPLETED: dict[str, Callable[[DeliveryStanding, HumanTask, BaseModel, Actor, Instant], None]] = {
    **people.COMPLETED,
    DECIDE: decided,
    APPROVE: approved,
}
