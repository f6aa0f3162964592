"""What agents and customers ask of a complaint. Each function refuses, or returns the act that will be done."""

from __future__ import annotations

from domain.case import Act
from domain.complaint import messages as m
from domain.complaint.case import Complaint
from domain.complaint.linking import order_of, require_room
from domain.complaint.machine import ComplaintTrigger
from domain.complaint.outcomes import wrap_up
from domain.complaint.tasks import DEPARTMENT
from domain.conversation import write
from domain.deeds import JoinCase
from domain.errors import InvalidInputError, MergeRefusedError
from domain.people import Actor, Role
from domain.rights import require_customer, require_in_charge, require_role, require_unresolved
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName


def escalate(case: Complaint, request: m.Escalate) -> Act:
    """Up one tier, because the agent says so."""
    case.check_climb()
    require_in_charge(case, request.actor)

    def act(now: Instant) -> None:
        if request.sensitive and case.state.classification:
            found = case.state.classification
            case.state.classification = found.model_copy(update={"sensitive": True, "important": True})
        case.fire(ComplaintTrigger.CLIMB, now, request.actor, request.reason)
        case.cancel(ClockKind.CUSTOMER_ANSWER, now, "the case climbed")
        case.climb(now, request.reason, request.actor)

    return act


def ask_departments(case: Complaint, request: m.AskDepartments) -> Act:
    """Ask other departments, each with an owner team and a due time."""
    case.require(ComplaintTrigger.ASK_DEPARTMENT)
    require_in_charge(case, request.actor)
    for number, question in enumerate(request.questions):
        if question.team not in case.policy.teams:
            raise InvalidInputError(
                f"unknown team {question.team}", field=f"questions.{number}.team", expected=sorted(case.policy.teams)
            )
    case.check_departments(len(request.questions))

    def act(now: Instant) -> None:
        case.fire(ComplaintTrigger.ASK_DEPARTMENT, now, request.actor)
        for question in request.questions:
            within = question.within or case.rules.task_times.department_answer
            brief = {"question": question.question, "asked_by": request.actor.id}
            task = case.offer(DEPARTMENT, question.team, within, now, brief=dict(brief))
            case.note(now, "department_asked", request.actor, text=question.question, task=task.id, team=question.team)

    return act


def answer_solution(case: Complaint, request: m.AnswerSolution) -> Act:
    """The customer accepts, or is not satisfied: then it climbs."""
    require_customer(case, request.actor)
    case.require(ComplaintTrigger.ACCEPT if request.satisfied else ComplaintTrigger.REJECT)

    def act(now: Instant) -> None:
        case.state.score = request.score
        case.note(
            now,
            "solution_accepted" if request.satisfied else "solution_rejected",
            request.actor,
            text=request.text,
            score=request.score,
        )
        if request.satisfied:
            _accepted(case, request.actor, now)
        else:
            case.cancel(ClockKind.SATISFACTION, now, "the customer is not satisfied")
            case.fire(ComplaintTrigger.REJECT, now, request.actor)
            case.climb(now, "the customer is not satisfied with the solution", request.actor)

    return act


def _accepted(case: Complaint, by: Actor, now: Instant) -> None:
    case.fire(ComplaintTrigger.ACCEPT, now, by)
    case.stop_promises(now, "the customer accepted the solution")
    goodwill = case.state.goodwill
    if goodwill:
        case.grant(goodwill, case.key("goodwill_granted"), "goodwill of an accepted solution", now, tell=False)
    write(
        case,
        TemplateName.RESOLVED,
        now,
        "Told the customer that the complaint is resolved",
        compensation=str(goodwill) if goodwill else None,
    )
    wrap_up(case, now)


def withdraw(case: Complaint, request: m.Withdraw) -> Act:
    """The customer takes the complaint back."""
    require_customer(case, request.actor)
    case.require(ComplaintTrigger.WITHDRAW)

    def act(now: Instant) -> None:
        case.note(now, "withdrawn", request.actor, text=request.text)
        case.fire(ComplaintTrigger.WITHDRAW, now, request.actor)
        case.end(m.Outcome.WITHDRAWN, TemplateName.WITHDRAWN, now, "the customer withdrew the complaint")

    return act


def reopen(case: Complaint, request: m.Reopen) -> Act:
    """Take the case up again; the door has checked the time allowed for one that was closed."""
    require_customer(case, request.actor)
    case.require(ComplaintTrigger.REOPEN)

    def act(now: Instant) -> None:
        case.fire(ComplaintTrigger.REOPEN, now, request.actor, request.reason)
        case.begin_again(now, f"reopened: {request.reason}")

    return act


def merge(case: Complaint, request: m.Merge) -> Act:
    """Join another case of the same customer and order; this one ends when that one has taken over."""
    case.check_merge()
    if request.actor.role is not Role.SUPERVISOR:
        require_in_charge(case, request.actor)
    if request.target == case.state.case_id:
        raise MergeRefusedError("a case cannot be merged into itself", field="target")
    order = case.state.order.id if case.state.order else None
    if (request.target_customer, request.target_order) != (case.state.customer.id, order):
        raise MergeRefusedError(
            f"{request.target} is not about the same customer and order", field="target", target=request.target
        )

    def act(now: Instant) -> None:
        case.state.merging_into = request.target
        case.note(now, "merge_asked", request.actor, target=request.target, reason=request.reason)
        case.decide(JoinCase(key=case.key("merge"), target=request.target))

    return act


def open_linked_case(case: Complaint, request: m.OpenLinkedCase) -> Act:
    """Open an order change or a return out of the complaint; the one conversation with the customer stays here."""
    require_in_charge(case, request.actor)
    require_unresolved(case)
    if case.state.merging_into:
        raise MergeRefusedError(f"it is being merged into {case.state.merging_into}", field="case_id")
    require_room(case)
    order_id = order_of(case, request)

    def act(now: Instant) -> None:
        case.open_linked(request, order_id, now)

    return act


def force_tier(case: Complaint, request: m.ForceTier) -> Act:
    """Put the case into another tier, up or down."""
    require_role(request.actor, Role.SUPERVISOR)
    case.require(ComplaintTrigger.CLIMB)
    if request.tier not in case.rules.tiers:
        raise InvalidInputError(f"there is no tier {request.tier}", field="tier", expected=sorted(case.rules.tiers))
    if request.tier == case.tier:
        raise InvalidInputError(f"the case is in tier {case.tier} already", field="tier")

    def act(now: Instant) -> None:
        case.fire(ComplaintTrigger.CLIMB, now, request.actor, request.reason)
        case.cancel(ClockKind.CUSTOMER_ANSWER, now, "a supervisor moved the case")
        case.hand_over(request.tier, now, request.reason, request.actor)

    return act
