"""Opening a complaint: looked up, reserved, started, and only once, however often it is handed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.clock import wall_clock
from activities.customers.port import CustomerDirectory, OrderDirectory
from activities.openings.register import OpeningRegister
from domain.complaint import facts
from domain.complaint.messages import ComplaintInput
from domain.complaint.show import face
from domain.complaint.state import ComplaintStart
from domain.deeds import LookupReport
from domain.errors import InvalidInputError
from runtime.search_attributes import at_start
from starter.new_complaint import NewComplaint, Opened, case_number
from starter.policy_shelf import PolicyShelf
from starter.refusals import translated
from workflows.complaint import ComplaintWorkflow


@dataclass(frozen=True)
class Opening:
    """Opens complaints under the latest version of `policy`, a policy's name."""

    client: Client
    task_queue: str
    register: OpeningRegister
    policies: PolicyShelf
    customers: CustomerDirectory
    orders: OrderDirectory
    policy: str

    async def open(self, new: NewComplaint) -> Opened:
        """Start the case of a complaint, or answer with the one that exists for its source and reference.

        Raises:
            InvalidInputError: unknown customer, unknown order, or an order of another customer; names the field.
        """
        case_id = case_number(new.source, new.reference)
        known = await self.register.get(case_id)
        if known and known.started:
            return Opened(case_id, created=False)
        found = await self._look_up(new)
        version = await self.policies.latest(self.policy)
        request = ComplaintInput(case_id=case_id, policy=version, arrived_at=wall_clock(), **new.model_dump())
        start = ComplaintStart(complaint=request, found=found)
        is_new, opening = await self.register.reserve(
            case_id,
            source=new.source,
            reference=new.reference,
            request_hash=hashlib.sha256(new.model_dump_json().encode()).hexdigest(),
            request=start.model_dump_json(),
        )
        # Of a former attempt that died before it started anything, the first request counts.
        first = ComplaintStart.model_validate_json(opening.request) if opening.request else start
        created = await self._start(first)
        await self.register.mark_started(case_id)
        return Opened(case_id, created=created and is_new)

    async def finish(self) -> int:
        """Start what was reserved but not started, after a crash between the two; returns how many."""
        unstarted = await self.register.unstarted()
        for opening in unstarted:
            if opening.request:
                await self._start(ComplaintStart.model_validate_json(opening.request))
            await self.register.mark_started(opening.case_id)
        return len(unstarted)

    async def _look_up(self, new: NewComplaint) -> LookupReport:
        customer = await self.customers.profile(new.customer_id)
        if customer is None:
            raise InvalidInputError(f"unknown customer {new.customer_id}", field="customer_id")
        order = await self.orders.order(new.order_id) if new.order_id else None
        if new.order_id and order is None:
            raise InvalidInputError(f"unknown order {new.order_id}", field="order_id")
        if order and order.customer_id != new.customer_id:
            raise InvalidInputError(f"order {new.order_id} is another customer's", field="order_id")
        return LookupReport(customer=customer, order=order)

    async def _start(self, start: ComplaintStart) -> bool:
        """Start the workflow, already showing what its first task will decide: the rules are the same here."""
        new = start.complaint
        preview = facts.new_complaint(new, await self.policies.policy(new.policy), new.arrived_at)
        facts.receive(preview, new, start.found or LookupReport(), new.arrived_at)
        try:
            with translated(new.case_id):
                await self.client.start_workflow(
                    ComplaintWorkflow.run,
                    start,
                    id=new.case_id,
                    task_queue=self.task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    search_attributes=at_start("complaint", new.channel.value, face(preview)),
                    static_summary=f"Complaint by {new.channel.value}",
                    static_details=f"source {new.source} · policy {new.policy}",
                )
        except WorkflowAlreadyStartedError:
            return False
        return True
