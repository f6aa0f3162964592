"""The auditor: real histories pass, and whatever a broken workflow would leave behind is found."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from domain import requests as r
from domain.complaint import messages as c
from domain.errors import CaseNotFoundError
from domain.policy import Policy
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, Instant
from starter.audit.auditor import audit, audit_case
from starter.audit.findings import CaseAudit, Finding, Promise, Verdict, count
from starter.audit.reading import read_histories
from starter.audit.record import CaseRecord
from starter.policies.publish import publishable
from tests.histories.recording import POLICIES, recorded_histories
from tests.starter import forging
from tests.starter.forging import GRANT, NOTIFY, SEND, Run, about
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

UPDATE = about(template="status_update")


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


@pytest.fixture(scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """One case of each kind, lived through under the charter on a virtual clock."""
    policy = publishable("charter").policy
    told = Told(policy)
    async with (
        time_skipping_server() as env,
        running_world(env, tmp_path_factory.mktemp("audit"), policy) as world,
    ):
        await told.keep("answered", world, await _answered(world))
        await told.keep("climbed", world, await _climbed(world))
        await told.keep("lapsed", world, await _lapsed(world))
        await told.keep("unreachable", world, await _unreachable(world))
        await told.keep("supervised", world, await _supervised(world))
        await told.keep("joined", world, await _joined(world))
        await told.keep("tardy", world, await _tardy(world))
        await told.keep("reopened", world, await _reopened(world))
        yield told


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


# --- what is true ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["answered", "climbed", "lapsed", "unreachable", "supervised", "joined", "tardy", "reopened"]
)
async def test_nothing_is_broken_in_a_real_history(told: Told, name: str) -> None:
    assert [str(found) for found in told.audits[name].broken] == []


async def test_nothing_is_broken_in_any_recorded_scenario() -> None:
    """Of cases with several runs only the last one is recorded, so these cannot be judged."""
    policies = {}
    for path in POLICIES.glob("*.json"):
        name, _, digest = path.stem.rpartition("-")
        policies[f"{name}@{digest}"] = Policy.model_validate_json(path.read_text())
    broken, audited = [], 0
    for path in recorded_histories():
        history = WorkflowHistory.from_json(path.stem, gzip.decompress(path.read_bytes()).decode())
        started = history.events[0].workflow_execution_started_event_attributes
        if started.workflow_type.name != "ComplaintWorkflow" or b'"state":{' in started.input.payloads[0].data:
            continue
        found = audit(await read_histories([history], pydantic_data_converter), policies)
        broken += [f"{path.stem}: {one}" for one in found.broken]
        audited += 1
    assert broken == []
    assert audited > 30


async def test_case_that_went_well_has_kept_every_promise_until_it_was_opened_again(told: Told) -> None:
    found = told.audits["answered"]
    assert {one.verdict for one in found.findings} == {Verdict.KEPT}
    assert (found.ended, found.outcome) == (True, "accepted")
    assert [(stay.tier, stay.resolved, stay.in_time) for stay in found.stays] == [(1, True, True), (2, True, True)]


async def test_what_people_missed_is_told_apart_from_what_was_broken(told: Told) -> None:
    found = told.audits["climbed"]
    missed = [(one.promise, one.tier) for one in found.findings if one.verdict is Verdict.MISSED]
    assert missed == [(Promise.FIRST_RESPONSE, 1), (Promise.TIER_TIME, 1), (Promise.TIER_RESPONSE, 2)]
    late = found.of(Promise.FIRST_RESPONSE)[0].late_by
    assert 6 * HOUR < late < 7 * HOUR


async def test_tier_figures_come_from_the_events(told: Told) -> None:
    first, second, third = told.audits["climbed"].stays
    assert (first.tier, first.escalated, first.in_time) == (1, True, False)
    assert (second.updates, second.compensations, second.escalated) == (1, 1, True)
    assert 3 * HOUR < second.longest_gap < 4 * HOUR
    assert (third.resolved, third.left_at is not None) == (True, True)


async def test_finding_names_the_events_that_prove_it(told: Told) -> None:
    (found,) = told.audits["climbed"].of(Promise.COMPENSATION)
    (run,) = told.runs["climbed"]
    ids = {event.event_id for event in forging.events_of((run,), GRANT, about())}
    assert {event.event for event in found.events} >= {min(ids)}
    assert str(found).startswith(f"{found.case_id}: compensation kept: first_response:1 was guaranteed and missed")


async def test_time_for_an_answer_runs_out_exactly_when_the_case_lapses(told: Told) -> None:
    answers = told.audits["lapsed"].of(Promise.ANSWER)
    assert [found.about for found in answers] == ["satisfaction: lapsed", "satisfaction: asked again"]


async def test_work_that_was_late_is_on_record_and_an_idle_claim_went_back(told: Told) -> None:
    found = told.audits["tardy"]
    work = (Promise.IDLE_CLAIM, Promise.TASK_TIME, Promise.FOLLOW_UP)
    assert [one.verdict for promise in work for one in found.of(promise)] == [
        Verdict.KEPT,
        Verdict.MISSED,
        Verdict.MISSED,
    ]
    assert found.of(Promise.TASK_TIME)[0].late_by == pytest.approx(6 * HOUR, abs=MINUTE)


async def test_missed_update_is_on_record_and_a_person_who_gets_through_counts(told: Told) -> None:
    found = told.audits["unreachable"]
    verdicts = [one.verdict for one in found.of(Promise.STATUS_UPDATE)]
    assert verdicts.count(Verdict.MISSED) == 1
    assert found.of(Promise.DELIVERY, Verdict.MISSED)
    assert not found.of(Promise.DELIVERY, Verdict.KEPT)


async def test_supervisors_move_what_is_due(told: Told) -> None:
    found = told.audits["supervised"]
    assert [(one.tier, one.verdict) for one in found.of(Promise.TIER_TIME)] == [
        (1, Verdict.KEPT),
        (2, Verdict.MISSED),
        (3, Verdict.KEPT),
    ]
    second = found.stays[1]
    assert second.left_at is not None
    # Half of 24 h at high priority, two hours more, and three for which the clock was held.
    assert second.left_at - second.entered_at == pytest.approx(17 * HOUR, abs=2 * SECOND)


async def test_earlier_promise_of_a_merged_case_goes_on(told: Told) -> None:
    """Ten minutes were left of the other case's tier 1, so ten minutes are left of this one's tier 2."""
    second = told.audits["joined"].stays[1]
    assert (second.tier, second.in_time, second.escalated) == (2, False, True)
    assert second.left_at is not None
    assert second.left_at - second.entered_at == pytest.approx(10 * MINUTE, abs=5 * SECOND)


async def test_case_that_was_opened_again_goes_on_under_the_policy_that_it_adopted(told: Told) -> None:
    found = told.audits["reopened"]
    first, second, third = found.stays
    assert (first.tier, second.tier, third.tier) == (1, 2, 3)
    assert second.left_at is not None
    assert second.left_at - second.entered_at == pytest.approx(2 * HOUR, abs=SECOND)
    assert second.updates == 2
    assert {event.run for one in found.of(Promise.TIER_TIME) for event in one.events} == {1, 2}
    assert [one.about for one in found.of(Promise.ENDING)] == ["ended as withdrawn"]


async def test_counts_add_up_over_cases(told: Told) -> None:
    counts = count(told.audits.values())
    assert counts[Promise.ENDING] == {Verdict.KEPT: 5, Verdict.MISSED: 0, Verdict.BROKEN: 0}
    assert counts[Promise.ONCE][Verdict.KEPT] == len(told.audits)


async def test_case_without_a_run_is_not_found(told: Told) -> None:
    with pytest.raises(CaseNotFoundError):
        await told.read(())


# --- what is not ----------------------------------------------------------------------------------------------------

Forge = Callable[[Run], Run]

FORGERIES: dict[str, tuple[str, Forge, Promise, str]] = {
    "an update that was never sent": (
        "climbed",
        lambda run: forging.without_effect(run, SEND, UPDATE),
        Promise.STATUS_UPDATE,
        "no breach on record",
    ),
    "an update of which nobody knows whether it arrived": (
        "climbed",
        lambda run: forging.without_result(run, SEND, UPDATE),
        Promise.STATUS_UPDATE,
        "no breach on record",
    ),
    "a message whose fate nobody knows": (
        "lapsed",
        lambda run: forging.without_result(run, SEND, about(template="agent_message")),
        Promise.DELIVERY,
        "did not arrive, and nobody was told",
    ),
    "a missed update that is not on record": (
        "unreachable",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":status_update:1:breach")),
        Promise.STATUS_UPDATE,
        "no breach on record",
    ),
    "an undeliverable message that nobody was told of": (
        "unreachable",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":acknowledgement:1:failed")),
        Promise.DELIVERY,
        "nobody was told",
    ),
    "a late first response that is not on record": (
        "climbed",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":first_response:1:breach")),
        Promise.FIRST_RESPONSE,
        "no breach on record",
    ),
    "a compensation that was not granted": (
        "climbed",
        lambda run: forging.without_effect(run, GRANT, about()),
        Promise.COMPENSATION,
        "compensated 0 times",
    ),
    "a compensation that was granted twice": (
        "climbed",
        lambda run: forging.twice(run, GRANT, about()),
        Promise.COMPENSATION,
        "compensated 2 times",
    ),
    "a compensation without a cause": (
        "climbed",
        lambda run: forging.twice(run, GRANT, about(), key="C:tier:9"),
        Promise.COMPENSATION,
        "though no guarantee was missed",
    ),
    "a message that was sent twice": (
        "answered",
        lambda run: forging.twice(run, SEND, about(template="agent_message")),
        Promise.ONCE,
        "happened 2 times",
    ),
    "an escalation that did not happen": (
        "climbed",
        lambda run: forging.without(
            forging.without_effect(run, SEND, about(template="escalated")),
            forging.upserts_of(run, "CaseTier", 2),
        ),
        Promise.TIER_TIME,
        "did not climb",
    ),
    "an escalation of which the customer heard nothing": (
        "climbed",
        lambda run: forging.without_effect(run, SEND, about(template="escalated")),
        Promise.HANDOVER,
        "the customer not told",
    ),
    "an escalation of which the new team heard nothing": (
        "climbed",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":handover-2:")),
        Promise.HANDOVER,
        "the new team not told",
    ),
    "a customer who was not satisfied and did not climb": (
        "climbed",
        lambda run: forging.without(run, forging.upserts_of(run, "CaseTier", 3)),
        Promise.HANDOVER,
        "did not climb",
    ),
    "a reminder that was never sent": (
        "lapsed",
        lambda run: forging.without_effect(run, SEND, about(template="solution_reminder")),
        Promise.ANSWER,
        "nobody asked again",
    ),
    "a late summary that is not on record": (
        "tardy",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":task_due:1:breach")),
        Promise.TASK_TIME,
        "no breach on record",
    ),
    "a late follow-up that is not on record": (
        "tardy",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":follow_up:1:breach")),
        Promise.FOLLOW_UP,
        "no breach on record",
    ),
    "an idle claim that stayed with its owner": (
        "tardy",
        lambda run: forging.without_effect(run, NOTIFY, about(key=":idle:1")),
        Promise.IDLE_CLAIM,
        "did not go back in time",
    ),
    "a second ending": (
        "lapsed",
        lambda run: forging.twice(run, SEND, about(template="closed_without_answer"), key="C:again"),
        Promise.ENDING,
        "was told: closed_without_answer, closed_without_answer",
    ),
    "an ending that nobody was told of": (
        "lapsed",
        lambda run: forging.without_effect(run, SEND, about(template="closed_without_answer")),
        Promise.ENDING,
        "was told: nothing",
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
async def test_auditor_finds(told: Told, what: str) -> None:
    name, forge, promise, words = FORGERIES[what]
    broken = await told.broken(forge(told.runs[name]))
    assert [found for found in broken if found.promise is promise and words in found.about], broken


async def test_auditor_finds_a_case_that_nobody_works_on_any_more(told: Told) -> None:
    """The worker was stopped and not started again: nothing goes out, and nothing goes on record."""
    run = told.runs["climbed"]
    acknowledged = forging.events_of(run, SEND, about(template="acknowledgement"))[-1]
    left = forging.cut(run, acknowledged)
    began = left[0].events[0].event_time.ToMilliseconds()
    assert await told.broken(left, began + 10 * MINUTE) == []
    promises = {found.promise for found in await told.broken(left, began + 5 * HOUR)}
    assert promises == {Promise.STATUS_UPDATE, Promise.FIRST_RESPONSE, Promise.TIER_TIME}


async def test_auditor_finds_a_case_that_does_not_lapse(told: Told) -> None:
    run = told.runs["lapsed"]
    reminded = forging.events_of(run, SEND, about(template="solution_reminder"))[-1]
    left = forging.cut(run, reminded)
    as_of = reminded.event_time.ToMilliseconds() + 2 * DAY
    assert [found.about for found in await told.broken(left, as_of)] == ["satisfaction: it did not lapse in time"]


async def test_auditor_finds_a_case_that_lapses_before_its_time(told: Told) -> None:
    run = told.runs["lapsed"]
    closing = forging.events_of(run, SEND, about(template="closed_without_answer"))[0]
    turn = forging.last_before(run, closing, "timer_fired_event_attributes")
    early = forging.later(run, turn, -timedelta(hours=12))
    assert "satisfaction: closed before its time" in [found.about for found in await told.broken(early)]


async def test_auditor_finds_a_run_that_was_terminated(told: Told) -> None:
    (history,) = told.runs["lapsed"]
    ended = type(history.events[-1])()
    ended.CopyFrom(history.events[-1])
    ended.workflow_execution_terminated_event_attributes.reason = "by hand"
    run = (WorkflowHistory(history.workflow_id, [*history.events[:-1], ended]),)
    (found,) = [found for found in await told.broken(run) if found.promise is Promise.ENDING]
    assert found.verdict is Verdict.BROKEN


# --- late by system -------------------------------------------------------------------------------------------------


async def test_escalation_that_waited_for_a_worker_is_late_but_not_broken(told: Told) -> None:
    run = told.runs["climbed"]
    (climbed,) = forging.upserts_of(run, "CaseTier", 2)
    turn = forging.last_before(run, climbed, "workflow_task_started_event_attributes")
    found = await told.audit(forging.later(run, turn, timedelta(minutes=10)))
    (tier,) = [one for one in found.of(Promise.TIER_TIME) if one.tier == 1]
    assert tier.verdict is Verdict.MISSED
    assert tier.late_by == pytest.approx(10 * MINUTE, abs=SECOND)


async def test_escalation_whose_timer_fired_late_is_late_but_not_broken(told: Told) -> None:
    """The server was down: the timer was set for the right moment."""
    run = told.runs["climbed"]
    (climbed,) = forging.upserts_of(run, "CaseTier", 2)
    timer = forging.last_before(run, climbed, "timer_fired_event_attributes")
    found = await told.audit(forging.later(run, timer, timedelta(minutes=10)))
    assert [one.verdict for one in found.of(Promise.TIER_TIME) if one.tier == 1] == [Verdict.MISSED]


async def test_escalation_whose_timer_was_set_too_late_is_broken(told: Told) -> None:
    """Nothing was down: the workflow had planned it wrongly."""
    run = told.runs["climbed"]
    (climbed,) = forging.upserts_of(run, "CaseTier", 2)
    fired = forging.last_before(run, climbed, "timer_fired_event_attributes")
    late = forging.later(run, fired, timedelta(minutes=10))
    set_by = fired.timer_fired_event_attributes.started_event_id
    (timer,) = [event for event in late[0].events if event.event_id == set_by]
    timer.timer_started_event_attributes.start_to_fire_timeout.seconds += 600
    broken = await told.broken(late)
    assert [found.about for found in broken if found.promise is Promise.TIER_TIME] == [
        "time of tier 1 ran out and it did not climb"
    ]


async def test_tolerance_is_what_the_system_may_be_late(told: Told) -> None:
    record = await told.read(told.runs["climbed"])
    strict = audit(record, {told.policy.version: told.policy}, tolerance=0)
    lenient = audit(record, {told.policy.version: told.policy}, tolerance=DAY)
    assert len(strict.broken) >= len(lenient.broken) == 0


async def test_update_that_falls_into_quiet_hours_is_due_in_the_morning(told: Told) -> None:
    record = await told.read(forging.without_effect(told.runs["climbed"], SEND, UPDATE))
    document = told.policy.model_dump(mode="json")
    morning = record.arrival.arrived_at // SECOND + 31_000
    document["calendars"]["waking"] = {"zone": "UTC", "opens": [morning], "closes": [morning + 50_000]}
    document["complaint"]["clocks"]["status_update"]["quiet_hours"] = "waking"
    quiet = audit(record, {told.policy.version: Policy.model_validate(document)})
    usual = audit(record, {told.policy.version: told.policy})
    assert [found.verdict for found in usual.broken] == [Verdict.BROKEN]
    assert quiet.broken == []
