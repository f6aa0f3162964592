"""Whether a case has its parcel's trouble in hand, where the server says something else than that it runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from starter.parcel_cases import has_in_hand


class SomeHandle:
    """A case as the server describes it, or does not."""

    def __init__(self, told: WorkflowExecutionStatus | RPCStatusCode, outcome: str | None = None) -> None:
        self.told, self.outcome = told, outcome

    async def describe(self) -> SimpleNamespace:
        if isinstance(self.told, RPCStatusCode):
            raise RPCError("no", self.told, b"")
        return SimpleNamespace(status=self.told)

    async def result(self) -> SimpleNamespace:
        return SimpleNamespace(outcome=self.outcome)


def server(told: WorkflowExecutionStatus | RPCStatusCode, outcome: str | None = None) -> Client:
    """A client of a server that knows one case."""
    handle = SomeHandle(told, outcome)
    return cast(Client, SimpleNamespace(get_workflow_handle=lambda case_id, result_type: handle))


@pytest.mark.parametrize(
    ("told", "outcome", "in_hand"),
    [
        (WorkflowExecutionStatus.RUNNING, None, True),
        (WorkflowExecutionStatus.COMPLETED, "refunded", True),
        (WorkflowExecutionStatus.COMPLETED, "sent_again", True),
        (WorkflowExecutionStatus.COMPLETED, "arrived", False),
        (WorkflowExecutionStatus.COMPLETED, "closed", False),
        (WorkflowExecutionStatus.TERMINATED, None, False),
        (RPCStatusCode.NOT_FOUND, None, False),
    ],
    ids=["runs", "refunded", "sent again", "arrived", "closed", "terminated", "forgotten"],
)
async def test_case_that_runs_or_made_it_good_has_its_parcel_in_hand_and_no_other(
    told: WorkflowExecutionStatus | RPCStatusCode, outcome: str | None, in_hand: bool
) -> None:
    assert await has_in_hand(server(told, outcome), "D1") is in_hand


async def test_server_that_does_not_answer_is_no_answer() -> None:
    with pytest.raises(RPCError):
        await has_in_hand(server(RPCStatusCode.UNAVAILABLE), "D1")
