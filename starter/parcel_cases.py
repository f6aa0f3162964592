"""Whether a case has the trouble of its parcel in hand, so that what else happens to the parcel needs no other case."""

from __future__ import annotations

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.delivery.messages import MADE_GOOD
from domain.delivery.state import DeliveryResult


async def has_in_hand(client: Client, case_id: str) -> bool:
    """Whether the case still runs, or has made good what was in the parcel.

    A case that runs is told of every scan and learns from it what the problem is. One that ended otherwise, or that the
    server has forgotten, says nothing about what happens to the parcel now.

    Raises:
        RPCError: Temporal does not answer. No refusal: whoever found the problem has to come again.
    """
    handle = client.get_workflow_handle(case_id, result_type=DeliveryResult)
    try:
        status = (await handle.describe()).status
        if status is not WorkflowExecutionStatus.COMPLETED:
            return status is WorkflowExecutionStatus.RUNNING
        result: DeliveryResult = await handle.result()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return result.outcome in MADE_GOOD
