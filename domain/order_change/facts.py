"""How an order change begins."""

from __future__ import annotations

from domain.conversation import start_updates
from domain.order_change import messages as m
from domain.order_change.case import OrderChange
from domain.order_change.rules import kinds_of
from domain.order_change.state import OrderChangeState
from domain.people import CustomerProfile
from domain.policy import Policy
from domain.shop_case.led import parent_of
from domain.sla.spans import Instant


def new_change(change: m.OrderChangeInput, customer: CustomerProfile, policy: Policy, now: Instant) -> OrderChange:
    """An order change that has just arrived. It counts as asked, and its promises run, from the door."""
    opened = min(change.arrived_at, now)
    kinds = ", ".join(kind.value.replace("_", " ") for kind in kinds_of(change.wanted))
    state = OrderChangeState(
        case_id=change.case_id,
        policy=change.policy,
        channel=change.channel,
        priority=policy.order_change.priority_of(vip=customer.vip),
        opened_at=opened,
        subject=f"Order {change.order_id}: {kinds}",
        description="",
        customer=customer,
        source=change.source,
        reference=change.reference,
        order_id=change.order_id,
        wanted=change.wanted,
        hands=[change.asked_by] if change.asked_by else [],
        parent=parent_of(change.parent),
        linked=[change.parent.case_id] if change.parent else [],
    )
    case = OrderChange(state, policy)
    case.note(opened, "received", channel=state.channel.value, source=state.source, policy=state.policy, wanted=kinds)
    start_updates(case, opened, "the change was asked for")
    return case
