"""Tasks that any case may have: reach a customer whom no message reached, find out whether a message arrived."""

from __future__ import annotations

from typing import cast

from pydantic import BaseModel, ConfigDict

from domain.conversation import arrived, reached_by_a_person
from domain.deeds import NoticeKind, RecordCheck
from domain.messages import DeliveryReported, Text
from domain.people import Actor
from domain.sla.spans import Instant
from domain.tasks import HumanTask, TaskDefinition
from domain.worked_case import CHECK_DELIVERY, CONTACT, WorkedCase

_STRICT = ConfigDict(frozen=True, extra="forbid")


class ContactForm(BaseModel):
    """How a customer was reached whom no message reached."""

    model_config = _STRICT

    reached: bool
    how: Text


class DeliveryCheckForm(BaseModel):
    """Whether a message of unknown fate arrived; False sends it again."""

    model_config = _STRICT

    arrived: bool
    how_known: Text


REACHING = (
    TaskDefinition(kind=CONTACT, title="Reach the customer", form=ContactForm),
    TaskDefinition(kind=CHECK_DELIVERY, title="Find out whether it arrived", form=DeliveryCheckForm),
)


def contacted(case: WorkedCase, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """A person reached (or failed to reach) a customer whom no message reached."""
    found = cast(ContactForm, form)
    case.note(now, "contact_made" if found.reached else "contact_failed", actor, text=found.how)
    if found.reached and case.unresolved:
        reached_by_a_person(case, f"{actor.id} reached the customer", now)


def delivery_checked(case: WorkedCase, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """A message of unknown fate arrived after all, or is sent once more under a key of its own."""
    found = cast(DeliveryCheckForm, form)
    key = str(task.brief["key"])
    message = case.state.doubtful.pop(key, None)
    case.note(now, "delivery_checked", actor, text=found.how_known, arrived=found.arrived)
    case.decide(
        RecordCheck(key=f"{key}:checked", message=key, arrived=found.arrived, by=actor.id, how=found.how_known, at=now)
    )
    if message is None or case.over:
        return
    if found.arrived:
        arrived(case, message, now)
    else:
        case.decide(message.model_copy(update={"key": f"{message.key}:again"}))


def delivery_reported(case: WorkedCase, report: DeliveryReported, now: Instant) -> None:
    """A provider told us later what became of a message: a bounce goes to a person."""
    if not case.is_news(report.event_id):
        return
    what = "delivery_confirmed" if report.delivered else "delivery_bounced"
    case.note(now, what, key=report.key, channel=report.channel.value, why=report.detail)
    if not report.delivered:
        todo = f"the case is {case.status}"
        if not case.over:
            todo = f"task {case.offer_contact(now, {'key': report.key, 'why': report.detail}).id}"
        case.notify(NoticeKind.ALARM, (), f"a message bounced; {todo}", case.key("bounced"))
