"""Asking a running case something, by a query that is repeated until a worker can answer it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from runtime.wary_runner import ASK_AGAIN

ONE_TRY = timedelta(seconds=5)
"""How long one query may take. A worker that drops a case loses the queries that stood behind it and tells nobody."""

ASKED_AGAIN_AFTER = 0.1
"""Seconds until a query that was refused for want of a workflow task is repeated."""

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
                if error.status not in _NO_ANSWER:
                    raise
            await asyncio.sleep(ASKED_AGAIN_AFTER)
