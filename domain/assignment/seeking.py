"""Looking for somebody who gets a task: when it is done, and what the case makes of the answer."""

from __future__ import annotations

from domain.assignment.choosing import Choice
from domain.assignment.need import AssignmentOrder, AssignTask, Need
from domain.case import Case
from domain.deeds import NoticeKind
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span, say_span
from domain.tasks import HumanTask, TaskState, eligible


def seek(case: Case, task: HumanTask, now: Instant) -> None:
    """Decide to look for somebody, where the team's tasks are given to people or the customer has an agent there."""
    case.cancel(ClockKind.ASSIGNMENT, now, "somebody is looked for", task.id)
    if _waits(task) and (_pushed(case, task) or named_agent(case, task)):
        case.decide(AssignTask(key=case.key("assign"), task=task.id, team=task.team))


def colleague_came(case: Case, task_id: str, now: Instant) -> None:
    """Somebody is there who was not when nobody was found for a task: look again, and not only when its time comes."""
    task = case.find_task(task_id)
    if task and task.vain:
        seek(case, task, now)


def _waits(task: HumanTask) -> bool:
    # Whoever leads has named those who may have it: it is theirs to take.
    return task.state is TaskState.READY and not task.nominees


def _pushed(case: Case, task: HumanTask) -> bool:
    return task.team in case.policy.assignment.push


def named_agent(case: Case, task: HumanTask) -> str | None:
    """The customer's own agent, if they may have the task and have not passed on it."""
    named = case.state.customer.named_agent
    return named if named in eligible(task, case.policy) and named not in task.passed else None


def order_for(case: Case, deed: AssignTask) -> AssignmentOrder | None:
    """What is asked in order to give a task to somebody; None if nobody is looked for any more."""
    task = case.find_task(deed.task)
    if task is None or not _still_sought(task, deed):
        return None
    customer, named = case.state.customer, named_agent(case, task)
    within = case.policy.assignment.accept_time(task.team)
    need = Need(
        team=task.team,
        kind=task.kind,
        channel=case.state.channel,
        language=customer.language,
        problem=case.problem,
        vip=customer.vip,
        upset=case.upset,
        named=named,
        named_only=not _pushed(case, task),
        excluded=task.excluded,
        passed=task.passed,
    )
    about = f"task {task.id} ({task.title}) was given to you: begin within {say_span(within)}"
    return AssignmentOrder(case_id=case.state.case_id, key=deed.key, task=task.id, need=need, about=about)


def _still_sought(task: HumanTask, deed: AssignTask) -> bool:
    return _waits(task) and task.team == deed.team


def chosen(case: Case, deed: AssignTask, found: Choice, now: Instant) -> None:
    """Somebody was found for a task and told so, or nobody was."""
    task = case.task(deed.task)
    if not _still_sought(task, deed):
        _overtaken(case, task, found, now)
    elif found.person is None:
        _nobody(case, task, found, now)
    elif found.person in task.excluded:
        seek(case, task, now)
    else:
        _give(case, task, found.person, found, now)


def _overtaken(case: Case, task: HumanTask, found: Choice, now: Instant) -> None:
    """Somebody was quicker, or it is no longer to be done: whoever was told must not look for it."""
    if found.person and found.person != task.owner:
        case.note(now, "assignment_overtaken", task=task.id, person=found.person)
        about = f"task {task.id} ({task.title}) is not yours: {task.owner or 'nobody'} has it"
        case.notify(NoticeKind.HANDOVER, (found.person,), about, case.key("overtaken"))


def _give(case: Case, task: HumanTask, person: str, found: Choice, now: Instant) -> None:
    task.own(person, now)
    task.vain = 0
    accept_by = _watch(case, task, case.policy.assignment.accept_time(task.team), now, f"given to {person}")
    case.note(
        now,
        "task_assigned",
        task=task.id,
        owner=person,
        reason=found.reason,
        skills=", ".join(found.skills) or None,
        load=found.load,
        fit=found.fit,
        barred=_said(found),
        accept_by=accept_by,
    )


def _nobody(case: Case, task: HumanTask, found: Choice, now: Instant) -> None:
    """Nobody is free: whoever comes may take it from the queue, the supervisors know, and it is tried again."""
    if not _pushed(case, task):
        case.note(now, "named_agent_not_free", task=task.id, person=named_agent(case, task), barred=_said(found))
        return
    task.vain += 1
    task.passed = ()
    pause = case.policy.assignment.pause_after(task.vain)
    again = _watch(case, task, max(pause, (found.again_at or now) - now), now, "nobody was free")
    case.note(now, "nobody_free", task=task.id, team=task.team, barred=_said(found), again_at=again)
    if task.vain == 1:
        about = f"nobody is free for task {task.id} ({task.title}) of team {task.team}: {_said(found) or 'no members'}"
        case.notify(NoticeKind.ALARM, (), about, case.key("nobody_free"))


def _watch(case: Case, task: HumanTask, within: Span, now: Instant, cause: str) -> Instant | None:
    return case.due(case.start_clock(ClockKind.ASSIGNMENT, within, now, cause, task=task.id))


def _said(found: Choice) -> str | None:
    """Who was out of the question, counted by why: `full 2, off shift 3`."""
    return ", ".join(f"{bar.value.replace('_', ' ')} {count}" for bar, count in sorted(found.barred.items())) or None
