"""Reopening a case whose workflow has ended: whether that is allowed, and the new run that goes on with its state."""

from __future__ import annotations

from contextlib import suppress

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from domain.complaint.case import Complaint
from domain.complaint.messages import ComplaintInput, Reopen
from domain.complaint.show import face
from domain.complaint.state import ComplaintResult, ComplaintStart
from domain.errors import ReopenWindowError, WrongStatusError
from domain.policy import Policy
from domain.sla.spans import Instant, say_span
from runtime.search_attributes import at_start
from starter.refusals import translated
from workflows.complaint import ComplaintWorkflow


def require_reopenable(result: ComplaintResult, policy: Policy, now: Instant) -> None:
    """Refuse to reopen what was merged or has been closed for too long.

    Raises:
        WrongStatusError: the case was merged.
        ReopenWindowError: closed longer ago than the policy allows; details give the window in milliseconds.
    """
    if result.status == "merged":
        raise WrongStatusError("the case was merged: its other case goes on", status=result.status)
    window = policy.complaint.reopen_within
    if now - result.closed_at > window:
        raise ReopenWindowError(
            f"the case was closed more than {say_span(window)} ago", closed_at=result.closed_at, window_ms=window
        )


async def start_again(
    client: Client, task_queue: str, result: ComplaintResult, policy: Policy, request: Reopen
) -> None:
    """Start a new run of an ended case; nothing happens where somebody else has just done so.

    Raises:
        UnavailableError: the server does not answer.
    """
    state = result.state
    start = ComplaintStart(complaint=_input_of(result), state=state, reopen=request)
    with translated(state.case_id), suppress(WorkflowAlreadyStartedError):
        await client.start_workflow(
            ComplaintWorkflow.run,
            start,
            id=state.case_id,
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=at_start("complaint", state.channel.value, face(Complaint(state, policy))),
            static_summary=f"Complaint by {state.channel.value}, reopened",
        )


def _input_of(result: ComplaintResult) -> ComplaintInput:
    state = result.state
    return ComplaintInput(
        case_id=state.case_id,
        source=state.source,
        reference=state.reference,
        policy=state.policy,
        arrived_at=state.opened_at,
        channel=state.channel,
        customer_id=state.customer.id,
        order_id=state.order.id if state.order else None,
        subject=state.subject,
        description=state.description,
        said_at=state.said_at,
        crisis_level=state.crisis_level,
        upset=state.upset,
        business_unit=state.business_unit,
    )
