"""How the workflow of a case is started, whoever starts it: what it shows before its first task, and its summary.

It shows already what its first task will decide, for the rules are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from temporalio import workflow
from temporalio.common import TypedSearchAttributes

with workflow.unsafe.imports_passed_through():
    from domain.complaint import facts as complaint_facts
    from domain.complaint.messages import ComplaintInput
    from domain.complaint.show import face as complaint_face
    from domain.complaint.state import ComplaintStart
    from domain.deeds import LookupReport
    from domain.delivery import facts as delivery_facts
    from domain.delivery.messages import DeliveryInput
    from domain.delivery.show import face as delivery_face
    from domain.delivery.state import DeliveryStart
    from domain.order_change import facts as change_facts
    from domain.order_change.messages import OrderChangeInput
    from domain.order_change.show import face as change_face
    from domain.order_change.state import OrderChangeStart
    from domain.policy import Policy
    from domain.returns import facts as return_facts
    from domain.returns.messages import ReturnInput
    from domain.returns.show import face as return_face
    from domain.returns.state import ReturnStart
    from runtime.search_attributes import at_start

Start: TypeAlias = ComplaintStart | OrderChangeStart | ReturnStart | DeliveryStart
CaseInput: TypeAlias = ComplaintInput | OrderChangeInput | ReturnInput | DeliveryInput


@dataclass(frozen=True)
class Launch:
    """A workflow by its name, with what Temporal shows of it from the first moment on."""

    workflow: str
    case_id: str
    shown: TypedSearchAttributes
    summary: str
    details: str


def input_of(start: Start) -> CaseInput:
    """What the case begins with."""
    match start:
        case ComplaintStart():
            return start.complaint
        case OrderChangeStart():
            return start.change
        case ReturnStart():
            return start.asked
        case DeliveryStart():
            return start.found


def launch_of(start: Start, policy: Policy) -> Launch:
    """How a case is started under the policy that it names."""
    match start:
        case ComplaintStart():
            return _of_complaint(start, policy)
        case OrderChangeStart():
            return _of_change(start, policy)
        case ReturnStart():
            return _of_return(start, policy)
        case DeliveryStart():
            return _of_delivery(start, policy)


def _of_complaint(start: ComplaintStart, policy: Policy) -> Launch:
    new = start.complaint
    preview = complaint_facts.new_complaint(new, policy, new.arrived_at)
    complaint_facts.receive(preview, new, start.found or LookupReport(), new.arrived_at)
    return _launch("ComplaintWorkflow", "complaint", new, complaint_face(preview), f"Complaint by {new.channel.value}")


def _of_change(start: OrderChangeStart, policy: Policy) -> Launch:
    new = start.change
    face = change_face(change_facts.new_change(new, start.customer, policy, new.arrived_at))
    return _launch("OrderChangeWorkflow", "order_change", new, face, f"Order change by {new.channel.value}")


def _of_return(start: ReturnStart, policy: Policy) -> Launch:
    new = start.asked
    face = return_face(return_facts.new_return(new, start.customer, policy, new.arrived_at))
    return _launch("ReturnWorkflow", "return", new, face, f"Return by {new.channel.value}")


def _of_delivery(start: DeliveryStart, policy: Policy) -> Launch:
    new = start.found
    face = delivery_face(delivery_facts.new_delivery(new, start.customer, policy, new.arrived_at))
    return _launch("DeliveryProblemWorkflow", "delivery", new, face, f"Parcel {new.problem.value}")


def _launch(workflow_name: str, case_type: str, new: CaseInput, face: dict[str, object], summary: str) -> Launch:
    shown = at_start(case_type, new.channel.value, face)
    return Launch(workflow_name, new.case_id, shown, summary, f"source {new.source} · policy {new.policy}")
