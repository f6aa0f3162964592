"""What the due steps of a complaint's clocks do."""

from __future__ import annotations

from collections.abc import Callable

from domain.complaint.handling import ComplaintHandling
from domain.complaint.machine import ComplaintStatus, ComplaintTrigger, can
from domain.complaint.messages import Outcome
from domain.complaint.tasks import RESOLVE
from domain.conversation import missed_update, update_key, write
from domain.deeds import NoticeKind
from domain.people import SYSTEM
from domain.sla.clock import Clock, say_left
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant
from domain.task_moves import back_to_queue
from domain.tasks import HumanTask, queue_of
from domain.templates import TemplateName
from domain.views import clock_name


def execute(case: ComplaintHandling, clock: Clock, action: StepAction, now: Instant) -> None:
    """Do what a due step says (the table that `domain.sla.rules.EXECUTED` promises)."""
    _STEPS[action](case, clock, now)


def _in_charge(case: ComplaintHandling, clock: Clock) -> tuple[str, ...]:
    """Who can still keep this promise: the owner of the work, or the queue it lies in."""
    task: HumanTask | None = case.find_task(clock.task) if clock.task else None
    working = [task] if task else case.active_tasks(RESOLVE)
    return tuple(work.owner or queue_of(work) for work in working)


def _near_due(
    case: ComplaintHandling, clock: Clock, recipients: tuple[str, ...], step: StepAction, now: Instant
) -> None:
    calendar = case.calendar(clock.calendar)
    left = say_left(clock.budget - clock.consumed_by(now, calendar))
    case.note(now, "near_due", clock=clock.id, step=step.value)
    about = f"{clock_name(case, clock)}: {left}"
    key = f"{case.state.case_id}:{clock.id}:{step.value}:{len(clock.fired)}"
    case.notify(NoticeKind.NEAR_DUE, recipients, about, key, clock.due(calendar))


def _remind(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    _near_due(case, clock, _in_charge(case, clock), StepAction.REMIND, now)


def _warn(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    _near_due(case, clock, (), StepAction.WARN, now)


def _breach(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    if clock.breached_at is not None:
        return
    case.state.breached = True
    name = clock_name(case, clock)
    case.note(now, "breached", clock=clock.id, kind=clock.kind.value, tier=case.tier)
    people = tuple(dict.fromkeys((*_in_charge(case, clock), f"team:{case.supervisors}")))
    case.notify(NoticeKind.BREACH, people, f"{name}: breached", f"{case.state.case_id}:{clock.id}:breach")
    if clock.kind is ClockKind.STATUS_UPDATE:
        # The missed clock ends here, so what its guarantee promises is granted before and not as a step after.
        _compensate(case, clock, now)
        missed_update(case, clock, now)
    else:
        clock.breach(now, "the time ran out", case.calendar(clock.calendar))


def _compensate(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    guarantee = case.rule(clock.kind).guarantee
    if guarantee:
        because = f"{clock_name(case, clock)} was guaranteed and missed"
        case.grant(guarantee.grant, f"{case.state.case_id}:{clock.id}", because, now, tell=True)


def _escalate(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    why = f"the time of tier {case.tier} ran out"
    if not can(case.state.status, ComplaintTrigger.CLIMB):
        case.note(now, "escalation_not_needed", clock=clock.id, status=case.status, reason=why)
        return
    if case.tier < case.rules.top_tier:
        case.fire(ComplaintTrigger.CLIMB, now, why=why)
        case.cancel(ClockKind.CUSTOMER_ANSWER, now, why)
    case.climb(now, why)


def _send_update(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    number = case.number("update_sent")
    about = f"Status update no. {number}, tier {case.tier}"
    times = sum(name.startswith(StepAction.SEND_UPDATE) for name in clock.fired)
    key = update_key(case, clock)
    write(case, TemplateName.STATUS_UPDATE, now, about, key=key if times == 1 else f"{key}:{times}")


def _ask_again(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    offered = clock.kind is ClockKind.SATISFACTION
    template = TemplateName.SOLUTION_REMINDER if offered else TemplateName.QUESTION_REMINDER
    due = clock.due(case.calendar(clock.calendar))
    key = f"{case.state.case_id}:{clock.id}:{len(clock.fired)}"
    write(
        case,
        template,
        now,
        "Asked the customer again",
        key=key,
        answer_by=due,
        text=case.state.solution if offered else None,
    )


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


def _release_claim(case: ComplaintHandling, clock: Clock, now: Instant) -> None:
    task = case.find_task(clock.task or "")
    if task is None or task.owner is None:
        return
    owner = task.owner
    back_to_queue(case, task, SYSTEM, now, "the claim lay idle")
    case.notify(
        NoticeKind.HANDOVER, (owner,), f"task {task.id} went back to its queue: the claim lay idle", case.key("idle")
    )


_STEPS: dict[StepAction, Callable[[ComplaintHandling, Clock, Instant], None]] = {
    StepAction.REMIND: _remind,
    StepAction.WARN: _warn,
    StepAction.BREACH: _breach,
    StepAction.COMPENSATE: _compensate,
    StepAction.ESCALATE: _escalate,
    StepAction.SEND_UPDATE: _send_update,
    StepAction.ASK_AGAIN: _ask_again,
    StepAction.CLOSE: _close,
    StepAction.RELEASE_CLAIM: _release_claim,
}
