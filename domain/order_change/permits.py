"""Who lets a change through: the window by itself, or a person; and whether it is the customer who asks."""

from __future__ import annotations

from domain.order_change.machine import ChangeTrigger
from domain.order_change.rules import Permission, cut_off, kinds_of, permission
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.tasks import DECIDE
from domain.shop.orders import Order
from domain.shop_case import answers
from domain.shop_case.tasks import VERIFY
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import Brief
from domain.templates import TemplateName

WINDOW = "window"


def order_read(case: OrderChangeStanding, order: Order, now: Instant) -> None:
    """The order as it is: known for the first time, or looked at again before it is changed."""
    if case.state.shop_order is None:
        _recognise(case, order, now)
        return
    case.state.checked = True
    wrong, case.state.wrong = case.state.wrong, None
    if cut_off(case.state.wanted, order, case.rules):
        case.note(now, "window_closed", fulfilment=order.fulfilment.value)
        case.state.permitted_by = None
        ask_for_decision(case, f"meanwhile the order is {order.fulfilment.value.replace('_', ' ')}", now)
    elif wrong:
        case.refuse(wrong[0], now)


def _recognise(case: OrderChangeStanding, order: Order, now: Instant) -> None:
    answers.order_read(case, order, now)
    if case.own_order:
        case.note(now, "identity_verified", how="the order is this customer's")
        judge(case, now)
        return
    case.fire(ChangeTrigger.VERIFY, now, why="the order is another customer's")
    brief: Brief = {"order": order.number, "customer": case.state.customer.id, "why": "the order is another customer's"}
    case.offer(VERIFY, case.rules.verifying_team, case.time_for(VERIFY), now, brief=brief)
    case.acknowledge(TemplateName.CHANGE_RECEIVED, now, "Told the customer that we verify who is asking")


def judge(case: OrderChangeStanding, now: Instant) -> None:
    """Inside its window a change is made at once; outside, a person decides."""
    order = case.order
    asked_at = case.state.opened_at
    found = permission(case.state.wanted, order, asked_at, case.rules)
    _measure(case, found, order.placed_at, asked_at)
    if found.why_not is None:
        case.state.permitted_by = WINDOW
        case.note(now, "permitted", by_whom=WINDOW)
        case.fire(ChangeTrigger.PREPARE, now)
    else:
        ask_for_decision(case, found.why_not, now)


def _measure(case: OrderChangeStanding, found: Permission, placed_at: Instant, asked_at: Instant) -> None:
    """Keep on record how the window stood when the customer asked; from then on it runs no further."""
    cause = "the order was placed"
    clock = case.start_clock(ClockKind.CHANGE_WINDOW, found.within, asked_at, cause, runs_from=placed_at)
    calendar = case.calendar(clock.calendar)
    if found.why_not is None:
        clock.meet(asked_at, "the customer asked inside it", calendar)
    else:
        clock.cancel(asked_at, found.why_not, calendar)


def ask_for_decision(case: OrderChangeStanding, why: str, now: Instant) -> None:
    """The special handling channel: a person decides in a stated time."""
    order = case.order
    case.fire(ChangeTrigger.DECIDE, now, why=why)
    brief: Brief = {
        "order": order.number,
        "fulfilment": order.fulfilment.value,
        "wanted": ", ".join(kind.value for kind in kinds_of(case.state.wanted)),
        "why": why,
    }
    case.offer(DECIDE, case.rules.deciding_team, case.time_for(DECIDE), now, brief=brief)
    case.acknowledge(TemplateName.CHANGE_RECEIVED, now, "Told the customer that a person decides, and by when")
