"""The one service behind every door: opens cases once, carries requests to them, shows them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from activities.archive.timeline import TimelineArchive
from activities.clock import wall_clock
from activities.customers.port import CustomerDirectory, OrderDirectory
from activities.openings.register import OpeningRegister
from activities.policies.archive import PolicyArchive
from domain.complaint.messages import Merge, Reopen
from domain.complaint.state import ComplaintResult
from domain.errors import CaseNotFoundError, MergeRefusedError, OtherCaseTypeError
from domain.messages import Answer, CaseView, Request, TimelineView
from domain.policy import Policy
from domain.timeline import Entry
from domain.views import counted_on
from runtime.search_attributes import CASE_TYPE
from starter.asking import acted, asked
from starter.audit.auditor import audit_case
from starter.audit.findings import CaseAudit
from starter.case_lines import CaseLine, count_lines, read_lines
from starter.new_complaint import NewComplaint
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from starter.opening import Opened, Opening
from starter.policy_shelf import PolicyShelf
from starter.refusals import translated
from starter.reopening import require_reopenable, start_again
from starter.story.reading import History, read_history
from workflows.complaint import ComplaintWorkflow

ANSWER_WITHIN = timedelta(seconds=30)
"""How long a door waits for a case to answer; the request is safe to repeat afterwards."""


class CaseService:
    """What every door can do. Refusals are `CaseError`s whichever side of Temporal they come from."""

    def __init__(
        self,
        client: Client,
        *,
        task_queue: str,
        openings: OpeningRegister,
        policies: PolicyArchive,
        customers: CustomerDirectory,
        orders: OrderDirectory,
        archive: TimelineArchive,
        policy: str,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self.client = client
        self._answer_within = answer_within
        self._task_queue = task_queue
        self._archive = archive
        self._policies = PolicyShelf(policies)
        self._opening = Opening(
            client=client,
            task_queue=task_queue,
            register=openings,
            policies=self._policies,
            customers=customers,
            orders=orders,
            policy=policy,
        )

    # Opening.

    async def open_complaint(self, new: NewComplaint) -> Opened:
        """Start the case of a complaint, or answer with the one that exists for its source and reference.

        Raises:
            InvalidInputError: unknown customer, unknown order, or an order of another customer; names the field.
            ReferenceUsedError: the case that exists was opened with other content.
        """
        return await self._opening.open_complaint(new)

    async def open_order_change(self, new: NewOrderChange) -> Opened:
        """Start the case of an order change, or answer with the one that exists for its source and reference.

        Raises:
            InvalidInputError: unknown customer.
            ReferenceUsedError: the case that exists was opened with other content.
        """
        return await self._opening.open_order_change(new)

    async def open_return(self, new: NewReturn) -> Opened:
        """Start the case of a return, or answer with the one that exists for its source and reference.

        Raises:
            InvalidInputError: unknown customer.
            ReferenceUsedError: the case that exists was opened with other content.
        """
        return await self._opening.open_return(new)

    async def finish_openings(self) -> int:
        """Start what was reserved but not started, after a crash between the two; returns how many."""
        return await self._opening.finish()

    # Asking.

    async def act(self, case_id: str, verb: str, request: Request) -> Answer:
        """Carry a request to its case and bring back the answer.

        The update id holds the content's fingerprint: a repeat is answered by the server, other content under the same
        request id reaches the case and is refused there.

        Raises:
            CaseError: whatever the case refuses, with its code.
        """
        with translated(case_id):
            return await acted(self._handle(case_id), verb, request, self._answer_within)

    async def reopen(self, case_id: str, request: Reopen) -> Answer:
        """Reopen a case, in its own workflow if that still runs, else in a new run that goes on with its state.

        Raises:
            WrongStatusError: the case was merged.
            ReopenWindowError: closed longer ago than the policy allows.
        """
        with translated(case_id):
            description = await self._handle(case_id).describe()
        if description.workflow_type != ComplaintWorkflow.__name__:
            raise OtherCaseTypeError(f"{case_id} is no complaint and is not reopened: ask anew", field="case_id")
        if description.status is not WorkflowExecutionStatus.RUNNING:
            result = await self._result(case_id)
            policy = await self.policy(result.state.policy)
            require_reopenable(result, policy, wall_clock())
            await start_again(self.client, self._task_queue, result, policy, request)
        return await self.act(case_id, "reopen", request)

    async def merge(self, case_id: str, target: str, **fields: Any) -> Answer:
        """Merge a case into another of the same customer and order.

        Raises:
            MergeRefusedError: the target is over, or not about the same customer and order.
        """
        other = await self.snapshot(target)
        if other.case_type != "complaint":
            raise MergeRefusedError(f"{target} is no complaint", field="target", type=other.case_type)
        if other.status in ("closed", "withdrawn", "merged"):
            raise MergeRefusedError(f"{target} is {other.status}", field="target", status=other.status)
        request = Merge(
            target=target,
            target_customer=other.customer.id,
            target_order=other.order.id if other.order else None,
            **fields,
        )
        return await self.act(case_id, "merge", request)

    # Showing.

    async def snapshot(self, case_id: str) -> CaseView:
        """The whole case at this instant, running or over.

        Raises:
            CaseNotFoundError: no such case.
            PolicyUnknownError: its policy was never published here.
        """
        view: CaseView = await self._query(case_id, "snapshot", CaseView)
        return counted_on(view, await self.policy(view.policy), wall_clock())

    async def timeline(self, case_id: str) -> list[Entry]:
        """Everything that happened, from the archive and from the case itself."""
        live: TimelineView = await self._query(case_id, "timeline", TimelineView)
        archived = await self._archive.entries(case_id) if live.archived else []
        return sorted({entry.seq: entry for entry in (*archived, *live.entries)}.values(), key=lambda entry: entry.seq)

    async def history(self, case_id: str, run_id: str | None = None) -> History:
        """What Temporal wrote down of a case, by default of its newest run.

        Raises:
            CaseNotFoundError: no such case.
            InvalidInputError: it has no such run.
        """
        with translated(case_id):
            async with asyncio.timeout(self._answer_within.total_seconds()):
                return await read_history(self.client, case_id, run_id)

    async def audit(self, case_id: str) -> CaseAudit:
        """Every promise of a case held against its event history.

        Raises:
            CaseNotFoundError: no such case, or Temporal has forgotten it.
        """
        return await audit_case(self.client, case_id, self.policy)

    async def colleague_came(self, case_id: str, task_id: str) -> None:
        """Tell a case that there is somebody now who may be given a task for which nobody was found.

        Raises:
            WrongStatusError: the case is over.
            UnavailableError: Temporal does not answer.
        """
        with translated(case_id):
            await self._handle(case_id).signal("colleague_came", task_id, rpc_timeout=self._answer_within)

    async def case_type(self, case_id: str) -> str:
        """The type of a case, as in `domain.catalog`; asks the server, not the case.

        Raises:
            CaseNotFoundError: no such case.
        """
        with translated(case_id):
            description = await self._handle(case_id).describe()
        found = description.typed_search_attributes.get(CASE_TYPE)
        if found is None:
            raise CaseNotFoundError(f"{case_id} is no case", field="case_id")
        return found

    def cases(self, query: str = "", limit: int = 1_000) -> AsyncIterator[CaseLine]:
        """Cases by a visibility query that only this service's callers in code may write; newest first."""
        return read_lines(self.client, query, limit)

    async def count(self, query: str = "") -> int:
        """How many cases a visibility query finds; the same words of warning as for `cases`."""
        return await count_lines(self.client, query)

    async def policy(self, version: str) -> Policy:
        """A published policy.

        Raises:
            PolicyUnknownError: never published here.
        """
        return await self._policies.policy(version)

    async def _query(self, case_id: str, name: str, result_type: type[Any]) -> Any:
        with translated(case_id):
            return await asked(self._handle(case_id), name, result_type, self._answer_within)

    def _handle(self, case_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(case_id)

    async def _result(self, case_id: str) -> ComplaintResult:
        handle = self.client.get_workflow_handle(case_id, result_type=ComplaintResult)
        with translated(case_id):
            result: ComplaintResult = await handle.result(rpc_timeout=self._answer_within)
        return result
