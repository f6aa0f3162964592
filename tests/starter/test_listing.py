"""Only enumerated values and identifiers reach a visibility query, and what is due next comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.errors import InvalidInputError
from starter.case_lines import CaseLine
from starter.listing import RUNNING, Wanted, newest_runs, soonest_first


def line(case_id: str, due: int | None, opened_at: int = 0) -> CaseLine:
    return CaseLine(case_id, "complaint", "in_progress", 1, "online", "normal", "email", due, False, opened_at, True)


def test_cases_of_one_type_are_listed_and_of_no_other() -> None:
    assert Wanted(type="order_change", status="deciding").query() == (
        f"{RUNNING} AND CaseType = 'order_change' AND CaseStatus = 'deciding'"
    )
    assert Wanted(status="lapsed").query() == "CaseStatus = 'lapsed'"


def test_every_filter_is_part_of_the_query() -> None:
    wanted = Wanted(status="in_progress", tier=2, team="specialists", channel="email", breached=True)
    assert wanted.query() == (
        f"{RUNNING} AND CaseStatus = 'in_progress' AND CaseChannel = 'email' AND CaseTier = 2"
        " AND CaseTeam = 'specialists' AND CaseBreached = true"
    )


def test_without_filters_open_cases_are_listed_and_with_ended_all() -> None:
    assert Wanted().query() == RUNNING
    assert Wanted(ended=True).query() == ""
    assert Wanted(status="closed").query() == "CaseStatus = 'closed'"
    assert Wanted(breached=False).query() == f"{RUNNING} AND CaseBreached = false"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "grievance"),
        ("status", "open"),
        ("status", "closed' OR CaseTier = 1 OR CaseStatus = '"),
        ("channel", "pigeon"),
        ("team", "x' OR ExecutionStatus = 'Running"),
        ("team", ""),
        ("team", "online\n"),
    ],
)
def test_what_is_neither_enumerated_nor_an_identifier_is_refused(field: str, value: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        Wanted(**{field: value}).query()  # type: ignore[arg-type]  # which field it is, is the parameter
    assert refused.value.details["field"] == field


def test_case_that_was_reopened_is_one_line_and_that_of_its_newest_run() -> None:
    over, again = replace(line("A", None), running=False), line("A", 30, 5)
    older, newer = (replace(line("B", None, began), running=False) for began in (1, 2))
    assert soonest_first(newest_runs([again, over, newer, older])) == [again, newer]


def test_what_is_due_next_comes_first_and_what_is_not_due_last() -> None:
    lines = [line("D", None, 2), line("C", None, 1), line("B", 20), line("A", 10)]
    assert [one.case_id for one in soonest_first(lines)] == ["A", "B", "C", "D"]
