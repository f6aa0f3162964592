"""What the due steps of a complaint's clocks do."""

from __future__ import annotations

from collections.abc import Callable

from domain.complaint.handling import ComplaintHandling
from domain.complaint.machine import COMPLAINT_MACHINE, ComplaintStatus, ComplaintTrigger
from domain.complaint.messages import Outcome
from domain.due_steps import STEPS, ask_again
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant
from domain.templates import TemplateName


def execute(case: ComplaintHandling, clock: Clock, action: StepAction, now: Instant) -> None:
    """Do what a due step says (the table that `domain.sla.rules.EXECUTED` promises)."""
    _STEPS[action](case, clock, now)


def _escalate(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    why = f"the time of tier {case.tier} ran out"
    if not COMPLAINT_MACHINE.can(case.state.status, ComplaintTrigger.CLIMB):
        case.note(now, "escalation_not_needed", clock=clock.id, status=case.status, reason=why)
        return
    if case.tier < case.rules.top_tier:
        case.fire(ComplaintTrigger.CLIMB, now, why=why)
        case.cancel(ClockKind.CUSTOMER_ANSWER, now, why)
    case.climb(now, why)


def _ask_again(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    offered = clock.kind is ClockKind.SATISFACTION
    template = TemplateName.SOLUTION_REMINDER if offered else TemplateName.QUESTION_REMINDER
    ask_again(case, clock, template, now, text=case.state.solution if offered else None)


def _close(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    why = "the customer did not answer in time"
    offered = case.state.status is ComplaintStatus.SOLUTION_OFFERED
    case.fire(ComplaintTrigger.LAPSE, now, why=why)
    case.note(
        now,
        "summarise_recorded",
        summary=f"closed by itself: {why}",
        cause="solution offered" if offered else "open question",
    )
    case.end(Outcome.NO_ANSWER, TemplateName.CLOSED_WITHOUT_ANSWER, now, why)


_STEPS: dict[StepAction, Callable[[ComplaintHandling, Clock, Instant], None]] = {
    **STEPS,
    StepAction.COMPENSATE: ComplaintHandling.compensate,
    StepAction.ESCALATE: _escalate,
    StepAction.ASK_AGAIN: _ask_again,
    StepAction.CLOSE: _close,
}
