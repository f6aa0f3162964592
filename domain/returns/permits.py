"""Who lets a return through: the rules by themselves, or a person; and whether it is the customer who asks."""

from __future__ import annotations

from domain.returns.machine import ReturnTrigger
from domain.returns.rules import Verdict, delivery, in_warranty, judge
from domain.returns.standing import ReturnStanding
from domain.returns.tasks import DECIDE
from domain.shop.orders import Order
from domain.shop_case.tasks import VERIFY
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName

RULE = "rule"


def recognise(case: ReturnStanding, now: Instant) -> None:
    """Everything is read: see whether it is the customer of this order who asks."""
    if case.own_order:
        case.note(now, "identity_verified", how="the order is this customer's")
        permit(case, now)
        return
    why = "the order is another customer's"
    case.fire(ReturnTrigger.VERIFY, now, why=why)
    case.offer_work(VERIFY, case.rules.verifying_team, now, customer=case.state.customer.id, why=why)
    case.acknowledge(TemplateName.RETURN_RECEIVED, now, "Told the customer that we verify who is asking")


def permit(case: ReturnStanding, now: Instant) -> None:
    """What the rules allow goes on at once; what they leave open, a person decides."""
    state, order = case.state, case.order
    delivered = delivery(order, state.parcels or ())
    found = judge(state.wanted, order, delivered, state.opened_at, case.rules)
    if found.verdict is Verdict.REFUSE:
        case.refuse(found.why, now)
        return
    state.in_warranty = in_warranty(state.wanted, order, delivered, state.opened_at)
    _measure(case, order, now, over=found.why == "window_over")
    if found.verdict is Verdict.ASK:
        case.fire(ReturnTrigger.DECIDE, now, why=found.why)
        case.offer_work(DECIDE, case.rules.deciding_team, now, wanted=state.wanted.kind.value, why=found.why)
        case.acknowledge(TemplateName.RETURN_RECEIVED, now, "Told the customer that a person decides, and by when")
        return
    state.permitted_by = RULE
    case.note(now, "permitted", by_whom=RULE)
    case.fire(ReturnTrigger.PREPARE, now)


def _measure(case: ReturnStanding, order: Order, now: Instant, *, over: bool) -> None:
    """Keep on record how the narrowest window stood when the customer asked; from then on it runs no further."""
    state = case.state
    lines = [order.line(item.line_id) for item in state.wanted.items]
    windows = [case.rules.window(state.wanted.kind, line.category) for line in lines]
    within = min((window for window in windows if window is not None), default=None)
    if within is None:
        return
    asked_at, delivered = state.opened_at, delivery(order, state.parcels or ())
    since = min(delivered.of(line.id) for line in lines)
    clock = case.start_clock(ClockKind.RETURN_WINDOW, within, asked_at, "the goods were delivered", runs_from=since)
    calendar = case.calendar(clock.calendar)
    if over:
        clock.cancel(asked_at, "the window was over", calendar)
    else:
        clock.meet(asked_at, "the customer asked inside it", calendar)
