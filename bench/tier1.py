"""A complaint resolved at tier 1, ours and bare, through the same calls of Temporal's client."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.clock import wall_clock
from bench.bare import RESOLVE, SUMMARISE, BareComplaintWorkflow
from bench.ground import ANSWERED_WITHIN, CUSTOMER, Ground
from domain import messages as m
from domain.complaint.messages import AnswerSolution, ComplaintInput
from domain.complaint.state import ComplaintStart
from domain.people import Actor, Channel, Role
from domain.requests import Reply
from starter.asking import acted
from starter.case_service import CaseService
from starter.new_complaint import NewComplaint

AGENT = Actor(id="online-01", role=Role.AGENT, teams=("online",))
SUBJECT, WORDS = "The kettle leaks", "It leaks at the spout since the second day, and the counter below it is wet. " * 3

NOTICED_AFTER = 1.5
"""Seconds from the opening until an agent takes the case, so that the task has been offered; the same for both."""


def requests() -> list[tuple[str, m.Request]]:
    """What is asked of a complaint that tier 1 resolves, in order."""
    return [
        ("claim_task", m.ClaimTask(request_id="r1", actor=AGENT, task_id=RESOLVE)),
        ("reply", Reply(request_id="r2", actor=AGENT, text="I have your case and look at the kettle's batch.")),
        (
            "complete_task",
            m.CompleteTask(
                request_id="r3", actor=AGENT, task_id=RESOLVE, form={"solution": "A new kettle is on its way."}
            ),
        ),
        ("answer_solution", AnswerSolution(request_id="r4", actor=CUSTOMER, satisfied=True, score=5)),
        (
            "complete_task",
            m.CompleteTask(
                request_id="r5",
                actor=AGENT,
                task_id=SUMMARISE,
                form={"summary": "Leaking spout, replaced.", "cause": "defect"},
            ),
        ),
    ]


def opening(reference: str) -> NewComplaint:
    """The complaint as a caller hands it in."""
    return NewComplaint(
        source="bench",
        reference=reference,
        channel=Channel.EMAIL,
        customer_id=CUSTOMER.id,
        subject=SUBJECT,
        description=WORDS,
    )


@dataclass
class Tier1:
    """Opens and resolves complaints, of ours or of the bare kind."""

    ground: Ground
    kind: str
    service: CaseService = field(init=False)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.service = self.ground.service()

    async def open(self) -> WorkflowHandle[Any, Any]:
        """Open the next complaint: ours through the service, the bare one by starting its workflow."""
        new = opening(f"{self.kind}-{next(self.numbers)}")
        if self.kind == "ours":
            opened = await self.service.open_complaint(new)
            return self.ground.client.get_workflow_handle(opened.case_id)
        case_id = f"B-{new.reference}"
        complaint = ComplaintInput(
            case_id=case_id, policy=self.ground.version, arrived_at=wall_clock(), **new.model_dump()
        )
        return await self.ground.client.start_workflow(
            BareComplaintWorkflow.run, ComplaintStart(complaint=complaint), id=case_id, task_queue="bare"
        )

    async def resolve(self, handle: WorkflowHandle[Any, Any], settle: bool = False) -> None:
        """Ask everything; with `settle` each message is out before the next thing is asked, as with real people."""
        for verb, request in requests():
            if settle:
                await quiet(handle)
            await _ask(handle, verb, request)
        await handle.result()

    async def run(self, cases: int, in_flight: int) -> float:
        """Open and resolve so many complaints, so many at a time; returns cases a second."""
        places = asyncio.Semaphore(in_flight)

        async def one() -> None:
            async with places:
                handle = await self.open()
                await asyncio.sleep(NOTICED_AFTER)
                await self.resolve(handle)

        started = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(cases)))
        return cases / (time.perf_counter() - started)


async def _ask(handle: WorkflowHandle[Any, Any], verb: str, request: m.Request) -> None:
    """Ask once; again only where the task is not offered yet, because the look-up is still under way."""
    while True:
        try:
            await acted(handle, verb, request, ANSWERED_WITHIN)
        except WorkflowUpdateFailedError as error:
            if not isinstance(error.cause, ApplicationError) or error.cause.type != "task_not_found":
                raise
            await asyncio.sleep(NOTICED_AFTER)
        else:
            return


async def quiet(handle: WorkflowHandle[Any, Any]) -> None:
    """Wait until no activity and no workflow task is under way."""
    while True:
        described = (await handle.describe()).raw_description
        if not described.pending_activities and not described.HasField("pending_workflow_task"):
            return
        await asyncio.sleep(0.01)
