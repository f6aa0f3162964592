"""What follows when a task of an order change is completed."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pydantic import BaseModel

from domain.errors import FormInvalidError, LimitExceededError
from domain.order_change import forms
from domain.order_change import tasks as kinds
from domain.order_change.endings import give_up
from domain.order_change.flow import agreed
from domain.order_change.machine import ChangeTrigger
from domain.order_change.messages import ChangeOutcome
from domain.order_change.permits import judge
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import Ending, StepState
from domain.people import Actor, Role
from domain.reaching import contacted, delivery_checked
from domain.shop.orders import Fulfilment
from domain.sla.spans import Instant
from domain.tasks import HumanTask
from domain.worked_case import CHECK_DELIVERY, CONTACT

ON_ITS_WAY = (Fulfilment.SHIPPED, Fulfilment.PARTLY_SHIPPED)


def check_decision(case: OrderChangeStanding, form: BaseModel) -> None:
    """Refuse to turn back what is not on its way, or what shall be changed and not canceled.

    Raises:
        FormInvalidError: details name the field.
    """
    order = case.state.shop_order
    if cast(forms.ChangeDecisionForm, form).decision is not forms.Decision.INTERCEPT:
        return
    if not (case.state.wanted.cancel and order and order.fulfilment in ON_ITS_WAY):
        expected = "approve or refuse: only a cancellation of what is on its way is intercepted"
        raise FormInvalidError(expected, fields=[{"field": "decision", "expected": expected}])


def check_approval(case: OrderChangeStanding, form: BaseModel, actor: Actor) -> None:
    """Refuse an approval by anybody but a supervisor who had no hand in the change.

    Raises:
        LimitExceededError: another role, or not a second pair of eyes; to refuse a refund anybody may.
    """
    allowed = actor.role is Role.SUPERVISOR and actor.id not in case.state.hands
    if cast(forms.RefundApprovalForm, form).approved and not allowed:
        raise LimitExceededError(f"{actor.id} may not approve this refund", field="form.approved")


def verified(case: OrderChangeStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody found out whether whoever asked may change this order."""
    found = cast(forms.IdentityForm, form)
    case.state.hands.append(actor.id)
    case.note(now, "identity_verified" if found.verified else "identity_not_verified", actor, text=found.how)
    if found.verified:
        judge(case, now)
    else:
        give_up(case, Ending(outcome=ChangeOutcome.REFUSED, reason="not_verified"), now, actor)


def decided(case: OrderChangeStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody decided about a change outside its window."""
    found = cast(forms.ChangeDecisionForm, form)
    case.state.hands.append(actor.id)
    case.note(now, "change_decided", actor, text=found.reason, decision=found.decision.value)
    if found.decision is forms.Decision.REFUSE:
        ending = Ending(outcome=ChangeOutcome.REFUSED, reason="refused", text=found.reason)
        give_up(case, ending, now, actor)
        return
    case.state.permitted_by = actor.id
    case.state.intercept = found.decision is forms.Decision.INTERCEPT
    ready = case.state.quote is not None and not case.state.intercept
    case.fire(ChangeTrigger.COMMIT if ready else ChangeTrigger.PREPARE, now, actor)


def approved(case: OrderChangeStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """A second pair of eyes looked at a refund above the limit."""
    found = cast(forms.RefundApprovalForm, form)
    case.note(now, "refund_approved" if found.approved else "refund_refused", actor, text=found.remarks)
    case.state.approved = found.approved
    if found.approved:
        agreed(case, now)
    else:
        give_up(case, Ending(outcome=ChangeOutcome.REFUSED, reason="refund_refused"), now, actor)


def settled(case: OrderChangeStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """What the shop would not do was done by a person."""
    case.note(now, "step_settled", actor, text=cast(forms.SettlementForm, form).how, name=task.brief["step"])
    step = case.find_step(str(task.brief["step"]))
    assert step
    step.state = StepState.SETTLED


COMPLETED: dict[str, Callable[[OrderChangeStanding, HumanTask, BaseModel, Actor, Instant], None]] = {
    kinds.VERIFY: verified,
    kinds.DECIDE: decided,
    kinds.APPROVE: approved,
    kinds.SETTLE: settled,
    CONTACT: contacted,
    CHECK_DELIVERY: delivery_checked,
}
