"""The verbs of human tasks. Each function refuses, or returns the act that will be done: refusals change nothing."""

from __future__ import annotations

from pydantic import ValidationError

from domain import messages as m
from domain.assignment.seeking import seek
from domain.case import Act, Case
from domain.deeds import NoticeKind
from domain.errors import (
    FormInvalidError,
    InvalidInputError,
    NotEligibleError,
    TaskAlreadyClaimedError,
    TaskStateError,
)
from domain.people import Actor, Role
from domain.rights import LEADING, STAFF, known, require_eligible, require_owner, require_role
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, say_instant
from domain.task_moves import back_to_queue, begin, end_clocks, own, withdraw
from domain.tasks import HumanTask, TaskState, TaskVerb


def claim(case: Case, request: m.ClaimTask) -> Act:
    """Take a task from the queue; of two who try, the second is told who has it since when."""
    task = case.task(request.task_id)
    require_role(request.actor, *STAFF)
    if task.owner is not None and task.active:
        since = say_instant(task.owned_since or 0)
        raise TaskAlreadyClaimedError(
            f"task {task.id} was taken by {task.owner} at {since}",
            task=task.id,
            owner=task.owner,
            since=task.owned_since,
        )
    task.require(TaskVerb.CLAIM)
    require_eligible(task, request.actor, case)
    return lambda now: own(case, task, request.actor.id, now, request.actor)


def release(case: Case, request: m.ReleaseTask) -> Act:
    """Give a task back; the draft stays with it."""
    task = case.task(request.task_id)
    task.require(TaskVerb.RELEASE)
    require_owner(task, request.actor, or_leading=True)
    return lambda now: back_to_queue(case, task, request.actor, now, request.reason or "released")


def start(case: Case, request: m.StartTask) -> Act:
    """Begin; a task of the queue is claimed with it."""
    task = case.task(request.task_id)
    require_role(request.actor, *STAFF)
    if task.owner is not None and task.active:
        require_owner(task, request.actor)
    task.require(TaskVerb.START)
    require_eligible(task, request.actor, case)

    def act(now: Instant) -> None:
        if task.owner is None:
            own(case, task, request.actor.id, now, request.actor, working=True)
        begin(case, task, now)

    return act


