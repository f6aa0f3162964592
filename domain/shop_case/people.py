"""What people find out and decide in every case at a shop: who is asking, a second pair of eyes, settling by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pydantic import BaseModel

from domain.answering import customer_answered
from domain.errors import LimitExceededError
from domain.money import Money
from domain.people import Actor, Role
from domain.reaching import contacted, delivery_checked
from domain.shop_case import forms
from domain.shop_case.case import ShopCase
from domain.shop_case.state import StepState
from domain.shop_case.tasks import APPROVE, SETTLE, VERIFY
from domain.sla.spans import Instant
from domain.tasks import Brief, HumanTask
from domain.worked_case import ANSWER, CHECK_DELIVERY, CONTACT


def identified(case: ShopCase, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody found out whether whoever asked may decide about this order."""
    found = cast(forms.IdentityForm, form)
    case.state.hands.append(actor.id)
    case.note(now, "identity_verified" if found.verified else "identity_not_verified", actor, text=found.how)
    if found.verified:
        case.identified(now)
    else:
        case.refuse("not_verified", now, actor)


def ask_approval(case: ShopCase, refund: Money, now: Instant) -> None:
    """Ask for a second pair of eyes: none of those who asked for this, or decided about it."""
    hands = tuple(dict.fromkeys(case.state.hands))
    brief: Brief = {"refund": str(refund), "asked_by": ", ".join(hands) or "the customer"}
    case.offer(APPROVE, case.supervisors, case.time_for(APPROVE), now, brief=brief, excluded=hands)


def check_approval(case: ShopCase, form: BaseModel, actor: Actor) -> None:
    """Refuse an approval by anybody but a supervisor who had no hand in the case.

    Raises:
        LimitExceededError: another role, or not a second pair of eyes; to refuse a refund anybody may.
    """
    allowed = actor.role is Role.SUPERVISOR and actor.id not in case.state.hands
    if cast(forms.RefundApprovalForm, form).approved and not allowed:
        raise LimitExceededError(f"{actor.id} may not approve this refund", field="form.approved")


def note_approval(case: ShopCase, form: BaseModel, actor: Actor, now: Instant) -> bool:
    """A second pair of eyes looked at a refund above the limit; returns whether it may go out."""
    found = cast(forms.RefundApprovalForm, form)
    case.note(now, "refund_approved" if found.approved else "refund_refused", actor, text=found.remarks)
    case.state.approved = found.approved
    return found.approved


def settled(case: ShopCase, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """What the shop would not do was done by a person."""
    case.note(now, "step_settled", actor, text=cast(forms.SettlementForm, form).how, name=task.brief["step"])
    if step := case.find_step(str(task.brief["step"])):
        step.state = StepState.SETTLED


COMPLETED: dict[str, Callable[[ShopCase, HumanTask, BaseModel, Actor, Instant], None]] = {
    VERIFY: identified,
    SETTLE: settled,
    ANSWER: customer_answered,
    CONTACT: contacted,
    CHECK_DELIVERY: delivery_checked,
}
"""What follows when a task is completed that every case at a shop may have; what an approval means, each type says."""
