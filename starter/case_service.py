"""The one service behind every door: opens cases once, carries requests to them, shows them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.archive.timeline import TimelineArchive
from activities.clock import wall_clock
from activities.customers.port import CustomerDirectory, OrderDirectory
from activities.openings.register import OpeningRegister
from activities.policies.archive import PolicyArchive
from domain.complaint import facts
from domain.complaint import messages as complaint
from domain.complaint.case import Complaint
from domain.complaint.show import face
from domain.complaint.state import ComplaintResult, ComplaintStart
from domain.deeds import LookupReport
from domain.errors import (
    CaseNotFoundError,
    InvalidInputError,
    MergeRefusedError,
    ReopenWindowError,
    WrongStatusError,
)
from domain.messages import Answer, CaseView, Identifier, Request, TimelineView
from domain.people import Channel
from domain.policy import Policy
from domain.sla.spans import Instant, say_span
from domain.timeline import Entry
from runtime.search_attributes import (
    CASE_BREACHED,
    CASE_CHANNEL,
    CASE_DUE_AT,
    CASE_PRIORITY,
    CASE_STATUS,
    CASE_TEAM,
    CASE_TIER,
    at_start,
)
from starter.refusals import translated
from workflows.complaint import ComplaintWorkflow

ANSWER_WITHIN = timedelta(seconds=30)
"""How long a door waits for a case to answer; the request is safe to repeat afterwards."""


class NewComplaint(BaseModel):
    """A complaint as a caller hands it in; what a `ComplaintInput` has beyond this is the service's to fill in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Identifier
    reference: str = Field(min_length=1, max_length=200)
    channel: Channel
    customer_id: Identifier
    order_id: Identifier | None = None
    subject: str = Field(min_length=1, max_length=300)
    description: str = Field(default="", max_length=20_000)
    said_at: Instant | None = None
    crisis_level: int | None = Field(default=None, ge=1, le=3)
    upset: bool = False
    business_unit: str | None = Field(default=None, max_length=120)


@dataclass(frozen=True)
class Opened:
    """The case of a complaint, and whether this call started it."""

    case_id: str
    created: bool


@dataclass(frozen=True)
class CaseLine:
    """A case in a list. `due` is when the next promise that a person keeps is due, milliseconds."""

    case_id: str
    status: str
    tier: int | None
    team: str | None
    priority: str
    channel: str
    due: Instant | None
    breached: bool
    opened_at: Instant
    running: bool


