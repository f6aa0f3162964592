"""The auditor of linked cases: who informs the customer is read from the histories of both, and a silence is found."""

from __future__ import annotations

import gzip

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.policy import Policy
from domain.sla.rules import ClockKind
from starter.audit.auditor import audit
from starter.audit.findings import CaseAudit, Promise, Verdict
from starter.audit.reading import read_histories
from starter.audit.record import CaseRecord, Informed
from tests.histories.recording import FOLDER, POLICIES
from tests.starter.forging import Run

KNOWN = {path.stem: Policy.model_validate_json(path.read_text()) for path in POLICIES.glob("*.json")}
COMPLAINT = "message_of_the_return_restarts_the_complaints_clock-1"
BY_ITSELF = "order_change_out_of_a_complaint_lapses_and_the_owner_is_told-2"


def recorded(name: str) -> Run:
    return (WorkflowHistory.from_json("x", gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()).decode()),)


async def read(name: str) -> CaseRecord:
    return await read_histories(recorded(name), pydantic_data_converter)


def audited(record: CaseRecord) -> CaseAudit:
    return audit(record, {version: KNOWN[version.replace("@", "-")] for version in record.policies})


async def test_what_a_linked_case_said_is_a_sign_of_life_of_its_complaint() -> None:
    record = await read(COMPLAINT)
    assert record.linked
    assert record.elsewhere
    assert audited(record).broken == []


async def test_case_that_a_complaint_speaks_for_owes_no_update_of_its_own() -> None:
    record = await read(BY_ITSELF)
    assert [one.elsewhere for one in record.informed] == [True]
    assert audited(record).broken == []
    assert not record.breaches(ClockKind.STATUS_UPDATE)


async def test_case_that_nobody_speaks_for_any_more_owes_its_updates_again() -> None:
    record = await read(BY_ITSELF)
    begun = record.informed[0]
    # As if the complaint had handed the conversation over at once, and nobody had written since.
    record.informed = [begun, Informed(begun.at + 1, begun.event, elsewhere=False)]
    record.shown = [one for one in record.shown if one.at <= begun.at]
    record.letters = []
    found = audited(record)
    assert found.of(Promise.STATUS_UPDATE, Verdict.BROKEN)
