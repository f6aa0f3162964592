"""How a delivery problem begins."""

from __future__ import annotations

from domain.conversation import start_updates
from domain.delivery.case import DeliveryCase
from domain.delivery.messages import DeliveryInput, subject_of
from domain.delivery.state import DeliveryState
from domain.people import CustomerProfile
from domain.policy import Policy
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant


def new_delivery(found: DeliveryInput, customer: CustomerProfile, policy: Policy, now: Instant) -> DeliveryCase:
    """A problem that was just found. Its promises run from then on."""
    opened = min(found.arrived_at, now)
    state = DeliveryState(
        case_id=found.case_id,
        policy=found.policy,
        channel=found.channel,
        priority=policy.deliveries.priority_of(vip=customer.vip),
        opened_at=opened,
        subject=subject_of(found.order_id, found.problem),
        description="",
        customer=customer,
        source=found.source,
        reference=found.reference,
        order_id=found.order_id,
        parcel_id=found.parcel_id,
        problem=found.problem,
    )
    case = DeliveryCase(state, policy)
    problem = found.problem.value
    case.note(
        opened, "received", channel=state.channel.value, source=state.source, policy=state.policy, problem=problem
    )
    start_updates(case, opened, "the problem was found")
    case.start_clock(ClockKind.RESOLUTION, case.rules.clocks.resolution.within, opened, "the problem was found")
    return case
