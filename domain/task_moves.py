"""What happens to a task of a case, with its clocks, its line on the timeline and those who must hear of it."""

from __future__ import annotations

from domain.assignment.seeking import seek
from domain.case import Case
from domain.deeds import NoticeKind
from domain.people import Actor, Role
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import HumanTask, TaskState


def own(case: Case, task: HumanTask, person: str, now: Instant, by: Actor, *, working: bool = False) -> None:
    """Make a person the owner and let the task's clocks know."""
    task.own(person, now, working=working)
    case.meet(ClockKind.TASK_CLAIM, now, f"claimed by {person}", task.id)
    case.cancel(ClockKind.CLAIM_IDLE, now, "the owner changed", task.id)
    case.cancel(ClockKind.ASSIGNMENT, now, f"{person} has it", task.id)
    budget = case.claim_idle_budget(task)
    if budget and not working:
        case.start_clock(ClockKind.CLAIM_IDLE, budget, now, f"claimed by {person}", task=task.id)
    case.note(now, "task_claimed", by, task=task.id, owner=person)


def begin(case: Case, task: HumanTask, now: Instant) -> None:
    """The owner does something with the task: it is in progress and no longer idle."""
    case.cancel(ClockKind.CLAIM_IDLE, now, "the owner is at work", task.id)
    for kind in (ClockKind.ASSIGNMENT, ClockKind.TASK_CLAIM):
        # Being given a task is no answer to it: of whoever was, only beginning is.
        case.meet(kind, now, f"{task.owner} is at work", task.id)
    if task.suspended_from is TaskState.RESERVED:
        task.suspended_from = TaskState.IN_PROGRESS
    if task.state is TaskState.RESERVED:
        task.state = TaskState.IN_PROGRESS
        case.note(now, "task_started", Actor(id=task.owner or "?", role=Role.AGENT), task=task.id)


def back_to_queue(case: Case, task: HumanTask, by: Actor, now: Instant, why: str) -> None:
    """Offer a task to its queue again."""
    former = task.owner
    if former and former not in task.passed:
        task.passed = (*task.passed, former)
    task.to_queue()
    case.cancel(ClockKind.CLAIM_IDLE, now, why, task.id)
    case.settle_pauses(now)
    case.note(now, "task_released", by, task=task.id, former_owner=former, reason=why)
    case.alarm_if_nobody_eligible(task, now)
    seek(case, task, now)


def end_clocks(case: Case, task: HumanTask, now: Instant, cause: str, *, met: bool) -> None:
    """End the clocks of a task that is over."""
    finish = case.meet if met else case.cancel
    finish(ClockKind.TASK_CLAIM, now, cause, task.id)
    finish(ClockKind.TASK_DUE, now, cause, task.id)
    finish(ClockKind.ASSIGNMENT, now, cause, task.id)
    case.cancel(ClockKind.CLAIM_IDLE, now, cause, task.id)


def withdraw(case: Case, task: HumanTask, now: Instant, why: str) -> None:
    """Take a task back from queue or owner; the owner is told why."""
    owner = task.owner
    task.end(TaskState.OBSOLETE, now)
    end_clocks(case, task, now, why, met=False)
    case.note(now, "task_withdrawn", task=task.id, owner=owner, reason=why)
    if owner:
        about = f"task {task.id} ({task.title}) is no longer yours: {why}"
        case.notify(NoticeKind.HANDOVER, (owner,), about, case.key(f"withdrawn-{task.id}"))
    case.prune_tasks()


def withdraw_all(case: Case, now: Instant, why: str, kind: str | None = None) -> None:
    """Take back every open task, or every one of a kind."""
    for task in case.active_tasks(kind):
        withdraw(case, task, now, why)


def lay_down(case: Case, now: Instant, why: str) -> None:
    """Nothing more is done or promised: open tasks are withdrawn, every clock ends, no lost message is looked for."""
    withdraw_all(case, now, why)
    case.cancel_all(now, why)
    case.state.doubtful.clear()
