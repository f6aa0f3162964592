"""What follows when a task of a complaint is completed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from pydantic import BaseModel

from domain.complaint import forms
from domain.complaint import messages as m
from domain.complaint import tasks as kinds
from domain.complaint.handling import ComplaintHandling
from domain.complaint.machine import ComplaintStatus, ComplaintTrigger
from domain.conversation import write
from domain.deeds import NoticeKind
from domain.errors import LimitExceededError
from domain.money import Money
from domain.people import SYSTEM, Actor, Role
from domain.reaching import contacted, delivery_checked
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.task_moves import own, withdraw_all
from domain.tasks import HumanTask
from domain.templates import TemplateName
from domain.worked_case import CHECK_DELIVERY, CONTACT


def resolved(case: ComplaintHandling, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """A solution was found; goodwill above the agent's limit goes up for approval by somebody else."""
    found = cast(forms.SolutionForm, form)
    if found.goodwill and not within_authority(case, actor.role, found.goodwill):
        brief = {"task": task.id, "agent": actor.id, "solution": found.solution, "goodwill": str(found.goodwill)}
        case.state.goodwill = found.goodwill
        case.offer(
            kinds.APPROVE_GOODWILL,
            case.supervisors,
            case.rules.task_times.approve_goodwill,
            now,
            brief=dict(brief),
            excluded=(actor.id,),
        )
        case.note(now, "approval_asked", actor, goodwill=str(found.goodwill))
        return
    offer_solution(case, found.solution, found.goodwill, actor.id, now)


def within_authority(case: ComplaintHandling, role: Role, amount: Money) -> bool:
    """Whether this role may grant the amount alone (service charter, authority within limits)."""
    limit = case.rules.authority.get(role)
    return limit is not None and limit.currency == amount.currency and amount.minor <= limit.minor


def offer_solution(case: ComplaintHandling, solution: str, goodwill: Money | None, author: str, now: Instant) -> None:
    """Put a solution before the customer and ask whether it satisfies."""
    by = Actor(id=author, role=Role.AGENT)
    case.state.solution, case.state.goodwill = solution, goodwill
    case.state.tried.append(solution)
    case.fire(ComplaintTrigger.OFFER_SOLUTION, now, by)
    case.cancel(ClockKind.CUSTOMER_ANSWER, now, "a solution was offered")
    withdraw_all(case, now, "a solution was offered", kinds.DEPARTMENT)
    rule = case.rules.clocks.satisfaction
    clock = case.start_clock(ClockKind.SATISFACTION, rule.within, now, "a solution was offered")
    case.note(now, "solution_offered", by, text=solution, goodwill=str(goodwill) if goodwill else None)
    write(
        case,
        TemplateName.SOLUTION_OFFERED,
        now,
        f"Solution offered at tier {case.tier}, asked whether it satisfies",
        author=author,
        text=solution,
        answer_by=clock.due(case.calendar(clock.calendar)),
        compensation=str(goodwill) if goodwill else None,
    )


def check_approval(case: ComplaintHandling, form: BaseModel, actor: Actor) -> None:
    """Refuse an approval by somebody whom the task was handed to and who might not grant the amount alone.

    Raises:
        LimitExceededError: neither a supervisor nor within the role's own limit; to refuse goodwill anybody may.
    """
    goodwill = case.state.goodwill
    allowed = actor.role is Role.SUPERVISOR or (goodwill and within_authority(case, actor.role, goodwill))
    if cast(forms.GoodwillForm, form).approved and not allowed:
        raise LimitExceededError(f"{goodwill} is above what a {actor.role.value} may approve", field="form.approved")


