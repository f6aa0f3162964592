"""Views: a case, its tasks and its clocks as people see them at one instant."""

from __future__ import annotations

from typing import cast

from domain.case import Case
from domain.messages import CaseView, ClockView, TaskView, Wished
from domain.policy import Policy
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import HumanTask, TaskVerb, eligible
from domain.tried import refused_now, refused_of
from domain.worked_case import WorkedCase

HUMAN_PROMISES = (
    ClockKind.FIRST_RESPONSE,
    ClockKind.TIER,
    ClockKind.TASK_CLAIM,
    ClockKind.TASK_DUE,
    ClockKind.FOLLOW_UP,
    ClockKind.LABEL,
    ClockKind.REFUND,
    ClockKind.DISPATCH,
    ClockKind.PROMISE,
)
"""Promises that people keep; automatic updates are not work that is due."""


CLOCK_NAMES: dict[ClockKind, str] = {
    ClockKind.FIRST_RESPONSE: "first response",
    ClockKind.STATUS_UPDATE: "status update",
    ClockKind.TIER: "tier time",
    ClockKind.TASK_CLAIM: "time to claim",
    ClockKind.TASK_DUE: "task",
    ClockKind.CLAIM_IDLE: "idle claim",
    ClockKind.ASSIGNMENT: "assignment",
    ClockKind.CUSTOMER_ANSWER: "customer's answer",
    ClockKind.SATISFACTION: "customer's satisfaction",
    ClockKind.FOLLOW_UP: "follow-up",
    ClockKind.CHANGE_WINDOW: "window for changes",
    ClockKind.PAYMENT: "payment",
    ClockKind.RETURN_WINDOW: "window for returns",
    ClockKind.ORDER_LOCK: "wait for another case",
    ClockKind.LABEL: "label",
    ClockKind.SENDING: "customer's parcel",
    ClockKind.TRANSIT: "parcel on its way",
    ClockKind.REFUND: "refund",
    ClockKind.DISPATCH: "goods to go out",
    ClockKind.PROMISE: "promise",
    ClockKind.INTERCEPTION: "interception",
    ClockKind.SEARCH: "search for the parcel",
    ClockKind.RESOLUTION: "resolution",
}


def clock_name(case: Case, clock: Clock) -> str:
    """A clock's name as people say it: `tier 1 time`, `task T3`."""
    if clock.kind is ClockKind.TIER:
        return f"tier {case.tier} time"
    return f"{CLOCK_NAMES[clock.kind]} {clock.task}" if clock.task else CLOCK_NAMES[clock.kind]


def next_due(case: Case) -> Instant | None:
    """When the next promise that a person must keep is due; breached ones no longer count."""
    dues = [
        due
        for clock in case.state.clocks
        if clock.kind in HUMAN_PROMISES and clock.breached_at is None and (due := case.due(clock)) is not None
    ]
    return min(dues, default=None)


def task_due(case: Case, task: HumanTask) -> Instant | None:
    """When a task is to be claimed, begun or done, whichever comes first; else what is due of its case.

    A tier's time and the first response are kept by whoever has the tier's task, so that is due with them, and overdue
    when they were missed. What is over is due no more.
    """
    if not task.active:
        return None
    # Of a task that nobody has an assignment only says when somebody is looked for again.
    besides = {ClockKind.CLAIM_IDLE} if task.owner else {ClockKind.CLAIM_IDLE, ClockKind.ASSIGNMENT}
    dues = [
        due
        for clock in case.state.clocks
        if clock.task == task.id and clock.kind not in besides and (due := case.due(clock)) is not None
    ]
    return min(dues or _dues_of_all(case), default=None)


def _dues_of_all(case: Case) -> list[Instant]:
    promised = (clock for clock in case.state.clocks if clock.task is None and clock.kind in HUMAN_PROMISES)
    return [due for clock in promised if (due := case.due(clock)) is not None]


def view_task(case: Case, task: HumanTask) -> TaskView:
    """A task with who may have it, when it is due and what can be done with it."""
    skippable = case.definitions[task.kind].skippable
    return TaskView(
        id=task.id,
        kind=task.kind,
        title=task.title,
        team=task.team,
        tier=task.tier,
        state=task.state,
        owner=task.owner,
        owned_since=task.owned_since,
        eligible=eligible(task, case.policy) if task.active else (),
        offered_at=task.offered_at,
        due=task_due(case, task),
        draft=task.draft,
        brief=task.brief,
        outcome=task.outcome,
        verbs=tuple(verb.value for verb in task.verbs() if verb is not TaskVerb.SKIP or skippable),
    )


def view_clock(case: WorkedCase, clock: Clock, now: Instant) -> ClockView:
    """A clock with its ledger, its next step, its why, and what would be refused for it."""
    consumed = case.consumed(clock, now)
    planned = [step for step in case.plan() if step.clock == clock.id]
    return ClockView(
        id=clock.id,
        kind=clock.kind,
        state=clock.state,
        calendar=clock.calendar,
        budget=clock.budget,
        consumed=consumed,
        left=clock.budget - consumed,
        due=case.due(clock),
        next_step=planned[0].step.do.value if planned else None,
        next_step_at=planned[0].due if planned else None,
        task=clock.task,
        why=clock.why,
        refused=refused_of(case, clock),
    )


def counted_on(view: CaseView, policy: Policy, now: Instant) -> CaseView:
    """A view with its running clocks counted up to now: by itself it is as old as what last happened to the case."""
    return view.model_copy(update={"clocks": [_counted_on(clock, policy, now) for clock in view.clocks]})


def _counted_on(clock: ClockView, policy: Policy, now: Instant) -> ClockView:
    if clock.due is None:
        return clock
    calendar = policy.calendars[clock.calendar]
    left = calendar.between(now, clock.due) if now < clock.due else -calendar.between(clock.due, now)
    # What has happened lies behind us, whatever this machine's clock says.
    left = min(left, clock.left)
    return clock.model_copy(update={"left": left, "consumed": clock.budget - left})


def view_case(
    case: WorkedCase, case_type: str, actions: tuple[str, ...], facts: dict[str, object], now: Instant
) -> CaseView:
    """The whole case."""
    state = case.state
    team = facts.pop("team", None)
    outcome = facts.pop("outcome", None)
    wish = cast("tuple[Wished, ...]", facts.pop("wish", ()))
    return CaseView(
        case_id=state.case_id,
        case_type=case_type,
        status=case.status,
        actions=actions,
        refused=refused_now(case),
        tier=case.tier,
        team=str(team) if team else None,
        priority=state.priority,
        channel=state.channel.value,
        policy=state.policy,
        opened_at=state.opened_at,
        subject=case.heading,
        description=state.description,
        customer=state.customer,
        order=state.order,
        order_id=case.about_order,
        order_number=case.order_known_as,
        reachable_by=case.delivery_channels(),
        due=next_due(case),
        breached=state.breached,
        outcome=str(outcome) if outcome else None,
        facts={key: value for key, value in facts.items() if value is None or isinstance(value, (str, int, bool))},
        wish=wish,
        tasks=[view_task(case, task) for task in state.tasks],
        clocks=[view_clock(case, clock, now) for clock in state.clocks],
        promises=state.promises,
        linked=tuple(state.linked),
        last_seq=state.timeline.last_seq,
    )
