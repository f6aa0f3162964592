"""No case type is second-class: whatever runs as a case is in the catalog, is audited, and watches what all promise."""

from __future__ import annotations

import pytest

from domain.catalog import CASE_TYPES
from domain.sla.rules import ClockKind
from starter.audit.subjects import SUBJECTS
from starter.policies.publish import publishable
from worker import WORKFLOWS
from workflows.base import CaseWorkflow

CASES = {workflow.__name__: vars(workflow)["case_type"] for workflow in WORKFLOWS if issubclass(workflow, CaseWorkflow)}
WATCHED = {ClockKind.STATUS_UPDATE, ClockKind.TASK_DUE, ClockKind.CLAIM_IDLE, ClockKind.PROMISE}


def test_every_case_that_a_worker_runs_is_in_the_catalog() -> None:
    assert set(CASES.values()) == set(CASE_TYPES)


def test_every_case_that_a_worker_runs_is_audited() -> None:
    assert {workflow: subject.case_type.name for workflow, subject in SUBJECTS.items()} == CASES


@pytest.mark.parametrize("workflow", SUBJECTS)
def test_every_type_watches_updates_tasks_claims_and_what_people_promise(workflow: str) -> None:
    rules = SUBJECTS[workflow].rules(publishable("charter").policy)
    assert set(rules.clocks.kinds) >= WATCHED
