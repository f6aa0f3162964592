"""What due steps do in every case type: staff are told, breaches recorded, updates sent, idle claims released."""

from __future__ import annotations

from collections.abc import Callable

from domain.assignment.seeking import seek
from domain.conversation import missed_update, update_key, write
from domain.deeds import NoticeKind
from domain.people import SYSTEM
from domain.sla.clock import Clock, say_left
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant
from domain.task_moves import back_to_queue
from domain.templates import TemplateName
from domain.views import clock_name
from domain.worked_case import WorkedCase


def remind(case: WorkedCase, clock: Clock, now: Instant) -> None:
    """Tell whoever can still keep the promise."""
    _near_due(case, clock, case.in_charge(clock), StepAction.REMIND, now)


def warn(case: WorkedCase, clock: Clock, now: Instant) -> None:
    """Tell the supervisors that a promise is about to be missed."""
    _near_due(case, clock, (), StepAction.WARN, now)


def _near_due(case: WorkedCase, clock: Clock, recipients: tuple[str, ...], step: StepAction, now: Instant) -> None:
    calendar = case.calendar(clock.calendar)
    left = say_left(clock.budget - clock.consumed_by(now, calendar))
    case.note(now, "near_due", clock=clock.id, step=step.value)
    item = clock_name(case, clock)
    key = f"{case.state.case_id}:{clock.id}:{step.value}:{len(clock.fired)}"
    case.notify(NoticeKind.NEAR_DUE, recipients, f"{item}: {left}", key, clock.due(calendar), item)


def breach(case: WorkedCase, clock: Clock, now: Instant) -> None:
    """Put a miss on record and tell whoever is in charge, and the supervisors."""
    if clock.breached_at is not None:
        return
    case.state.breached = True
    name = clock_name(case, clock)
    case.note(now, "breached", clock=clock.id, kind=clock.kind.value, tier=case.tier)
    people = tuple(dict.fromkeys((*case.in_charge(clock), f"team:{case.supervisors}")))
    case.notify(NoticeKind.BREACH, people, f"{name}: breached", f"{case.state.case_id}:{clock.id}:breach")
    if clock.kind is ClockKind.STATUS_UPDATE:
        # The missed clock ends here, so what its guarantee promises is granted before and not as a step after.
        case.compensate(clock, now)
        missed_update(case, clock, now)
    else:
        clock.breach(now, "the time ran out", case.calendar(clock.calendar))


def send_update(case: WorkedCase, clock: Clock, now: Instant) -> None:
    """Write the regular status update, even when there is nothing new to say."""
    number = case.number("update_sent")
    about = f"Status update no. {number}" + (f", tier {case.tier}" if case.tier else "")
    times = sum(name.startswith(StepAction.SEND_UPDATE) for name in clock.fired)
    key = update_key(case, clock)
    write(case, case.update_template, now, about, key=key if times == 1 else f"{key}:{times}")


def ask_again(case: WorkedCase, clock: Clock, template: TemplateName, now: Instant, **words: str | None) -> None:
    """Remind the customer that it is their turn, and until when."""
    key = f"{case.state.case_id}:{clock.id}:{len(clock.fired)}"
    write(case, template, now, "Asked the customer again", key=key, answer_by=case.due(clock), **words)


def release_claim(case: WorkedCase, clock: Clock, now: Instant) -> None:
    """Return a task to its queue whose owner does nothing with it."""
    task = case.find_task(clock.task or "")
    if task is None or task.owner is None:
        return
    owner = task.owner
    back_to_queue(case, task, SYSTEM, now, "the claim lay idle")
    case.notify(
        NoticeKind.HANDOVER, (owner,), f"task {task.id} went back to its queue: the claim lay idle", case.key("idle")
    )


def offer_on(case: WorkedCase, clock: Clock, now: Instant) -> None:
    """Look again for somebody who gets a task: whoever was given it has not begun, or nobody was free."""
    task = case.task(clock.task or "")
    owner = task.owner
    if owner is None:
        seek(case, task, now)
        return
    back_to_queue(case, task, SYSTEM, now, f"{owner} did not begin in time")
    about = f"task {task.id} ({task.title}) is offered to others: you did not begin in time"
    case.notify(NoticeKind.HANDOVER, (owner,), about, case.key("offered_on"))


STEPS: dict[StepAction, Callable[[WorkedCase, Clock, Instant], None]] = {
    StepAction.REMIND: remind,
    StepAction.WARN: warn,
    StepAction.BREACH: breach,
    StepAction.SEND_UPDATE: send_update,
    StepAction.RELEASE_CLAIM: release_claim,
    StepAction.OFFER_ON: offer_on,
}
"""What each of them does; a case type adds its own."""
