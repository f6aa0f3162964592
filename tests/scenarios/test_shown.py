"""What the read model shows of cases that run: the newest of each, and never at the cost of a case."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.worker import Replayer

from activities.projection import writer
from domain.policy import Policy
from domain.projection import Projection
from domain.tasks import TaskState
from readmodel.model import ReadModel
from readmodel.rows import CaseRow, TasksWanted
from runtime import projected
from runtime.plugin import duecourse_plugin
from tests.changes import Shop, more
from tests.world import AGENT, MINUTE, OpenCase, World
from worker import running_worker
from workflows import face
from workflows.complaint import ComplaintWorkflow


async def shown(world: World, case_id: str, seq: int = 0) -> CaseRow:
    """The row of a case once it has come so far."""
    for _ in range(500):
        row = await ReadModel(world.engine).case(case_id)
        if row and row.seq >= seq:
            return row
        await asyncio.sleep(0.02)
    raise AssertionError(f"the read model does not get to entry {seq} of {case_id}")


async def up_to_date(world: World, case: OpenCase) -> CaseRow:
    """The row of a case that has come to rest, which must say what the case says."""
    await case.quiet()
    view = await case.view()
    row = await shown(world, case.case_id, view.last_seq)
    model = ReadModel(world.engine)
    assert row.model_dump(
        include={"status", "tier", "team", "due", "breached", "outcome", "subject"}
    ) == view.model_dump(include={"status", "tier", "team", "due", "breached", "outcome", "subject"})
    tasks = [row for row in (await model.tasks(TasksWanted(limit=200))).items if row.case_id == case.case_id]
    told = {"kind", "title", "team", "state", "owner", "owned_since", "offered_at"}
    assert sorted((task.model_dump(include=told) for task in tasks), key=str) == sorted(
        (task.model_dump(include=told) for task in view.tasks), key=str
    )
    clocks = {(clock.id, clock.state, clock.due) for clock in await model.clocks(case.case_id)}
    assert clocks == {(clock.id, clock.state, clock.due) for clock in view.clocks}
    assert await model.timeline(case.case_id) == await world.service.timeline(case.case_id)
    return row


async def test_read_model_follows_a_complaint_from_its_arrival_to_its_end(world: World) -> None:
    case = await world.open()
    assert (await up_to_date(world, case)).open
    await case.claim()
    await up_to_date(world, case)
    (mine,) = (await ReadModel(world.engine).tasks(TasksWanted(owner=AGENT.id, open=True, limit=200))).items
    assert (mine.case_id, mine.state) == (case.case_id, TaskState.RESERVED)
    for step in (case.reply, case.solve, case.accept, case.summarise):
        await step()
        await up_to_date(world, case)
    row = await shown(world, case.case_id)
    assert (row.open, row.status, row.outcome) == (False, "closed", "accepted")


async def test_read_model_follows_time_that_nobody_fills(world: World) -> None:
    case = await world.open()
    await case.forward(31 * MINUTE)
    row = await up_to_date(world, case)
    assert (row.tier, row.breached) == (2, True)


async def test_read_model_follows_an_order_change(world: World, shop: Shop) -> None:
    customer, order = await shop.order()
    case = await shop.change(customer, order, **more(await shop.offer()))
    row = await up_to_date(world, case)
    assert (row.case_type, row.order_id) == ("order_change", order.id)


async def test_read_model_that_hangs_holds_up_no_clock_no_message_and_no_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It writes nothing for as long as it hangs, and all of it afterwards."""
    with monkeypatch.context() as hanging:
        hanging.setattr(writer, "WITHIN", 0.2)
        hanging.setattr(ReadModel, "write_all", lambda *_: asyncio.sleep(60))
        case = await world.open()
        began = time.monotonic()
        await case.claim()
        await case.reply()
        assert len(await case.letters()) == 2
        await case.forward(31 * MINUTE)
        assert (await case.view()).tier == 2
        assert time.monotonic() - began < 5
        assert await ReadModel(world.engine).case(case.case_id) is None
    await up_to_date(world, case)


async def test_replay_shows_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await world.open()
    await case.claim()
    handed: list[Projection] = []
    monkeypatch.setattr(face, "hand_over", lambda _queue, projection: handed.append(projection))
    history = await case.handle.fetch_history()
    await Replayer(workflows=[ComplaintWorkflow], plugins=[duecourse_plugin()]).replay_workflow(history)
    assert handed == []
    await case.reply()
    await case.quiet()
    assert handed


async def test_what_was_lost_with_a_worker_comes_with_the_next_turn(
    own_world: Callable[..., Any], charter: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with own_world(charter) as world:
        with monkeypatch.context() as dying:
            dying.setattr(face, "hand_over", lambda *_: None)
            case = await world.open()
            await case.claim()
            await world.stop_worker()
        assert await ReadModel(world.engine).case(case.case_id) is None
        async with running_worker(world.settings, world.client):
            await case.reply()
            row = await up_to_date(world, case)
        assert (await ReadModel(world.engine).timeline(case.case_id))[0].seq == 1
        assert row.open


async def test_showing_a_case_costs_no_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The histories of two cases are alike although one of them is not shown."""
    kinds = []
    for hand_over in (projected.hand_over, lambda *_: None):
        monkeypatch.setattr(face, "hand_over", hand_over)
        case = await world.open()
        for step in (case.claim, case.reply, case.solve, case.accept, case.summarise):
            await step()
            await case.quiet()
        kinds.append([event.event_type for event in (await case.handle.fetch_history()).events])
    assert kinds[0] == kinds[1]
