"""How a return begins."""

from __future__ import annotations

from domain.conversation import start_updates
from domain.people import CustomerProfile
from domain.policy import Policy
from domain.returns import messages as m
from domain.returns.case import Return
from domain.returns.state import ReturnState
from domain.shop_case.led import parent_of
from domain.sla.spans import Instant


def new_return(asked: m.ReturnInput, customer: CustomerProfile, policy: Policy, now: Instant) -> Return:
    """A return that has just arrived. It counts as asked, and its promises run, from the door."""
    opened = min(asked.arrived_at, now)
    state = ReturnState(
        case_id=asked.case_id,
        policy=asked.policy,
        channel=asked.channel,
        priority=policy.returns.priority_of(vip=customer.vip),
        opened_at=opened,
        subject=f"Order {asked.order_id}: {asked.wanted.kind.value}",
        description="",
        customer=customer,
        source=asked.source,
        reference=asked.reference,
        order_id=asked.order_id,
        wanted=asked.wanted,
        remedy=asked.wanted.remedy,
        hands=[asked.asked_by] if asked.asked_by else [],
        parent=parent_of(asked.parent),
        linked=[asked.parent.case_id] if asked.parent else [],
    )
    case = Return(state, policy)
    wanted = asked.wanted.kind.value
    case.note(opened, "received", channel=state.channel.value, source=state.source, policy=state.policy, wanted=wanted)
    start_updates(case, opened, "the return was asked for")
    return case
