"""The auditor on real histories: they pass, and what people missed is told apart from what was broken."""

from __future__ import annotations

import gzip

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.errors import CaseNotFoundError
from domain.policy import Policy
from domain.sla.spans import HOUR, MINUTE, SECOND
from starter.audit.auditor import audit
from starter.audit.findings import Promise, Verdict, count
from starter.audit.reading import read_histories
from tests.histories.recording import POLICIES, recorded_histories
from tests.starter import forging
from tests.starter.forging import GRANT, about
from tests.starter.told import Told


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
        (3, Verdict.RUNNING),
    ]
    second = found.stays[1]
    assert second.left_at is not None
    # Half of 24 h at high priority, two hours more, and three for which the clock was held.
    assert second.left_at - second.entered_at == pytest.approx(17 * HOUR, abs=2 * SECOND)


async def test_what_a_case_that_goes_on_has_time_for_is_running_with_its_due_time_and_not_kept(told: Told) -> None:
    found = told.audits["supervised"]
    (third,) = found.of(Promise.TIER_TIME, Verdict.RUNNING)
    assert third.due_at is not None
    assert third.due_at > found.stays[-1].entered_at
    assert found.of(Promise.STATUS_UPDATE)[-1].verdict is Verdict.RUNNING
    (second,) = found.of(Promise.TIER_TIME, Verdict.MISSED)
    assert second.due_at == pytest.approx(found.stays[1].left_at, abs=2 * SECOND)
    ended = [one for one in told.audits.values() if one.ended]
    assert ended
    assert [one for audit in ended for one in audit.findings if one.verdict is Verdict.RUNNING] == []


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
    assert counts[Promise.ENDING] == {**dict.fromkeys(Verdict, 0), Verdict.KEPT: 5}
    assert counts[Promise.ONCE][Verdict.KEPT] == len(told.audits)


async def test_case_without_a_run_is_not_found(told: Told) -> None:
    with pytest.raises(CaseNotFoundError):
        await told.read(())
