"""The complaint's table against what the service charter tells, written down once more and by other hands."""

from __future__ import annotations

import pytest

from domain.complaint.machine import (
    COMPLAINT_MACHINE,
    OVER,
    UNRESOLVED,
    WORKING,
    ComplaintStatus,
    ComplaintTrigger,
)
from domain.errors import WrongStatusError

PATHS = {
    "resolved at once": "received acknowledge acknowledged classify in_progress offer_solution solution_offered "
    "accept summarising wrap_up closed",
    "important, so followed up": "summarising follow_up following_up close closed",
    "not satisfied": "solution_offered reject in_progress climb in_progress",
    "asked and answered": "in_progress ask_customer waiting_for_customer customer_answers in_progress",
    "asked and silent": "in_progress ask_customer waiting_for_customer lapse closed",
    "silent about the solution": "solution_offered lapse closed",
    "departments": "in_progress ask_department waiting_for_department ask_department waiting_for_department "
    "departments_answer in_progress",
    "the customer is asked while a department works": "waiting_for_department ask_customer waiting_for_customer",
    "solved without the answers": "waiting_for_department offer_solution solution_offered",
    "solved without the customer": "waiting_for_customer offer_solution solution_offered",
    "time runs out while a department works": "waiting_for_department climb in_progress",
    "time runs out while the customer is asked": "waiting_for_customer climb in_progress",
    "reopened": "closed reopen in_progress",
    "reopened after withdrawal": "withdrawn reopen in_progress",
    "reopened before the summary": "summarising reopen in_progress",
    "reopened at follow-up": "following_up reopen in_progress",
}

UNSEEN = ["received", "acknowledged"]
AT_WORK = ["in_progress", "waiting_for_customer", "waiting_for_department"]
WRAPPED_UP = ["summarising", "following_up"]

EVERYWHERE = {
    "close": [*UNSEEN, *AT_WORK, "solution_offered", *WRAPPED_UP],
    "withdraw": [*UNSEEN, *AT_WORK, "solution_offered"],
    "merge": [*UNSEEN, *AT_WORK, "solution_offered"],
    "climb": AT_WORK,
    "offer_solution": AT_WORK,
    "reopen": [*WRAPPED_UP, "closed", "withdrawn"],
    "accept": ["solution_offered"],
    "reject": ["solution_offered"],
    "lapse": ["waiting_for_customer", "solution_offered"],
    "ask_customer": ["in_progress", "waiting_for_department"],
    "ask_department": ["in_progress", "waiting_for_department"],
    "customer_answers": ["waiting_for_customer"],
    "departments_answer": ["waiting_for_department"],
    "acknowledge": ["received"],
    "classify": ["acknowledged"],
    "wrap_up": ["summarising"],
    "follow_up": ["summarising"],
}
"""In which statuses each trigger is possible, and therefore in which it is not."""


def moves(status: ComplaintStatus) -> set[ComplaintStatus]:
    """Where one trigger can lead to from here."""
    return {COMPLAINT_MACHINE.after(status, trigger) for trigger in COMPLAINT_MACHINE.available(status)}


def reachable(start: ComplaintStatus) -> set[ComplaintStatus]:
    found, fresh = {start}, [start]
    while fresh:
        new = moves(fresh.pop()) - found
        found |= new
        fresh += new
    return found


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_key_paths_lead_where_the_charter_says(path: str) -> None:
    start, *rest = path.split()
    status = ComplaintStatus(start)
    for trigger, target in zip(rest[::2], rest[1::2], strict=True):
        status = COMPLAINT_MACHINE.after(status, ComplaintTrigger(trigger))
        assert status == target


@pytest.mark.parametrize("trigger", ComplaintTrigger)
@pytest.mark.parametrize("status", ComplaintStatus)
def test_trigger_is_possible_in_these_statuses_and_in_no_other(
    status: ComplaintStatus, trigger: ComplaintTrigger
) -> None:
    expected = status.value in EVERYWHERE[trigger.value]
    assert COMPLAINT_MACHINE.can(status, trigger) is expected
    assert (trigger in COMPLAINT_MACHINE.available(status)) is expected


def test_every_status_can_be_reached_from_the_beginning() -> None:
    assert reachable(ComplaintStatus.RECEIVED) == set(ComplaintStatus)


@pytest.mark.parametrize("status", ComplaintStatus)
def test_every_status_leads_to_an_end(status: ComplaintStatus) -> None:
    assert reachable(status) & set(OVER)


def test_only_a_merged_case_can_go_nowhere() -> None:
    assert [status for status in ComplaintStatus if not moves(status)] == [ComplaintStatus.MERGED]


def test_groups_of_statuses_cover_the_table() -> None:
    wrapped_up = {ComplaintStatus.SUMMARISING, ComplaintStatus.FOLLOWING_UP}
    assert set(UNRESOLVED) | wrapped_up | set(OVER) == set(ComplaintStatus)
    assert not set(UNRESOLVED) & set(OVER)
    assert set(WORKING) < set(UNRESOLVED)


def test_refusal_says_what_is_possible_instead() -> None:
    with pytest.raises(WrongStatusError, match="cannot accept a case that is in progress") as refused:
        COMPLAINT_MACHINE.after(ComplaintStatus.IN_PROGRESS, ComplaintTrigger.ACCEPT)
    possible = refused.value.details["possible"]
    assert isinstance(possible, list)
    assert set(possible) == {name for name, statuses in EVERYWHERE.items() if "in_progress" in statuses}
    assert refused.value.details["status"] == "in_progress"


def test_machine_is_one_definition_without_a_model() -> None:
    assert COMPLAINT_MACHINE.definition is COMPLAINT_MACHINE.definition
    assert COMPLAINT_MACHINE.definition.models == []
