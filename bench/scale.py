"""Thousands of open cases: how late due steps run, and how soon all clocks run again after the worker was killed.

A promise counts from a complaint's arrival at a door, so cases that are given an arrival in the past have steps that
fall due when it suits the measurement, however long the opening takes. The first steps (a reminder, for every fifth
case) fall due while the worker runs: their lateness is the instant at which their activity was scheduled, as the event
history has it, less the instant at which they were due. The second (the customer's status update, for every case) fall
due while the worker is dead: recovery is the time from its start, with nothing in its cache, until every one of these
customers has got the update.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from sqlalchemy import func, select

from activities.clock import wall_clock
from activities.store.tables import DELIVERIES
from bench.ground import CUSTOMER, Ground, running_ground
from bench.programs import OURS, WorkerProcess
from bench.ratios import Figure
from bench.saying import say
from bench.tier1 import SUBJECT, WORDS
from domain.complaint import facts
from domain.complaint.messages import ComplaintInput
from domain.complaint.show import face
from domain.complaint.state import ComplaintStart
from domain.deeds import LookupReport
from domain.people import Channel, CustomerProfile
from domain.policy import Policy
from domain.sla.spans import DAY, MINUTE, SECOND, Instant, Span
from domain.templates import TemplateName
from runtime.search_attributes import at_start
from workflows.complaint import ComplaintWorkflow

AT_ONCE = 60
ABOUT = "many open cases"
REMINDED_EVERY = 5
"""Every so manieth case has a first step in the measurement."""

SPREAD: Span = 60 * SECOND
"""The steps fall due within this time, evenly."""

FIRST: Span = 40 * MINUTE
"""From a complaint's arrival to its first step; longer than the opening of all cases takes."""

APART: Span = SPREAD + 25 * SECOND
"""From a case's first step to its second."""

EARLY: Span = 10 * MINUTE
"""By which a status update is sent before it is due, as in the charter."""


def scale_policy(charter: Policy) -> Policy:
    """The charter with two steps where the measurement wants them, and with everything else far away."""
    document = charter.model_dump(mode="json")
    complaint = document["complaint"]
    clocks = complaint["clocks"]
    for tier in complaint["tiers"].values():
        tier["time"] = 90 * DAY
    by_channel = clocks["first_response"]["by_channel"]
    clocks["first_response"]["by_channel"] = dict.fromkeys(by_channel, 90 * DAY) | {Channel.CHAT.value: 2 * FIRST}
    clocks["status_update"] |= {"every": FIRST + APART + EARLY, "cadence": "fixed"}
    return Policy.model_validate(document | {"name": "scale"})