def complete(case: Case, request: m.CompleteTask) -> Act:
    """Finish a task with its form.

    Raises:
        FormInvalidError: details list each field and what was expected.
    """
    task = case.task(request.task_id)
    task.require(TaskVerb.COMPLETE)
    require_owner(task, request.actor)
    form_type = case.definitions[task.kind].form
    try:
        form = form_type.model_validate(request.form)
    except ValidationError as error:
        fields = [
            {"field": ".".join(str(part) for part in fault["loc"]) or "form", "expected": fault["msg"]}
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        said = "; ".join(f"{fault['field']}: {fault['expected']}" for fault in fields)
        raise FormInvalidError(f"the form of task {task.id} is not valid: {said}", fields=fields) from None
    case.check_completion(task, form, request.actor)

    def act(now: Instant) -> None:
        task.end(TaskState.COMPLETED, now, form.model_dump(mode="json"))
        end_clocks(case, task, now, f"completed by {request.actor.id}", met=True)
        case.note(now, "task_completed", request.actor, task=task.id, kind=task.kind)
        case.task_completed(task, form, request.actor, now)
        case.prune_tasks()

    return act


def delegate(case: Case, request: m.DelegateTask) -> Act:
    """Hand a task to one other person, with everything that belongs to it."""
    task = case.task(request.task_id)
    task.require(TaskVerb.DELEGATE)
    require_owner(task, request.actor, or_leading=True)
    return _hand_to(case, task, request.to, request.actor, request.reason)


def _hand_to(case: Case, task: HumanTask, to: Actor, by: Actor, reason: str) -> Act:
    require_eligible(task, known(case, to), case)
    if task.owner == to.id:
        raise TaskStateError(f"{to.id} has task {task.id} already", task=task.id, owner=to.id)

    def act(now: Instant) -> None:
        former = task.owner
        case.note(now, "task_delegated", by, task=task.id, to=to.id, former_owner=former, reason=reason)
        own(case, task, to.id, now, by)
        about = f"task {task.id} ({task.title}) was handed to you: {reason}"
        case.notify(NoticeKind.HANDOVER, (to.id,), about, case.key(f"delegated-{task.id}"))
        if former and former != by.id:
            about = f"task {task.id} ({task.title}) went to {to.id}: {reason}"
            case.notify(NoticeKind.HANDOVER, (former,), about, case.key(f"taken-{task.id}"))

    return act


def reassign(case: Case, task_id: str, to: Actor, by: Actor, reason: str) -> Act:
    """A supervisor gives a task to somebody, whoever has it now."""
    require_role(by, Role.SUPERVISOR)
    task = case.task(task_id)
    task.require(TaskVerb.DELEGATE)
    return _hand_to(case, task, to, by, reason)


def forward(case: Case, request: m.ForwardTask) -> Act:
    """Move a task to another team's queue."""
    task = case.task(request.task_id)
    task.require(TaskVerb.FORWARD)
    require_owner(task, request.actor, or_leading=True)
    if request.team not in case.policy.teams:
        known = sorted(case.policy.teams)
        raise InvalidInputError(f"unknown team {request.team}", field="team", expected=known)

    def act(now: Instant) -> None:
        case.note(now, "task_forwarded", request.actor, task=task.id, team=request.team, reason=request.reason)
        task.team, task.nominees, task.passed = request.team, (), ()
        back_to_queue(case, task, request.actor, now, f"forwarded to {request.team}: {request.reason}")

    return act


def nominate(case: Case, request: m.NominateTask) -> Act:
    """Restrict a task to named people; a single one owns it at once."""
    require_role(request.actor, *LEADING)
    task = case.task(request.task_id)
    task.require(TaskVerb.NOMINATE)
    for person in request.people:
        known(case, person)
        if person.id in task.excluded:
            raise NotEligibleError(f"{person.id} is excluded from task {task.id}", field="people", task=task.id)

    def act(now: Instant) -> None:
        task.nominees = tuple(dict.fromkeys(person.id for person in request.people))
        names = ", ".join(task.nominees)
        case.note(now, "task_nominated", request.actor, task=task.id, people=names, reason=request.reason)
        if len(task.nominees) == 1:
            own(case, task, task.nominees[0], now, request.actor)
        about = f"task {task.id} ({task.title}) is for you: {request.reason}"
        case.notify(NoticeKind.HANDOVER, task.nominees, about, case.key(f"nominated-{task.id}"))

    return act


def suspend(case: Case, request: m.SuspendTask) -> Act:
    """Lay a task aside; its own clocks pause, the case's promises go on."""
    task = case.task(request.task_id)
    task.require(TaskVerb.SUSPEND)
    require_owner(task, request.actor, or_leading=True)

    def act(now: Instant) -> None:
        task.suspended_from, task.state = task.state, TaskState.SUSPENDED
        case.note(now, "task_suspended", request.actor, task=task.id, reason=request.reason)
        case.settle_pauses(now)

    return act


def resume(case: Case, request: m.ResumeTask) -> Act:
    """Take up a suspended task where it was left."""
    task = case.task(request.task_id)
    task.require(TaskVerb.RESUME)
    require_owner(task, request.actor, or_leading=True)

    def act(now: Instant) -> None:
        task.state, task.suspended_from = task.suspended_from or TaskState.READY, None
        case.note(now, "task_resumed", request.actor, task=task.id)
        case.settle_pauses(now)
        if case.open_clock(ClockKind.ASSIGNMENT, task.id) is None:
            seek(case, task, now)

    return act


def skip(case: Case, request: m.SkipTask) -> Act:
    """Do without a task of a kind that allows it."""
    require_role(request.actor, *LEADING)
    task = case.task(request.task_id)
    task.require(TaskVerb.SKIP)
    if not case.definitions[task.kind].skippable:
        raise TaskStateError(f"task {task.id} ({task.title}) cannot be skipped", task=task.id, kind=task.kind)

    def act(now: Instant) -> None:
        withdraw(case, task, now, f"skipped by {request.actor.id}: {request.reason}")
        case.task_skipped(task, now)

    return act


def exclude(case: Case, request: m.ExcludeOwner) -> Act:
    """Bar a person from a task (four eyes); if it was theirs, it returns to the queue."""
    require_role(request.actor, *LEADING)
    task = case.task(request.task_id)
    task.require(TaskVerb.EXCLUDE)

    def act(now: Instant) -> None:
        task.excluded = tuple(dict.fromkeys((*task.excluded, request.person)))
        case.note(now, "owner_excluded", request.actor, task=task.id, person=request.person, reason=request.reason)
        if task.owner == request.person:
            back_to_queue(case, task, request.actor, now, f"{request.person} is excluded: {request.reason}")
        else:
            case.alarm_if_nobody_eligible(task, now)

    return act


def save_draft(case: Case, request: m.SaveDraft) -> Act:
    """Keep unfinished words with the task."""
    task = case.task(request.task_id)
    task.require(TaskVerb.SAVE_DRAFT)
    require_owner(task, request.actor)

    def act(now: Instant) -> None:
        task.draft = request.draft
        begin(case, task, now)

    return act
