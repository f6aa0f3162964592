"""Starting the workflow of a case, already showing what its first task will decide: the rules are the same here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from temporalio.client import Client
from temporalio.common import TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.complaint import facts as complaint_facts
from domain.complaint.show import face as complaint_face
from domain.complaint.state import ComplaintStart
from domain.deeds import LookupReport
from domain.delivery import facts as delivery_facts
from domain.delivery.show import face as delivery_face
from domain.delivery.state import DeliveryStart
from domain.order_change import facts as change_facts
from domain.order_change.show import face as change_face
from domain.order_change.state import OrderChangeStart
from domain.policy import Policy
from domain.returns import facts as return_facts
from domain.returns.show import face as return_face
from domain.returns.state import ReturnStart
from runtime.search_attributes import at_start
from starter.policy_shelf import PolicyShelf
from starter.refusals import translated
from workflows.complaint import ComplaintWorkflow
from workflows.delivery import DeliveryProblemWorkflow
from workflows.order_change import OrderChangeWorkflow
from workflows.returns import ReturnWorkflow

Start: TypeAlias = ComplaintStart | OrderChangeStart | ReturnStart | DeliveryStart


@dataclass(frozen=True)
class _Launch:
    run: Any
    case_id: str
    shown: TypedSearchAttributes
    summary: str
    details: str


async def launch(client: Client, task_queue: str, policies: PolicyShelf, start: Start) -> bool:
    """Start the workflow; False if it was started before."""
    if isinstance(start, ComplaintStart):
        prepared = _complaint(start, await policies.policy(start.complaint.policy))
    elif isinstance(start, OrderChangeStart):
        prepared = _order_change(start, await policies.policy(start.change.policy))
    elif isinstance(start, DeliveryStart):
        prepared = _delivery(start, await policies.policy(start.found.policy))
    else:
        prepared = _return(start, await policies.policy(start.asked.policy))
    try:
        with translated(prepared.case_id):
            await client.start_workflow(
                prepared.run,
                start,
                id=prepared.case_id,
                task_queue=task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=prepared.shown,
                static_summary=prepared.summary,
                static_details=prepared.details,
            )
    except WorkflowAlreadyStartedError:
        return False
    return True


def _complaint(start: ComplaintStart, policy: Policy) -> _Launch:
    new = start.complaint
    preview = complaint_facts.new_complaint(new, policy, new.arrived_at)
    complaint_facts.receive(preview, new, start.found or LookupReport(), new.arrived_at)
    shown = at_start("complaint", new.channel.value, complaint_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return _Launch(ComplaintWorkflow.run, new.case_id, shown, f"Complaint by {new.channel.value}", details)


def _order_change(start: OrderChangeStart, policy: Policy) -> _Launch:
    new = start.change
    preview = change_facts.new_change(new, start.customer, policy, new.arrived_at)
    shown = at_start("order_change", new.channel.value, change_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return _Launch(OrderChangeWorkflow.run, new.case_id, shown, f"Order change by {new.channel.value}", details)


def _delivery(start: DeliveryStart, policy: Policy) -> _Launch:
    new = start.found
    preview = delivery_facts.new_delivery(new, start.customer, policy, new.arrived_at)
    shown = at_start("delivery", new.channel.value, delivery_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return _Launch(DeliveryProblemWorkflow.run, new.case_id, shown, f"Parcel {new.problem.value}", details)


def _return(start: ReturnStart, policy: Policy) -> _Launch:
    new = start.asked
    preview = return_facts.new_return(new, start.customer, policy, new.arrived_at)
    shown = at_start("return", new.channel.value, return_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return _Launch(ReturnWorkflow.run, new.case_id, shown, f"Return by {new.channel.value}", details)
