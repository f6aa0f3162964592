"""How an order change ends: given up, with everything taken back first; or closed."""

from __future__ import annotations

from domain.conversation import write
from domain.order_change.machine import ChangeCaseStatus, ChangeTrigger
from domain.order_change.messages import ChangeOutcome
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import Ending
from domain.people import SYSTEM, Actor
from domain.shop_case.endings import end
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.task_moves import withdraw_all
from domain.templates import TemplateName


def give_up(case: OrderChangeStanding, ending: Ending, now: Instant, by: Actor = SYSTEM) -> None:
    """The change comes to nothing: what was asked of people is withdrawn, what was done at the shop is taken back."""
    if case.state.status is ChangeCaseStatus.UNDOING:
        return
    case.state.ending = ending
    withdrawn = ending.outcome is ChangeOutcome.WITHDRAWN
    case.fire(ChangeTrigger.WITHDRAW if withdrawn else ChangeTrigger.GIVE_UP, now, by, ending.reason)
    for kind in (ClockKind.CUSTOMER_ANSWER, ClockKind.PAYMENT, ClockKind.INTERCEPTION):
        case.cancel(kind, now, ending.reason)
    withdraw_all(case, now, ending.reason)


def close(
    case: OrderChangeStanding, outcome: ChangeOutcome, template: TemplateName | None, now: Instant, why: str
) -> None:
    """The case is over: every clock ends, open tasks are withdrawn, the customer is told if nobody has yet."""
    end(case, outcome, now, why)
    if template is not None:
        write(case, template, now, f"Told the customer: {why}")
