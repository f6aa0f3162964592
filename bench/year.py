"""A case that lives for a year: nobody resolves it, and every four hours the customer hears from us.

    python -m bench.year [--days 365]

Runs on a virtual clock, prints what came of it, and judges: exit code 1 if a run had too many events, a promise was
broken, or anything was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from dataclasses import dataclass, field
from itertools import pairwise

from temporalio.client import WorkflowHandle

from bench.ground import CUSTOMER
from bench.saying import say
from bench.small import MANAGER
from bench.tier1 import opening, quiet
from bench.virtual import VirtualGround, virtual_ground
from domain import messages as m
from domain.requests import CustomerReply, Reply
from domain.sla.spans import DAY, MINUTE, SECOND
from domain.templates import TemplateName
from domain.timeline import Entry
from runtime.logs import configure_logs
from starter.audit.auditor import audit
from starter.audit.reading import read_case
from starter.audit.record import CaseRecord
from starter.policies.publish import publishable

MOST_EVENTS = 2_000
"""Below this a run must stay: a worker that takes over a case reads all of it first."""

A_WEEK = 7
"""Days after which the customer writes again."""


@dataclass
class Year:
    """What was seen, and what of it is wrong."""

    seen: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def live(days: int) -> Year:
    """Open a case at the top tier, let so many days pass, look at what is left of it."""
    policy = publishable("charter").policy
    async with virtual_ground(policy) as world:
        fire = opening("year").model_copy(update={"subject": "The kettle caught fire"})
        case_id = (await world.service.open_complaint(fire)).case_id
        handle: WorkflowHandle[object, object] = world.client.get_workflow_handle(case_id)
        await quiet(handle)
        await world.service.act(case_id, "start_task", m.StartTask(request_id="start", actor=MANAGER, task_id="T1"))
        first = Reply(request_id="first", actor=MANAGER, text="I have it.")
        answer = await world.service.act(case_id, "reply", first)
        began = time.monotonic()
        for day in range(1, days + 1):
            await quiet(handle)
            await world.env.fast_forward(handle, DAY / SECOND)
            if day % A_WEEK == 0:
                still = CustomerReply(request_id=f"day-{day}", actor=CUSTOMER, text="Still waiting.")
                await world.service.act(case_id, "customer_reply", still)
                say(f"day {day}, {time.monotonic() - began:.0f} s", sign="→")
        await quiet(handle)
        found = Year({"virtual days": days, "real seconds": f"{time.monotonic() - began:.0f}"})
        await _runs(found, world, case_id)
        record = await read_case(world.client, case_id)
        _updates(found, record)
        found.wrong += [f"promise: {broken}" for broken in audit(record, {policy.version: policy}).broken]
        _timeline(found, record, await world.service.timeline(case_id))
        if await world.service.act(case_id, "reply", first) != answer:
            found.wrong.append("the first request, asked again, got another answer")
        return found


async def _runs(found: Year, world: VirtualGround, case_id: str) -> None:
    runs = [run.run_id async for run in world.client.list_workflows(f"WorkflowId = '{case_id}'")]
    handles = [world.client.get_workflow_handle(case_id, run_id=run_id) for run_id in runs]
    histories = [await handle.fetch_history() for handle in handles]
    most = max(len(history.events) for history in histories)
    found.seen |= {"runs": len(runs), "most events in one run": most}
    if most >= MOST_EVENTS:
        found.wrong.append(f"a run of {most} events")
    largest = max(sum(event.ByteSize() for event in history.events) for history in histories)
    found.seen["largest run, KiB"] = f"{largest / 1024:,.0f}"


def _updates(found: Year, record: CaseRecord) -> None:
    sent = [letter for letter in record.letters if letter.template is TemplateName.STATUS_UPDATE]
    arrived = sorted(letter.arrived_at for letter in record.delivered())
    longest = max(later - earlier for earlier, later in pairwise([*arrived, record.until]))
    found.seen["status updates sent / delivered"] = f"{len(sent)} / {sum(letter.delivered for letter in sent)}"
    found.seen["longest silence, minutes"] = f"{longest / MINUTE:.1f}"
    found.wrong += [f"not delivered: {letter.key}" for letter in record.letters if not letter.delivered]


def _timeline(found: Year, record: CaseRecord, entries: list[Entry]) -> None:
    """Archived and carried entries together: from 1 without a gap, and every letter of the histories among them."""
    found.seen["timeline entries"] = len(entries)
    if [entry.seq for entry in entries] != list(range(1, len(entries) + 1)) or entries[0].what != "received":
        found.wrong.append("the timeline has gaps, or does not begin at the beginning")
    told = [entry.facts["key"] for entry in entries if entry.what == "message_delivered"]
    sent = [letter.key for letter in record.delivered()]
    if sorted(map(str, told)) != sorted(sent):
        found.wrong.append(f"{len(sent)} messages arrived and the timeline tells of {len(told)}")


def main() -> None:
    """Live, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365, help="virtual days")
    configure_logs("console", "WARNING")
    found = asyncio.run(live(parser.parse_args().days))
    for name, value in found.seen.items():
        say(f"{name:34}{value}")
    for line in [f"WRONG {what}" for what in found.wrong] or ["nothing lost"]:
        say(line)
    # The interpreter sometimes aborts at exit after Temporal's core was used (sdk-python issue 300).
    os._exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