def goodwill_decided(case: ComplaintHandling, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Approved goodwill is offered with the solution; refused goodwill returns the work to its agent."""
    decision, agent = cast(forms.GoodwillForm, form), str(task.brief["agent"])
    solution = str(task.brief["solution"])
    case.note(now, "approval_given" if decision.approved else "approval_refused", actor, text=decision.remarks)
    if decision.approved:
        offer_solution(case, solution, case.state.goodwill, agent, now)
        return
    case.state.goodwill = None
    again = case.offer_tier_task(now, {"why": f"goodwill refused: {decision.remarks}"}, solution)
    if former := case.find_task(str(task.brief["task"])):
        again.team, again.nominees, again.excluded = former.team, former.nominees, former.excluded
    own(case, again, agent, now, SYSTEM)
    case.notify(NoticeKind.HANDOVER, (agent,), f"goodwill refused; task {again.id} is yours", case.key("goodwill"))


def wrap_up(case: ComplaintHandling, now: Instant) -> None:
    """The customer accepted: summary, and the root cause of what reached the top tier."""
    last = case.last_in_charge
    task = case.offer(kinds.SUMMARISE, last.team if last else case.team, case.rules.task_times.summarise, now)
    if last and last.owner:
        own(case, task, last.owner, now, SYSTEM)
    if case.state.highest_tier >= case.rules.top_tier:
        top = case.rules.tiers[case.rules.top_tier]
        team = top.team_for(case.state.channel, vip=case.state.customer.vip)
        case.offer(kinds.ROOT_CAUSE, team, case.rules.task_times.root_cause, now)


def recorded(case: ComplaintHandling, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Summary or root cause is on record."""
    facts: dict[str, Any] = {key: str(value) for key, value in form.model_dump(mode="json").items()}
    case.note(now, f"{task.kind}_recorded", actor, **facts)
    go_on(case, task, now)


def go_on(case: ComplaintHandling, task: HumanTask, now: Instant) -> None:
    """Take the next step of the standard process once the tasks of this one are done."""
    if task.kind == kinds.DEPARTMENT:
        if case.state.status is ComplaintStatus.WAITING_FOR_DEPARTMENT and not case.active_tasks(kinds.DEPARTMENT):
            case.fire(ComplaintTrigger.DEPARTMENTS_ANSWER, now)
    elif case.state.status is ComplaintStatus.SUMMARISING:
        if not case.active_tasks(kinds.SUMMARISE) and not case.active_tasks(kinds.ROOT_CAUSE):
            _after_summary(case, now)
    elif case.state.status is ComplaintStatus.FOLLOWING_UP and not case.active_tasks(kinds.FOLLOW_UP):
        case.fire(ComplaintTrigger.CLOSE, now)
        case.end(m.Outcome.ACCEPTED, None, now, "followed up and closed")


def _after_summary(case: ComplaintHandling, now: Instant) -> None:
    found = case.state.classification
    if found and found.important:
        case.fire(ComplaintTrigger.FOLLOW_UP, now)
        within = case.rules.clocks.follow_up.within
        task = case.offer(kinds.FOLLOW_UP, case.rules.quality_team, None, now)
        case.start_clock(ClockKind.FOLLOW_UP, within, now, "an important case was resolved", task=task.id)
        return
    case.fire(ComplaintTrigger.WRAP_UP, now)
    case.end(m.Outcome.ACCEPTED, None, now, "summarised and closed")


def department_answered(case: ComplaintHandling, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """A department answered: whoever has the case is told, and work goes on when all have."""
    answer = cast(forms.DepartmentAnswerForm, form).answer
    case.note(now, "department_answered", actor, text=answer, task=task.id, team=task.team)
    for open_task in case.active_tasks(kinds.RESOLVE):
        if open_task.owner:
            about = f"{task.team} answered task {task.id}"
            case.notify(NoticeKind.ANSWER, (open_task.owner,), about, case.key(f"answered-{task.id}"))
    go_on(case, task, now)


def followed_up(case: ComplaintHandling, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """The customer was asked some days later; who is not satisfied after all is worked for again."""
    found = cast(forms.FollowUpForm, form)
    case.meet(ClockKind.FOLLOW_UP, now, f"{actor.id} spoke with the customer")
    case.note(now, "followed_up", actor, text=found.remarks, score=found.score)
    if found.reopen:
        case.fire(ComplaintTrigger.REOPEN, now, actor, "not satisfied at follow-up")
        case.begin_again(now, "not satisfied at follow-up")
        return
    go_on(case, task, now)


COMPLETED: dict[str, Callable[[ComplaintHandling, HumanTask, BaseModel, Actor, Instant], None]] = {
    kinds.RESOLVE: resolved,
    kinds.APPROVE_GOODWILL: goodwill_decided,
    kinds.SUMMARISE: recorded,
    kinds.ROOT_CAUSE: recorded,
    kinds.DEPARTMENT: department_answered,
    kinds.FOLLOW_UP: followed_up,
    CONTACT: contacted,
    CHECK_DELIVERY: delivery_checked,
}
