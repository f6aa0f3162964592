"""What follows when a task of a return is completed."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pydantic import BaseModel

from domain.people import Actor
from domain.returns import forms
from domain.returns import tasks as kinds
from domain.returns.endings import give_up
from domain.returns.inspecting import inspected
from domain.returns.machine import ReturnCaseStatus, ReturnTrigger
from domain.returns.messages import ReturnOutcome
from domain.returns.parcels import arrive, not_sent
from domain.returns.settling import book_without_goods, to_sending
from domain.returns.standing import ReturnStanding
from domain.returns.state import Ending
from domain.returns.wish import Remedy
from domain.shop.refusal import Refusal
from domain.shop_case import people
from domain.shop_case.answers import ask_to_settle
from domain.shop_case.tasks import APPROVE
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import HumanTask


def decided(case: ReturnStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody decided about a return that the rules leave open."""
    found = cast(forms.ReturnDecisionForm, form)
    case.state.hands.append(actor.id)
    case.note(now, "return_decided", actor, text=found.reason, approved=found.approved)
    if found.approved:
        case.state.permitted_by = actor.id
        case.fire(ReturnTrigger.PREPARE, now, actor)
    else:
        give_up(case, Ending(outcome=ReturnOutcome.REFUSED, reason="refused", text=found.reason), now, actor)


def traced(case: ReturnStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody found out what became of a parcel."""
    found = cast(forms.TracingForm, form)
    case.note(now, "parcel_traced", actor, text=found.how, found=found.found.value)
    case.state.looked = False
    if case.is_in(ReturnCaseStatus.SENDING):
        _traced_outbound(case, found, now)
    elif found.found is forms.Whereabouts.ARRIVED:
        arrive(case, now)
    elif found.found is forms.Whereabouts.ON_ITS_WAY:
        case.fire(ReturnTrigger.SHIP, now, actor)
        case.promise(ClockKind.TRANSIT, now, "the parcel was found")
    elif found.found is forms.Whereabouts.LOST:
        case.tell("lost", now, "Told the customer that the parcel is lost, and that this is not theirs to bear")
        # Whoever finds goods lost gives money away for them, and may not approve it as well.
        case.state.hands.append(actor.id)
        if case.state.remedy is Remedy.REPAIR:
            case.state.remedy = Remedy.REFUND
        book_without_goods(case, now)
    else:
        not_sent(case, now)


def _traced_outbound(case: ReturnStanding, found: forms.TracingForm, now: Instant) -> None:
    if found.found is forms.Whereabouts.ON_ITS_WAY:
        case.promise(ClockKind.TRANSIT, now, "the parcel was found")
    elif found.found is forms.Whereabouts.NOT_SENT:
        case.promise(ClockKind.DISPATCH, now, "the goods are still here")
    else:
        case.state.handed_out = True
        if found.found is forms.Whereabouts.LOST:
            case.tell("lost", now, "Told the customer that the parcel is lost, and that this is not theirs to bear")
            why = Refusal("parcel_lost", found.how, {})
            ask_to_settle(case, {"step": "lost_parcel", "todo": "make good for what went out and is lost"}, why, now)


def approved(case: ReturnStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """A second pair of eyes looked at what is above the limit."""
    if people.note_approval(case, form, actor, now):
        case.fire(ReturnTrigger.SETTLE, now, actor)
    else:
        case.refuse("refund_refused", now, actor)


def repaired(case: ReturnStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """The goods are repaired, or cannot be."""
    found = cast(forms.RepairForm, form)
    state = case.state
    case.note(now, "goods_repaired" if found.repaired else "goods_not_repairable", actor, text=found.what)
    if found.repaired:
        case.fire(ReturnTrigger.TEST, now, actor)
        case.offer_work(kinds.TEST, case.rules.testing_team, now, repair=found.what)
        case.tell("testing", now, "Told the customer that the repaired goods are being tested")
    elif state.in_warranty:
        state.hands.append(actor.id)
        here, state.to_go_back = state.to_go_back, {}
        state.remedy = Remedy.REFUND
        book_without_goods(case, now, here)
    else:
        ending = Ending(outcome=ReturnOutcome.REFUSED, reason="not_repairable", text=found.what)
        give_up(case, ending, now, actor)


def tested(case: ReturnStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """The goods work again, or are repaired once more."""
    found = cast(forms.TestForm, form)
    case.note(now, "goods_tested", actor, text=found.remarks, passed=found.passed)
    if found.passed:
        to_sending(case, now)
    else:
        case.fire(ReturnTrigger.REPAIR, now, actor)
        case.offer_work(kinds.REPAIR, case.rules.repairing_team, now, failed=found.remarks)


def followed_up(case: ReturnStanding, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody saw to a customer who was not satisfied."""
    case.note(now, "followed_up", actor, text=cast(forms.FollowUpForm, form).what)


COMPLETED: dict[str, Callable[[ReturnStanding, HumanTask, BaseModel, Actor, Instant], None]] = {
    **people.COMPLETED,
    kinds.DECIDE: decided,
    kinds.TRACE: traced,
    kinds.INSPECT: inspected,
    kinds.REPAIR: repaired,
    kinds.TEST: tested,
    kinds.FOLLOW_UP: followed_up,
    APPROVE: approved,
}
