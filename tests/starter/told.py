"""Complaints that were really lived through, for the auditor to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter

from domain import requests as r
from domain.complaint import messages as c
from domain.policy import Policy
from domain.sla.spans import HOUR, Instant
from starter.audit.auditor import audit, audit_case
from starter.audit.findings import CaseAudit, Finding
from starter.audit.reading import read_histories
from starter.audit.record import CaseRecord
from starter.policies.publish import publishable
from tests.starter.forging import Run
from tests.world import (
    AGENT,
    EXPERT,
    MANAGER,
    QUALITY,
    SUPERVISOR,
    OpenCase,
    World,
    running_world,
    time_skipping_server,
)
from tests.world import DAY as A_DAY
from tests.world import HOUR as AN_HOUR
from tests.world import MINUTE as A_MINUTE


@dataclass
class Told:
    """Real histories, recorded once, and a way to audit them or what was made of them."""

    policy: Policy
    runs: dict[str, Run] = field(default_factory=dict)
    audits: dict[str, CaseAudit] = field(default_factory=dict)

    async def keep(self, name: str, world: World, case: OpenCase) -> None:
        await case.quiet()
        self.runs[name] = (await case.handle.fetch_history(),)
        self.audits[name] = await audit_case(world.client, case.case_id, world.service.policy)

    async def read(self, run: Run, as_of: Instant | None = None) -> CaseRecord:
        return await read_histories(run, pydantic_data_converter, as_of)

    async def audit(self, run: Run, as_of: Instant | None = None) -> CaseAudit:
        return audit(await self.read(run, as_of), {self.policy.version: self.policy})

    async def broken(self, run: Run, as_of: Instant | None = None) -> list[Finding]:
        return (await self.audit(run, as_of)).broken


async def tell(home: Path) -> Told:
    """One case of each kind, lived through under the charter on a virtual clock."""
    policy = publishable("charter").policy
    told = Told(policy)
    async with time_skipping_server() as env, running_world(env, home, policy) as world:
        for live in (_answered, _climbed, _lapsed, _unreachable, _supervised, _joined, _tardy, _reopened):
            await told.keep(live.__name__.removeprefix("_"), world, await live(world))
    return told


async def _answered(world: World) -> OpenCase:
    """Resolved at tier 1, after a question; reopened while it was summed up, and resolved again at tier 2."""
    case = await world.open()
    await case.claim()
    await case.reply(await_answer=True)
    await case.ask("customer_reply", r.CustomerReply, case.customer, text="On Monday.")
    await case.solve()
    await case.accept()
    await case.ask("reopen", c.Reopen, case.customer, reason="It broke again.")
    await case.claim(EXPERT)
    await case.solve(EXPERT)
    await case.accept()
    await case.summarise(EXPERT)
    await case.handle.result()
    return case


async def _climbed(world: World) -> OpenCase:
    """Tier 1 runs out, tier 2 answers late, the customer is not satisfied, tier 3 takes over."""
    case = await world.open()
    await case.forward(40 * A_MINUTE)
    await case.forward(8 * AN_HOUR)
    await case.claim(EXPERT)
    await case.reply(EXPERT)
    await case.solve(EXPERT)
    await case.reject()
    await case.claim(MANAGER)
    await case.solve(MANAGER)
    await case.accept()
    return case


async def _lapsed(world: World) -> OpenCase:
    """The customer never says whether the solution satisfies."""
    case = await world.open()
    await case.claim()
    await case.reply()
    await case.solve()
    await case.forward(4 * A_DAY)
    await case.handle.result()
    return case


async def _unreachable(world: World) -> OpenCase:
    """No message reaches the customer, so that updates are missed; in the end a person gets through."""
    case = await world.open(customer=await world.customer(reachable_by=()))
    await case.forward(5 * AN_HOUR)
    await case.claim(SUPERVISOR, "contact_customer")
    await case.complete(SUPERVISOR, "contact_customer", reached=True, how="by phone")
    return case


async def _tardy(world: World) -> OpenCase:
    """An important case: claimed and left lying, then summed up late, and followed up late."""
    case = await world.open(upset=True)
    await case.claim()
    await case.forward(20 * A_MINUTE)
    await case.claim()
    await case.solve()
    await case.accept()
    await case.forward(30 * AN_HOUR)
    await case.claim(kind="summarise")
    await case.summarise()
    await case.forward(8 * A_DAY)
    await case.claim(QUALITY, "follow_up")
    await case.complete(QUALITY, "follow_up", score=5, remarks="all is well")
    await case.handle.result()
    return case


async def _supervised(world: World) -> OpenCase:
    """A supervisor extends, holds and speeds up clocks."""
    case = await world.open()
    await case.claim()
    await case.ask("escalate", c.Escalate, AGENT, reason="too hard for me")
    await case.ask("extend_clock", r.ExtendClock, SUPERVISOR, clock="tier:2", by=2 * HOUR, reason="holiday")
    await case.ask("pause_clock", r.PauseClock, SUPERVISOR, clock="tier:2", reason="a court decides")
    await case.forward(3 * AN_HOUR)
    await case.ask("resume_clock", r.ResumeClock, SUPERVISOR, clock="tier:2", reason="it has decided")
    await case.ask("change_priority", r.ChangePriority, SUPERVISOR, priority="high", reason="press")
    await case.forward(15 * AN_HOUR)
    return case


async def _joined(world: World) -> OpenCase:
    """A second complaint of the same customer is merged into a case that has had half of tier 1's time."""
    customer = await world.customer()
    case = await world.open(customer=customer)
    await case.claim()
    await case.ask("escalate", c.Escalate, AGENT, reason="too hard for me")
    second = await world.open(customer=customer)
    await second.forward(20 * A_MINUTE)
    await world.service.merge(second.case_id, case.case_id, request_id="m1", actor=SUPERVISOR, reason="the same")
    await second.handle.result()
    await case.forward(15 * A_MINUTE)
    return case


async def _reopened(world: World) -> OpenCase:
    """Withdrawn, opened again in a new run, and moved to another policy there."""
    case = await world.open()
    await case.ask("withdraw", c.Withdraw, case.customer)
    await case.handle.result()
    await world.service.reopen(case.case_id, c.Reopen(request_id="again", actor=case.customer, reason="Not solved."))
    document = publishable("charter").policy.model_dump(mode="json")
    document["name"] = "faster"
    document["complaint"]["tiers"]["2"]["time"] = 2 * HOUR
    document["complaint"]["clocks"]["status_update"]["every"] = HOUR
    version = await world.publish(Policy.model_validate(document))
    await case.claim(EXPERT)
    await case.ask("adopt_policy", r.AdoptPolicy, SUPERVISOR, policy=version, reason="the new charter")
    await case.forward(3 * AN_HOUR)
    return case
