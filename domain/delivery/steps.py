"""What the due steps of a delivery problem's clocks do."""

from __future__ import annotations

from collections.abc import Callable

from domain.delivery.flow import ask_for_decision
from domain.delivery.standing import DeliveryStanding
from domain.due_steps import STEPS
from domain.sla.clock import Clock
from domain.sla.rules import StepAction
from domain.sla.spans import Instant


def execute(case: DeliveryStanding, clock: Clock, action: StepAction, now: Instant) -> None:
    """Do what a due step says (the table that `domain.sla.rules.EXECUTED` promises)."""
    _STEPS[action](case, clock, now)


def _not_found(case: DeliveryStanding, clock: Clock, now: Instant) -> None:
    case.cancel(clock.kind, now, "the parcel was not seen in time")
    ask_for_decision(case, now, "the parcel was not seen in time")


_STEPS: dict[StepAction, Callable[[DeliveryStanding, Clock, Instant], None]] = {
    **STEPS,
    StepAction.HAND_OVER: _not_found,
}
