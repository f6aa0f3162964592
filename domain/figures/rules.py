"""What a policy says about how a case is counted."""

from __future__ import annotations

from domain.catalog import COMPLAINT, DELIVERY, ORDER_CHANGE, RETURN
from domain.complaint.machine import UNRESOLVED, ComplaintStatus
from domain.figures.facts import CountingRules
from domain.people import Channel
from domain.policy import Policy
from domain.sla.rules import StatusUpdateRule


def update_rules(policy: Policy) -> dict[str, StatusUpdateRule]:
    """The promise of regular updates, by type of case."""
    return {
        COMPLAINT.name: policy.complaint.clocks.status_update,
        ORDER_CHANGE.name: policy.order_change.clocks.status_update,
        RETURN.name: policy.returns.clocks.status_update,
        DELIVERY.name: policy.deliveries.clocks.status_update,
    }


def counting_rules(policy: Policy, case_type: str, channel: str) -> CountingRules:
    """How a case of this type and channel is counted; of an unknown type nothing is known."""
    staff = frozenset(policy.staff)
    if case_type not in update_rules(policy):
        return CountingRules(staff=staff)
    resolved = {status.value for status in ComplaintStatus if status not in UNRESOLVED}
    over = {ORDER_CHANGE.name: ORDER_CHANGE.over, RETURN.name: RETURN.over, DELIVERY.name: DELIVERY.over}
    first = policy.complaint.clocks.first_response.by_channel
    at_once = case_type == COMPLAINT.name and channel in {*Channel} and first[Channel(channel)] == 0
    silent = frozenset({*over.get(case_type, resolved), *update_rules(policy)[case_type].pauses_on})
    return CountingRules(at_once=at_once, silent=silent, staff=staff)
