"""The board's counts, beside an oracle that counts in Python; loads, and what cases wait on."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.attention import at_risk_from, awaits
from domain.people import Channel
from domain.projection import Projection
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import MINUTE
from domain.tasks import TaskState
from readmodel.board import BoardRows, Load
from readmodel.model import ReadModel
from readmodel.rows import CasesWanted
from tests.readmodel.conftest import empty
from tests.readmodel.projections import NOW, clock, projection, task
from tests.readmodel.test_reading import crowds, owed

MINE = {"owner": "online-01", "state": TaskState.RESERVED}


def counted(crowd: list[Projection]) -> Counter[tuple[object, ...]]:
    cases = [one.case for one in crowd if one.case.open]
    return Counter(
        (
            case.case_type,
            case.tier,
            case.channel,
            tuple(sorted({case.team, *(each.team for each in case.tasks if each.active)})),
            awaits(case),
            case.breached,
            (at_risk_from(case) or NOW + 9) <= NOW,
            case.due is not None and case.due <= NOW + 30 * MINUTE,
            owed(case, NOW),
        )
        for case in cases
    )


@given(crowd=crowds())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_open_cases_are_counted_by_all_that_they_have_in_common(
    model: ReadModel, engine: AsyncEngine, crowd: list[Projection]
) -> None:
    await empty(engine)
    await model.write_all(crowd)
    cells = await BoardRows(engine).cells(NOW)
    assert {tuple(value for name, value in cell if name != "count"): cell.count for cell in cells} == counted(crowd)


async def test_load_is_what_somebody_has_in_hand_now(model: ReadModel, engine: AsyncEngine) -> None:
    await model.write(projection("C1", tasks=(task(1, due=NOW + 5, **MINE), task(2, due=NOW + 1), task(3, **MINE))))
    aside = task(1, due=NOW + 3, owner="online-01", state=TaskState.SUSPENDED)
    done = task(2, owner="online-02", state=TaskState.COMPLETED)
    await model.write(projection("C2", tasks=(aside, done, task(3, owner="phone-01", state=TaskState.IN_PROGRESS))))
    assert await BoardRows(engine).loads() == [
        Load(owner="online-01", tasks=3, aside=1, due=NOW + 3),
        Load(owner="phone-01", tasks=1, aside=0, due=None),
    ]


async def test_what_is_in_hand_by_channel_leaves_out_what_was_laid_aside_or_ended(model: ReadModel) -> None:
    await model.write(projection("C1", channel=Channel.PHONE, tasks=(task(1, **MINE), task(2), task(3, **MINE))))
    aside = task(1, owner="online-01", state=TaskState.SUSPENDED)
    await model.write(projection("C2", channel=Channel.CHAT, tasks=(aside, task(2, **MINE))))
    done = task(1, owner="online-02", state=TaskState.COMPLETED)
    await model.write(projection("C3", channel=Channel.CHAT, tasks=(done, task(2, owner="phone-01"))))
    people = ["online-01", "online-02"]
    by_channel = {"online-01": {Channel.PHONE: 2, Channel.CHAT: 1}}
    assert await model.how_many_in_hand(people) == by_channel
    assert Counter((one.owner, Channel(one.channel)) for one in await model.in_hand(people)) == {
        (person, channel): tasks for person, of in by_channel.items() for channel, tasks in of.items()
    }


async def test_broken_promise_that_is_still_to_be_kept_is_owed_until_it_has_ended(
    model: ReadModel, engine: AsyncEngine
) -> None:
    late = clock(1, kind=ClockKind.FIRST_RESPONSE, state=ClockState.BREACHED, due=NOW - 5, breached_at=NOW - 5)
    ended = clock(2, state=ClockState.BREACHED, due=None, breached_at=NOW - 5, ended_at=NOW - 1)
    automatic = clock(3, kind=ClockKind.STATUS_UPDATE, due=NOW - 5)
    await model.write_all([projection("C1", clocks=(late, ended, automatic)), projection("C2", clocks=(ended,))])
    found = await BoardRows(engine).owed(["C1", "C2"], NOW)
    assert {case: [one.id for one in clocks] for case, clocks in found.items()} == {"C1": ["tier:1"]}
    listed = await model.cases(CasesWanted(open=True, overdue_at=NOW))
    assert [row.case_id for row in listed.items] == ["C1"]
    assert await model.count() == 2


async def test_case_says_which_tasks_and_promises_it_waits_on_soonest_first(
    model: ReadModel, engine: AsyncEngine
) -> None:
    later = clock(1, due=NOW + 9)
    sooner = clock(2, due=NOW + 4, kind=ClockKind.FIRST_RESPONSE)
    never = (
        clock(3, due=NOW + 1, breached_at=NOW),
        clock(4, due=NOW + 1, kind=ClockKind.STATUS_UPDATE),
        clock(5, state=ClockState.PAUSED),
    )
    tasks = (task(1, due=NOW + 9), task(2, due=NOW + 4), task(3, state=TaskState.COMPLETED))
    await model.write_all([projection("C1", clocks=(later, sooner, *never), tasks=tasks), projection("C2")])
    rows = BoardRows(engine)
    assert {case: [one.task_id for one in found] for case, found in (await rows.waiting(["C1", "C2"])).items()} == {
        "C1": ["T2", "T1"]
    }
    assert {case: [one.id for one in found] for case, found in (await rows.promises(["C1", "C2"])).items()} == {
        "C1": ["tier:2", "tier:1"]
    }
    assert await rows.waiting([]) == {}
    assert [row.case_id for row in await rows.cases(["C2", "C1", "C404"])] == ["C1", "C2"]
