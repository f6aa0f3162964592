"""Starting the workflow of a case, already showing what its first task will decide: the rules are the same here."""

from __future__ import annotations

from typing import TypeAlias

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.complaint import facts as complaint_facts
from domain.complaint.show import face as complaint_face
from domain.complaint.state import ComplaintStart
from domain.deeds import LookupReport
from domain.delivery import facts as delivery_facts
from domain.delivery.show import face as delivery_face
from domain.delivery.state import DeliveryStart
from domain.order_change.state import OrderChangeStart
from domain.policy import Policy
from domain.returns.state import ReturnStart
from runtime.search_attributes import at_start
from starter.policy_shelf import PolicyShelf
from starter.refusals import translated
from workflows.starting import Launch, launch_of

Start: TypeAlias = ComplaintStart | OrderChangeStart | ReturnStart | DeliveryStart


async def launch(client: Client, task_queue: str, policies: PolicyShelf, start: Start) -> bool:
    """Start the workflow; False if it was started before."""
    if isinstance(start, ComplaintStart):
        prepared = _complaint(start, await policies.policy(start.complaint.policy))
    elif isinstance(start, DeliveryStart):
        prepared = _delivery(start, await policies.policy(start.found.policy))
    else:
        pinned = start.change.policy if isinstance(start, OrderChangeStart) else start.asked.policy
        prepared = launch_of(start, await policies.policy(pinned))
    try:
        with translated(prepared.case_id):
            await client.start_workflow(
                prepared.workflow,
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


def _complaint(start: ComplaintStart, policy: Policy) -> Launch:
    new = start.complaint
    preview = complaint_facts.new_complaint(new, policy, new.arrived_at)
    complaint_facts.receive(preview, new, start.found or LookupReport(), new.arrived_at)
    shown = at_start("complaint", new.channel.value, complaint_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return Launch("ComplaintWorkflow", new.case_id, shown, f"Complaint by {new.channel.value}", details)


def _delivery(start: DeliveryStart, policy: Policy) -> Launch:
    new = start.found
    preview = delivery_facts.new_delivery(new, start.customer, policy, new.arrived_at)
    shown = at_start("delivery", new.channel.value, delivery_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return Launch("DeliveryProblemWorkflow", new.case_id, shown, f"Parcel {new.problem.value}", details)
