"""What the shop's answers mean for a step, and what becomes of one that it refuses for good."""

from __future__ import annotations

from domain.deeds import TakeStep
from domain.shop.asks import ShopAsk
from domain.shop.orders import Order
from domain.shop.payments import Collection, CollectionStatus, PaymentAccount
from domain.shop.refusal import Refusal
from domain.shop_case.case import ShopCase
from domain.shop_case.plan import COLLECT
from domain.shop_case.state import StepState, TakenStep
from domain.shop_case.tasks import SETTLE
from domain.sla.spans import Instant
from domain.tasks import Brief


def step_of(case: ShopCase, deed: TakeStep) -> TakenStep:
    """The step that a deed takes or takes back."""
    step = case.find_step(deed.step)
    assert step, deed.step
    return step


def step_answered(case: ShopCase, deed: TakeStep, now: Instant) -> None:
    """A step was taken, or taken back."""
    step_of(case, deed).state = StepState.UNDONE if deed.undo else StepState.DONE
    case.note(now, "step_undone" if deed.undo else "step_taken", step=deed.ask.do, name=deed.step)


def order_read(case: ShopCase, order: Order, now: Instant) -> None:
    """The order as it is."""
    case.state.shop_order, case.state.order = order, order.summary


def account_read(case: ShopCase, account: PaymentAccount, now: Instant) -> None:
    """What was paid for the order, and paid back."""
    case.state.account = account


def collection_read(case: ShopCase, answer: Collection | None, now: Instant) -> None:
    """Whether what is collected was paid."""
    step = case.find_step(COLLECT)
    if step and answer and answer.status is CollectionStatus.PAID:
        step.paid = case.state.paid = True
        case.note(now, "payment_received", amount=str(answer.amount))


def note_refusal(case: ShopCase, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """Put on record that the shop will never do this."""
    case.note(now, "step_refused", step=deed.ask.do, code=why.code, text=why.message, undo=deed.undo or None)


def not_undone(case: ShopCase, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """A step cannot be taken back: a person settles it, or money that came in after all goes back."""
    step = step_of(case, deed)
    if deed.ask.do == "release_collection" and why.details.get("status") == CollectionStatus.PAID.value:
        # Paid in the last moment: the money goes back as a refund.
        step.state, step.paid = StepState.DONE, True
        return
    hand_over(case, step, deed, why, now)


def hand_over(case: ShopCase, step: TakenStep, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """A person settles what the shop will not do, with everything that is needed for it."""
    step.state = StepState.BY_HAND
    todo = f"take back {step.ask.do}" if deed.undo else deed.ask.do
    ask_to_settle(case, {"step": step.name, "todo": todo, "asked": _said(deed.ask)}, why, now)


def ask_to_settle(case: ShopCase, brief: Brief, why: Refusal, now: Instant) -> None:
    """Offer what no machine can settle to the people who can."""
    full: Brief = {**brief, "code": why.code, "why": why.message}
    case.offer(SETTLE, case.rules.settling_team, case.time_for(SETTLE), now, brief=full)


def _said(ask: ShopAsk) -> str:
    """What was asked, field by field; whoever settles it looks an address up at the shop."""
    fields = [name for name in type(ask).model_fields if name not in ("do", "address", "to")]
    return ", ".join(f"{name}: {getattr(ask, name)}" for name in fields)