def case_number(source: str, reference: str) -> str:
    """The case id: `C` and 13 letters and digits of a hash, so that no id carries personal data (65 bits)."""
    digest = hashlib.sha256(f"{source}\x00{reference}".encode()).digest()
    return f"C{base64.b32encode(digest).decode()[:13]}"


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
        self._openings = openings
        self._policies = policies
        self._customers = customers
        self._orders = orders
        self._archive = archive
        self._policy = policy
        self._loaded: dict[str, Policy] = {}

    # Opening.

    async def open_complaint(self, new: NewComplaint) -> Opened:
        """Start the case of a complaint, or answer with the one that exists for its source and reference.

        Raises:
            InvalidInputError: unknown customer, unknown order, or an order of another customer; names the field.
        """
        case_id = case_number(new.source, new.reference)
        known = await self._openings.get(case_id)
        if known and known.started:
            return Opened(case_id, created=False)
        found = await self._look_up(new)
        latest = await self._policies.latest(self._policy)
        request = complaint.ComplaintInput(
            case_id=case_id, policy=latest.version, arrived_at=wall_clock(), **new.model_dump()
        )
        start = ComplaintStart(complaint=request, found=found)
        is_new, opening = await self._openings.reserve(
            case_id,
            source=new.source,
            reference=new.reference,
            request_hash=hashlib.sha256(new.model_dump_json().encode()).hexdigest(),
            request=start.model_dump_json(),
        )
        # Of a former attempt that died before it started anything, the first request counts.
        first = ComplaintStart.model_validate_json(opening.request) if opening.request else start
        created = await self._start(first)
        await self._openings.mark_started(case_id)
        return Opened(case_id, created=created and is_new)

    async def finish_openings(self) -> int:
        """Start what was reserved but not started, after a crash between the two; returns how many."""
        unstarted = await self._openings.unstarted()
        for opening in unstarted:
            if opening.request:
                await self._start(ComplaintStart.model_validate_json(opening.request))
            await self._openings.mark_started(opening.case_id)
        return len(unstarted)

    async def _look_up(self, new: NewComplaint) -> LookupReport:
        customer = await self._customers.profile(new.customer_id)
        if customer is None:
            raise InvalidInputError(f"unknown customer {new.customer_id}", field="customer_id")
        order = await self._orders.order(new.order_id) if new.order_id else None
        if new.order_id and order is None:
            raise InvalidInputError(f"unknown order {new.order_id}", field="order_id")
        if order and order.customer_id != new.customer_id:
            raise InvalidInputError(f"order {new.order_id} is another customer's", field="order_id")
        return LookupReport(customer=customer, order=order)

    async def _start(self, start: ComplaintStart) -> bool:
        """Start the workflow, already showing what its first task will decide: the rules are the same here."""
        new = start.complaint
        preview = facts.new_complaint(new, await self.policy(new.policy), new.arrived_at)
        facts.receive(preview, new, start.found or LookupReport(), new.arrived_at)
        try:
            with translated(new.case_id):
                await self.client.start_workflow(
                    ComplaintWorkflow.run,
                    start,
                    id=new.case_id,
                    task_queue=self._task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    search_attributes=at_start("complaint", new.channel.value, face(preview)),
                    static_summary=f"Complaint by {new.channel.value}",
                    static_details=f"source {new.source} · policy {new.policy}",
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    # Asking.

    async def act(self, case_id: str, verb: str, request: Request) -> Answer:
        """Carry a request to its case and bring back the answer.

        The update id holds the content's fingerprint: a repeat is answered by the server, other content under the same
        request id reaches the case and is refused there.

        Raises:
            CaseError: whatever the case refuses, with its code.
        """
        with translated(case_id):
            # The RPC's own timeout is not enough: where no worker polls, the client asks again and again, for ever.
            async with asyncio.timeout(self._answer_within.total_seconds()):
                answer: Answer = await self._handle(case_id).execute_update(
                    verb, request, id=f"{request.request_id}:{request.fingerprint()}", result_type=Answer
                )
        return answer

    async def reopen(self, case_id: str, request: complaint.Reopen) -> Answer:
        """Reopen a case, in its own workflow if that still runs, else in a new run that goes on with its state.

        Raises:
            ReopenWindowError: closed longer ago than the policy allows.
        """
        with translated(case_id):
            description = await self._handle(case_id).describe()
        if description.status is WorkflowExecutionStatus.RUNNING:
            return await self.act(case_id, "reopen", request)
        result = await self._result(case_id)
        policy = await self.policy(result.state.policy)
        await self._check_window(result, policy)
        start = ComplaintStart(complaint=_input_of(result), state=result.state, reopen=request)
        with suppress(WorkflowAlreadyStartedError):
            await self.client.start_workflow(
                ComplaintWorkflow.run,
                start,
                id=case_id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                search_attributes=at_start(
                    "complaint", result.state.channel.value, face(Complaint(result.state, policy))
                ),
                static_summary=f"Complaint by {result.state.channel.value}, reopened",
            )
        return await self.act(case_id, "reopen", request)

    async def _check_window(self, result: ComplaintResult, policy: Policy) -> None:
        if result.status == "merged":
            raise WrongStatusError("the case was merged: its other case goes on", status=result.status)
        window = policy.complaint.reopen_within
        if wall_clock() - result.closed_at > window:
            raise ReopenWindowError(
                f"the case was closed more than {say_span(window)} ago", closed_at=result.closed_at, window_ms=window
            )

    async def merge(self, case_id: str, target: str, **fields: Any) -> Answer:
        """Merge a case into another of the same customer and order.

        Raises:
            MergeRefusedError: the target is over, or not about the same customer and order.
        """
        other = await self.snapshot(target)
        if other.status in ("closed", "withdrawn", "merged"):
            raise MergeRefusedError(f"{target} is {other.status}", field="target", status=other.status)
        request = complaint.Merge(
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
        """
        with translated(case_id):
            view: CaseView = await self._handle(case_id).query(
                "snapshot", result_type=CaseView, rpc_timeout=self._answer_within
            )
        return view

    async def timeline(self, case_id: str) -> list[Entry]:
        """Everything that happened, from the archive and from the case itself."""
        with translated(case_id):
            live = await self._handle(case_id).query(
                "timeline", result_type=TimelineView, rpc_timeout=self._answer_within
            )
        archived = await self._archive.entries(case_id) if live.archived else []
        return sorted({entry.seq: entry for entry in (*archived, *live.entries)}.values(), key=lambda entry: entry.seq)

    async def cases(self, query: str = "", limit: int = 1_000) -> AsyncIterator[CaseLine]:
        """Cases by a visibility query that only this service's callers in code may write; newest first."""
        with translated():
            async for execution in self.client.list_workflows(_complaints(query), limit=limit):
                yield _line(execution)

    async def count(self, query: str = "") -> int:
        """How many cases a visibility query finds; the same words of warning as for `cases`."""
        with translated():
            return (await self.client.count_workflows(_complaints(query))).count

    async def policy(self, version: str) -> Policy:
        """A published policy.

        Raises:
            PolicyUnknownError: never published here.
        """
        if version not in self._loaded:
            self._loaded[version] = Policy.model_validate_json((await self._policies.load(version)).document)
        return self._loaded[version]

    def _handle(self, case_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(case_id)

    async def _result(self, case_id: str) -> ComplaintResult:
        handle = self.client.get_workflow_handle(case_id, result_type=ComplaintResult)
        with translated(case_id):
            result: ComplaintResult = await handle.result(rpc_timeout=self._answer_within)
        return result


def _complaints(query: str) -> str:
    base = "CaseType = 'complaint'"
    return f"{base} AND ({query})" if query else base


def _input_of(result: ComplaintResult) -> complaint.ComplaintInput:
    state = result.state
    return complaint.ComplaintInput(
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


def _line(execution: WorkflowExecution) -> CaseLine:
    found = execution.typed_search_attributes
    due = found.get(CASE_DUE_AT)
    return CaseLine(
        case_id=execution.id,
        status=found.get(CASE_STATUS) or "received",
        tier=found.get(CASE_TIER),
        team=found.get(CASE_TEAM),
        priority=found.get(CASE_PRIORITY) or "",
        channel=found.get(CASE_CHANNEL) or "",
        due=int(due.timestamp() * 1000) if due else None,
        breached=bool(found.get(CASE_BREACHED)),
        opened_at=int(execution.start_time.timestamp() * 1000),
        running=execution.status is WorkflowExecutionStatus.RUNNING,
    )


__all__ = ["CaseLine", "CaseNotFoundError", "CaseService", "NewComplaint", "Opened", "case_number"]
