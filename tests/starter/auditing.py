"""Recorded histories, and what the auditor says of them."""

from __future__ import annotations

import gzip

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.policy import Policy
from starter.audit.auditor import audit
from starter.audit.findings import CaseAudit, Promise, Verdict
from starter.audit.reading import read_histories
from starter.audit.record import CaseRecord
from tests.histories.recording import FOLDER, POLICIES, recorded_histories
from tests.starter.forging import Run

KNOWN = {path.stem: Policy.model_validate_json(path.read_text()) for path in POLICIES.glob("*.json")}


def recorded(name: str) -> Run:
    """The history of a run that was recorded under this name."""
    return (WorkflowHistory.from_json("M", gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()).decode()),)


def all_recorded(workflow: str) -> dict[str, Run]:
    """Every history of such workflows that was recorded, by its name."""
    names = [path.name.removesuffix(".json.gz") for path in recorded_histories()]
    return {name: run for name in names if _workflow_of(run := recorded(name)) == workflow}


def _workflow_of(run: Run) -> str:
    return run[0].events[0].workflow_execution_started_event_attributes.workflow_type.name


async def audited(run: Run) -> CaseAudit:
    """What the auditor finds in a history, under the policies that were recorded with it."""
    return judged(await read(run))


async def read(run: Run) -> CaseRecord:
    """The record of a history, for tests that change what happened in it."""
    return await read_histories(run, pydantic_data_converter)


def judged(record: CaseRecord) -> CaseAudit:
    """What the auditor finds in a record."""
    return audit(record, {version: KNOWN[version.replace("@", "-")] for version in record.policies})


async def broken(run: Run) -> set[Promise]:
    """The promises that a history breaks."""
    return {found.promise for found in (await audited(run)).broken}


async def proven(workflow: str, case_type: str, *, more_than: int) -> set[tuple[Promise, Verdict]]:
    """What is judged of all recorded histories of such workflows, none of which breaks a promise."""
    runs = all_recorded(workflow)
    assert len(runs) > more_than
    audits = {name: await audited(run) for name, run in runs.items()}
    assert {name: found for name, one in audits.items() if (found := [str(each) for each in one.broken])} == {}
    assert {one.case_type for one in audits.values()} == {case_type}
    assert case_type == "complaint" or not any(one.stays for one in audits.values())
    return {(found.promise, found.verdict) for one in audits.values() for found in one.findings}
