"""Asking a running case something: a query or an update that is repeated until a worker can answer it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.messages import Answer, Request
from runtime.wary_runner import ASK_AGAIN

ONE_TRY = timedelta(seconds=5)
"""How long one query may take. A worker that drops a case loses the queries that stood behind it and tells nobody."""

ASKED_AGAIN_AFTER = 0.1
"""Seconds until a query that was refused for want of a workflow task is repeated, or an update that fell with its."""

_NO_ANSWER = {RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}


async def asked(handle: WorkflowHandle[Any, Any], query: str, result_type: type[Any], within: timedelta) -> Any:
    """The answer of a case to a query.

    Args:
        handle: the case.
        query: the query's name.
        result_type: what the answer is read as.
        within: how long to ask again where no worker could answer.

    Raises:
        TimeoutError: no answer in that time.
        WorkflowQueryFailedError: the case failed to answer.
        RPCError: there is no such case, or no server.
    """
    async with asyncio.timeout(within.total_seconds()):
        while True:
            try:
                return await handle.query(query, result_type=result_type, rpc_timeout=min(ONE_TRY, within))
            except WorkflowQueryFailedError as error:
                # The worker had just come and could not tell yet at which time to answer.
                if not error.message.endswith(ASK_AGAIN):
                    raise
            except RPCError as error:
                if error.status not in _NO_ANSWER and not _is_not_ready(error):
                    raise
            await asyncio.sleep(ASKED_AGAIN_AFTER)


async def acted(handle: WorkflowHandle[Any, Any], verb: str, request: Request, within: timedelta) -> Answer:
    """The answer of a case to a request.

    A case that ends in the very moment in which it is told something takes its last step back, and an update that came
    with that step falls with it. Repeated under the same id it is done once.

    Args:
        handle: the case.
        verb: the update's name.
        request: what is asked.
        within: how long to wait for the answer.

    Raises:
        TimeoutError: no answer in that time.
        WorkflowUpdateFailedError: the case refuses.
        RPCError: there is no such case, or no server.
    """
    # The RPC's own timeout is not enough: where no worker polls, the client asks again and again, for ever.
    async with asyncio.timeout(within.total_seconds()):
        while True:
            try:
                answer: Answer = await handle.execute_update(
                    verb, request, id=f"{request.request_id}:{request.fingerprint()}", result_type=Answer
                )
                return answer
            except RPCError as error:
                if not _is_not_ready(error):
                    raise
            await asyncio.sleep(ASKED_AGAIN_AFTER)


def _is_not_ready(error: RPCError) -> bool:
    """Whether a workflow task fell, and the next one may answer."""
    return any(detail.type_url.endswith("WorkflowNotReadyFailure") for detail in error.grpc_status.details)
