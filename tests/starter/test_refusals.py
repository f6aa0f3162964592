"""What callers get when an update has no answer: a refusal that may be repeated, or their own cancellation."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import WrongStatusError
from starter.refusals import UnavailableError, translated


async def asked(answer_within: float) -> None:
    """An update that gets no answer, with the error that the SDK raises then."""
    with translated("C1"):
        async with asyncio.timeout(answer_within):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError as error:
                raise WorkflowUpdateRPCTimeoutOrCancelledError from error


async def test_update_without_an_answer_may_be_repeated() -> None:
    with pytest.raises(UnavailableError, match="repeat the request"):
        await asked(0.01)


async def test_cancelled_caller_stays_cancelled() -> None:
    asking = asyncio.create_task(asked(60))
    await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    ("case_id", "possible"), [("CAAAAAAAAAAAAA", ["reopen"]), ("MAAAAAAAAAAAAA", []), ("RAAAAAAAAAAAAA", [])]
)
def test_case_that_is_over_is_to_be_reopened_only_if_it_is_a_complaint(case_id: str, possible: list[str]) -> None:
    with pytest.raises(WrongStatusError, match="is over") as refused, translated(case_id):
        raise RPCError("workflow execution already completed", RPCStatusCode.NOT_FOUND, b"")
    assert refused.value.details["possible"] == possible
    assert ("reopen it" in refused.value.message) == bool(possible)
