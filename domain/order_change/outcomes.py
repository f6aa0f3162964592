"""What follows when a task of an order change is completed."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pydantic import BaseModel

from domain.errors import FormInvalidError
from domain.order_change import forms
from domain.order_change.endings import give_up
from domain.order_change.flow import agreed
from domain.order_change.intercepting import go_ahead, wait_for_scan
from domain.order_change.machine import ChangeTrigger
from domain.order_change.messages import ChangeOutcome
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import Ending
from domain.order_change.tasks import DECIDE, DECIDE_INTERCEPTION
from domain.people import Actor
from domain.shop.orders import Fulfilment
from domain.shop_case import people
from domain.shop_case.tasks import APPROVE
from domain.sla.spans import Instant
from domain.tasks import HumanTask

ON_ITS_WAY = (Fulfilment.SHIPPED, Fulfilment.PARTLY_SHIPPED)


def check_decision(case: OrderChangeStanding, form: BaseModel) -> None:
    """Refuse to turn back what is not on its way, or what shall be changed and not canceled.

    Raises:
        FormInvalidError: details name the field.
    """
    if cast(forms.ChangeDecisionForm, form).decision is not forms.Decision.INTERCEPT:
        return
    if not (case.state.wanted.cancel and case.order.fulfilment in ON_ITS_WAY):
        expected = "approve or refuse: only a cancellation of what is on its way is intercepted"
        raise FormInvalidError(expected, fields=[{"field": "decision", "expected": expected}])


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
    if people.note_approval(case, form, actor, now):
        agreed(case, now)
    else:
        case.refuse("refund_refused", now, actor)


def interception_decided(
    case: OrderChangeStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant
) -> None:
    """Somebody decided about a parcel that does not come back."""
    found = cast(forms.InterceptionForm, form)
    case.state.hands.append(actor.id)
    case.note(now, "interception_decided", actor, text=found.reason, decision=found.decision.value)
    if found.decision is forms.InterceptionDecision.WAIT:
        case.state.looked = False
        wait_for_scan(case, now, f"{actor.id} waits longer")
    elif found.decision is forms.InterceptionDecision.REFUND:
        assert case.state.quote
        case.state.written_off, case.state.refund_due = True, case.state.quote.refund
        go_ahead(case, now, "the money goes back without the parcel")
    else:
        ending = Ending(outcome=ChangeOutcome.REFUSED, reason="intercept_failed", text=found.reason)
        give_up(case, ending, now, actor)


COMPLETED: dict[str, Callable[[OrderChangeStanding, HumanTask, BaseModel, Actor, Instant], None]] = {
    **people.COMPLETED,
    DECIDE: decided,
    DECIDE_INTERCEPTION: interception_decided,
    APPROVE: approved,
}
