"""How a delivery problem ends."""

from __future__ import annotations

from domain.conversation import write
from domain.delivery.machine import DeliveryTrigger
from domain.delivery.messages import DeliveryOutcome
from domain.delivery.standing import DeliveryStanding
from domain.people import SYSTEM, Actor
from domain.shop_case.endings import end
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName

DECIDED = (DeliveryOutcome.SENT_AGAIN, DeliveryOutcome.REFUNDED)
"""Ends that somebody decided on, for a reason that the customer is told."""


def resolve(case: DeliveryStanding, outcome: DeliveryOutcome, now: Instant, why: str, by: Actor = SYSTEM) -> None:
    """It is over: every clock ends, open tasks are withdrawn, and a customer who knows of it hears how it ended."""
    case.fire(DeliveryTrigger.RESOLVE, now, by, why)
    case.meet(ClockKind.RESOLUTION, now, why)
    end(case, outcome, now, why)
    if case.state.told:
        said = case.state.reason if outcome in DECIDED else None
        write(case, TemplateName.DELIVERY_RESOLVED, now, f"Told the customer: {why}", kind=outcome.value, text=said)
