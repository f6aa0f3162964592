"""Only enumerated values and identifiers reach a visibility query, and what is due next comes first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.errors import InvalidInputError
from starter.case_lines import CaseLine
from starter.listing import RUNNING, Wanted, as_they_stand, newest_runs, soonest_first


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


async def test_case_that_was_reopened_is_not_among_the_closed_ones() -> None:
    first, again = replace(line("A", None), status="closed", running=False), line("A", 30, 5)
    twice = [replace(line("B", None, began), status="closed", running=False) for began in (1, 2)]
    merged = replace(line("C", None, 9), status="merged", running=False)
    was_closed = replace(line("C", None, 1), status="closed", running=False)
    everything, asked = [first, again, *twice, merged, was_closed], list[str]()

    async def runs(query: str) -> AsyncIterator[CaseLine]:
        asked.append(query)
        for one in everything:
            if f"'{one.case_id}'" in query:
                yield one

    closed = [one for one in everything if one.status == "closed"]
    assert await as_they_stand(closed, runs) == [twice[1]]
    assert len(asked) == 1
    assert await as_they_stand([again], runs) == [again]
    assert len(asked) == 1


async def test_runs_are_asked_for_a_hundred_cases_at_a_time() -> None:
    over = [replace(line(f"C{number}", None), running=False) for number in range(201)]
    asked: list[str] = []

    async def runs(query: str) -> AsyncIterator[CaseLine]:
        asked.append(query)
        for one in over:
            if f"'{one.case_id}'" in query:
                yield one

    assert len(await as_they_stand(over, runs)) == 201
    assert [query.count("'C") for query in asked] == [100, 100, 1]


def test_what_is_due_next_comes_first_and_what_is_not_due_last() -> None:
    lines = [line("D", None, 2), line("C", None, 1), line("B", 20), line("A", 10)]
    assert [one.case_id for one in soonest_first(lines)] == ["A", "B", "C", "D"]