@dataclass
class Scale:
    """The open cases and when their first steps are due."""

    ground: Ground
    worker: WorkerProcess
    opened: int = 0
    due: dict[str, Instant] = field(default_factory=dict)

    async def open(self, cases: int, first_due: Instant | None = None) -> float:
        """Open that many cases and wait until all are acknowledged; returns how many a second that were.

        Their steps fall due from `first_due` on, or, without it, long after the measurement.
        """
        places, began = asyncio.Semaphore(AT_ONCE), time.monotonic()

        async def one(number: int) -> None:
            async with places:
                due = first_due + SPREAD * number // cases if first_due else wall_clock() + FIRST
                reminded = bool(first_due) and number % REMINDED_EVERY == 0
                case_id = await self._start(due - FIRST, Channel.CHAT if reminded else Channel.EMAIL)
                if reminded:
                    self.due[case_id] = due

        await asyncio.gather(*(one(number) for number in range(cases)))
        self.opened += cases
        await self.delivered(TemplateName.ACKNOWLEDGEMENT, self.opened)
        return cases / (time.monotonic() - began)

    async def _start(self, arrived_at: Instant, channel: Channel) -> str:
        """Start a case as the service does, with an arrival of our choice."""
        policy, number = self.ground.policy, len(self.due) + self.opened
        case_id = f"S{number}-{arrived_at}-{time.monotonic_ns()}"
        complaint = ComplaintInput(
            case_id=case_id,
            source="bench",
            reference=case_id,
            policy=policy.version,
            arrived_at=arrived_at,
            channel=channel,
            customer_id=CUSTOMER.id,
            subject=SUBJECT,
            description=WORDS,
        )
        found = LookupReport(customer=CustomerProfile(id=CUSTOMER.id))
        preview = facts.new_complaint(complaint, policy, arrived_at)
        facts.receive(preview, complaint, found, arrived_at)
        await self.ground.client.start_workflow(
            ComplaintWorkflow.run,
            ComplaintStart(complaint=complaint, found=found),
            id=case_id,
            task_queue=self.ground.queue(OURS),
            search_attributes=at_start("complaint", channel.value, face(preview)),
        )
        return case_id

    async def delivered(self, template: TemplateName, cases: int) -> None:
        """Wait until so many customers have got such a message; the receiver's own table says so."""
        wanted = select(func.count()).where(DELIVERIES.c.template == template.value)
        while True:
            async with self.ground.engine.connect() as connection:
                if (await connection.execute(wanted)).scalar_one() >= cases:
                    return
            await asyncio.sleep(0.5)

    async def lateness(self) -> list[float]:
        """Seconds from each first step's due instant until the event history has its activity, sorted."""
        places = asyncio.Semaphore(AT_ONCE)

        async def one(case_id: str, due: Instant) -> float:
            async with places:
                history = await self.ground.client.get_workflow_handle(case_id).fetch_history()
            reminders = [
                event.event_time.ToMilliseconds()
                for event in history.events
                if event.activity_task_scheduled_event_attributes.activity_type.name == "notify_staff"
            ]
            return (reminders[0] - due) / SECOND

        return sorted(await asyncio.gather(*(one(case_id, due) for case_id, due in self.due.items())))


async def at_scale(charter: Policy, cases: int) -> list[Figure]:
    """Open the cases, let the first steps pass, kill the worker, let the second pass, start it again, and look."""
    async with running_ground(scale_policy(charter)) as ground:
        worker = ground.worker(OURS, open_cases=str(cases + 1_000))
        await worker.ready()
        scale = Scale(ground, worker)
        rate = await scale.open(max(cases // 20, 20))
        first_due = wall_clock() + round(1.25 * cases / rate + 10) * SECOND
        began = time.monotonic()
        rate = await scale.open(cases, first_due)
        say(f"{cases} cases opened in {time.monotonic() - began:.0f} s ({rate:.0f} a second)")
        if wall_clock() > first_due:
            say("opened slower than foreseen: the first lateness includes the opening's own load")
        await _sleep_until(first_due + SPREAD + 10 * SECOND)
        worker.kill()
        late = await scale.lateness()
        say(f"{len(late)} steps looked at; the worker is killed, and {cases} updates fall due")
        await _sleep_until(first_due + APART + SPREAD)
        restarted = time.monotonic()
        await worker.ready()
        up = time.monotonic() - restarted
        await scale.delivered(TemplateName.STATUS_UPDATE, cases)
        recovered = time.monotonic() - restarted
        worker.stop()
    say(f"worker up after {up:.1f} s, all {cases} overdue updates delivered after {recovered:.1f} s")
    return [
        Figure("due_step_lateness_p50_s", late[len(late) // 2], None, f"s, {cases} open cases", about=ABOUT),
        Figure(
            "due_step_lateness_p99_s", late[int(len(late) * 0.99)], None, f"s, {cases} open cases", 1.0, about=ABOUT
        ),
        Figure("restart_recovery_s", recovered, None, f"s until {cases} overdue updates are delivered", about=ABOUT),
    ]


async def _sleep_until(instant: Instant) -> None:
    await asyncio.sleep(max(instant - wall_clock(), 0) / SECOND)
