"""Reading: filters, order and pages, beside an oracle that filters and sorts everything in Python."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.attention import Awaits, at_risk_from, awaits
from domain.errors import InvalidInputError
from domain.projection import Projection, ShownCase, ShownTask
from domain.tasks import TaskState
from domain.views import HUMAN_PROMISES
from readmodel.model import ReadModel
from readmodel.rows import CasesWanted, TasksWanted
from tests.readmodel.conftest import empty
from tests.readmodel.projections import NOW, clock, projection, task

TEAMS = ("online", "phone", "quality")


@st.composite
def crowds(draw: st.DrawFn) -> list[Projection]:
    """Some cases with their tasks, alike enough that filters find several."""
    one_of = st.sampled_from
    due = st.none() | st.integers(NOW, NOW + 3)

    def tasks() -> tuple[ShownTask, ...]:
        count = draw(st.integers(0, 3))
        return tuple(
            task(
                number,
                team=draw(one_of(TEAMS)),
                state=draw(one_of(TaskState)),
                owner=draw(one_of([None, "online-01", "phone-01"])),
                tier=draw(one_of([None, 1])),
                due=draw(due),
            )
            for number in range(count)
        )

    return [
        projection(
            f"C{number}",
            case_type=draw(one_of(["complaint", "return"])),
            status=draw(one_of(["received", "in_progress"])),
            open=draw(st.booleans()),
            tier=draw(one_of([None, 1, 2])),
            team=draw(one_of(TEAMS)),
            channel=draw(one_of(["email", "phone"])),
            priority=draw(one_of(["normal", "high"])),
            customer_id=draw(one_of(["K1", "K2"])),
            order_id=draw(one_of([None, "O1"])),
            order_number=draw(one_of([None, "1042"])),
            breached=draw(st.booleans()),
            opened_at=draw(st.integers(NOW, NOW + 3)),
            due=draw(due),
            tasks=tasks(),
            clocks=tuple(
                clock(budget=4 * draw(st.integers(1, 3)), due=draw(due)) for _ in range(draw(st.integers(0, 1)))
            ),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, None, *values])


TEAM_FILTERS = {"team": maybe(*TEAMS), "teams": maybe((), ("online",), ("phone", "quality"), TEAMS)}
cases_wanted = st.builds(
    CasesWanted,
    type=maybe("complaint"),
    status=maybe("received"),
    tier=maybe(1),
    channel=maybe("phone"),
    customer_id=maybe("K1"),
    order_id=maybe("O1"),
    order_number=maybe("1042"),
    breached=maybe(True, False),
    awaits=maybe(Awaits.QUEUE, Awaits.PERSON),
    at_risk_by=maybe(NOW),
    due_by=maybe(NOW + 1),
    overdue_at=maybe(NOW + 2),
    open=maybe(True, False),
    sort=st.sampled_from(["due", "opened"]),
    limit=st.integers(1, 4),
    **TEAM_FILTERS,
)
tasks_wanted = st.builds(
    TasksWanted,
    owner=maybe("online-01"),
    state=maybe(TaskState.READY),
    case_type=maybe("complaint"),
    tier=maybe(1),
    channel=maybe("phone"),
    priority=maybe("high"),
    open=maybe(True, False),
    limit=st.integers(1, 4),
    **TEAM_FILTERS,
)


def matches(row: Any, asked: dict[str, Any]) -> bool:
    return all(value is None or getattr(row, name) == value for name, value in asked.items())


def of_teams(mine: set[str], wanted: CasesWanted | TasksWanted) -> bool:
    return (wanted.team is None or wanted.team in mine) and (wanted.teams is None or bool(mine & {*wanted.teams}))


def owed(case: ShownCase, at: int) -> bool:
    return any(each.kind in HUMAN_PROMISES and (each.due or NOW + 9) < at for each in case.clocks)


def expected_cases(crowd: list[Projection], wanted: CasesWanted) -> list[str]:
    other = {"type", "team", "teams", "sort", "limit", "cursor", "awaits", "at_risk_by", "due_by", "overdue_at"}
    asked = wanted.model_dump(exclude=other) | {"case_type": wanted.type}
    found = [
        one.case
        for one in crowd
        if matches(one.case, asked)
        and wanted.awaits in (None, awaits(one.case))
        and (wanted.at_risk_by is None or (at_risk_from(one.case) or NOW + 9) <= wanted.at_risk_by)
        and (wanted.due_by is None or (one.case.due or NOW + 9) <= wanted.due_by)
        and (wanted.overdue_at is None or owed(one.case, wanted.overdue_at))
        and of_teams({one.case.team, *(each.team for each in one.case.tasks if each.active)}, wanted)
    ]
    if wanted.sort == "opened":
        return [case.case_id for case in sorted(found, key=lambda case: (case.opened_at, case.case_id), reverse=True)]
    return [case.case_id for case in sorted(found, key=lambda case: (case.due is None, case.due or 0, case.case_id))]


def expected_tasks(crowd: list[Projection], wanted: TasksWanted) -> list[tuple[str, str]]:
    asked = {"owner": wanted.owner, "state": wanted.state, "tier": wanted.tier, "active": wanted.open}
    of_case = {"case_type": wanted.case_type, "channel": wanted.channel, "priority": wanted.priority}
    found: list[tuple[ShownCase, ShownTask]] = [
        (one.case, each)
        for one in crowd
        if matches(one.case, of_case)
        for each in one.case.tasks
        if matches(each, asked) and of_teams({each.team}, wanted)
    ]
    soonest = sorted(found, key=lambda pair: (pair[1].due is None, pair[1].due or 0, pair[0].case_id, pair[1].id))
    return [(case.case_id, each.id) for case, each in soonest]


@given(crowd=crowds(), cases=cases_wanted, tasks=tasks_wanted)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_pages_hold_what_an_oracle_finds_in_its_order(
    model: ReadModel, engine: AsyncEngine, crowd: list[Projection], cases: CasesWanted, tasks: TasksWanted
) -> None:
    await empty(engine)
    await model.write_all(crowd)
    found_cases, found_tasks = await all_cases(model, cases), await all_tasks(model, tasks)
    assert found_cases == expected_cases(crowd, cases)
    assert found_tasks == expected_tasks(crowd, tasks)
    for one in crowd:
        case_id = one.case.case_id
        concerns = await model.concerns(case_id, teams=("online", "quality"), staff_id="phone-01")
        assert concerns is is_theirs(one.case, {"online", "quality"}, "phone-01"), case_id


def is_theirs(case: ShownCase, teams: set[str], staff_id: str) -> bool:
    active = {task.team for task in case.tasks if task.active}
    return bool(teams & {case.team, *active}) or staff_id in {task.owner for task in case.tasks}


async def all_cases(model: ReadModel, wanted: CasesWanted) -> list[str]:
    """The numbers of all pages, each of them no longer than was asked for."""
    found: list[str] = []
    while True:
        page = await model.cases(wanted)
        assert len(page.items) <= wanted.limit
        found += [row.case_id for row in page.items]
        if page.next_cursor is None:
            return found
        wanted = wanted.model_copy(update={"cursor": page.next_cursor})


async def all_tasks(model: ReadModel, wanted: TasksWanted) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    while True:
        page = await model.tasks(wanted)
        assert len(page.items) <= wanted.limit
        found += [(row.case_id, row.task_id) for row in page.items]
        if page.next_cursor is None:
            return found
        wanted = wanted.model_copy(update={"cursor": page.next_cursor})


async def test_what_comes_and_goes_between_pages_shifts_nothing(model: ReadModel) -> None:
    await model.write_all([projection(f"C{n}", due=NOW + 10 * n) for n in range(6)])
    first = await model.cases(CasesWanted(limit=3))
    # One before the page's end comes, one goes behind it: neither moves the others.
    await model.write(projection("A0", due=NOW + 1))
    await model.write(projection("C1", at=NOW + 1, due=NOW + 99))
    rest = await model.cases(CasesWanted(limit=10, cursor=first.next_cursor))
    assert [row.case_id for row in first.items] == ["C0", "C1", "C2"]
    assert [row.case_id for row in rest.items] == ["C3", "C4", "C5", "C1"]
    assert rest.next_cursor is None


async def test_task_says_what_a_list_shows_of_its_case(model: ReadModel) -> None:
    mine = task(owner="online-01", state=TaskState.RESERVED, due=NOW + 5, tier=1)
    await model.write(projection(tasks=(mine,), breached=True, status="in_progress", due=NOW + 3))
    (row,) = (await model.tasks(TasksWanted(owner="online-01"))).items
    assert row.model_dump() == mine.model_dump(exclude={"id"}) | {
        "case_id": "C1",
        "task_id": "T1",
        "active": True,
        "case_type": "complaint",
        "case_status": "in_progress",
        "subject": "The kettle leaks",
        "priority": "normal",
        "channel": "email",
        "customer_id": "K1",
        "breached": True,
    }


async def test_words_of_a_subject_find_the_newest_cases_that_somebody_may_see(model: ReadModel) -> None:
    await model.write(projection("C1", subject="Kettle leaks: 100 % of it", team="online", opened_at=NOW))
    await model.write(projection("C2", subject="The KETTLE is late", team="phone", opened_at=NOW + 1))
    await model.write(projection("C3", subject="壶漏水", team="online", opened_at=NOW + 2, tasks=(task(team="phone"),)))

    async def found(words: str, *teams: str) -> list[str]:
        return [case.case_id for case in await model.found(words, teams or None)]

    assert await found("kettle") == ["C2", "C1"]
    assert await found("kettle", "online") == ["C1"]
    assert await found("漏水", "phone") == ["C3"]
    assert await found("0 %") == ["C1"]
    assert await found("_") == await found("%%") == await found("kettle", "quality") == []
    assert len(await model.found("e", None, limit=1)) == 1


async def test_unknown_case_is_nothing(model: ReadModel) -> None:
    assert await model.case("C404") is None
    assert await model.clocks("C404") == []
    assert await model.timeline("C404") == []


def forged(*content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "!",
        "é",
        "YQ",
        "x" * 5_000,
        forged("due"),
        forged("due", "soon", ["C1"]),
        forged("due", 2**63, ["C1"]),
        forged("due", 1, ["C1", "T1"]),
        forged("due", 1, ["C\x001"]),
        forged("opened", 1, ["C1"]),
        forged("tasks", 1, ["C1", "T1"]),
    ],
)
async def test_broken_cursor_is_refused_by_name(model: ReadModel, broken: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await model.cases(CasesWanted(cursor=broken))
    assert refused.value.details["field"] == "cursor"


async def test_cursor_of_cases_is_none_of_tasks(model: ReadModel) -> None:
    with pytest.raises(InvalidInputError):
        await model.tasks(TasksWanted(cursor=forged("due", 1, ["C1"])))


async def test_good_cursor_behind_everything_is_an_empty_page(model: ReadModel) -> None:
    await model.write(projection(due=NOW, tasks=(task(),)))
    assert (await model.cases(CasesWanted(cursor=forged("due", 2**63 - 1, ["C1"])))).items == ()
    assert (await model.tasks(TasksWanted(cursor=forged("tasks", 2**63 - 1, ["C1", "T1"])))).items == ()


@pytest.mark.parametrize("limit", [0, 201])
def test_page_has_its_limits(limit: int) -> None:
    with pytest.raises(ValidationError):
        CasesWanted(limit=limit)
    with pytest.raises(ValidationError):
        TasksWanted(limit=limit)


def test_zero_characters_are_no_search_term() -> None:
    with pytest.raises(ValidationError):
        CasesWanted(customer_id="K\x001")
