"""How the workflow of a case is started, whoever starts it: what it shows before its first task, and its summary."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import workflow
from temporalio.common import TypedSearchAttributes

with workflow.unsafe.imports_passed_through():
    from domain.linked.starts import LinkedStart
    from domain.order_change import facts as change_facts
    from domain.order_change.show import face as change_face
    from domain.order_change.state import OrderChangeStart
    from domain.policy import Policy
    from domain.returns import facts as return_facts
    from domain.returns.show import face as return_face
    from domain.returns.state import ReturnStart
    from runtime.search_attributes import at_start


@dataclass(frozen=True)
class Launch:
    """A workflow by its name, with what Temporal shows of it from the first moment on."""

    workflow: str
    case_id: str
    shown: TypedSearchAttributes
    summary: str
    details: str


def launch_of(start: LinkedStart, policy: Policy) -> Launch:
    """How a case at a shop is started: it shows already what its first task will decide, for the rules are the same."""
    return _of_change(start, policy) if isinstance(start, OrderChangeStart) else _of_return(start, policy)


def _of_change(start: OrderChangeStart, policy: Policy) -> Launch:
    new = start.change
    preview = change_facts.new_change(new, start.customer, policy, new.arrived_at)
    shown = at_start("order_change", new.channel.value, change_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return Launch("OrderChangeWorkflow", new.case_id, shown, f"Order change by {new.channel.value}", details)


def _of_return(start: ReturnStart, policy: Policy) -> Launch:
    new = start.asked
    preview = return_facts.new_return(new, start.customer, policy, new.arrived_at)
    shown = at_start("return", new.channel.value, return_face(preview))
    details = f"source {new.source} · policy {new.policy}"
    return Launch("ReturnWorkflow", new.case_id, shown, f"Return by {new.channel.value}", details)
