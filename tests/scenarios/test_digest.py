"""The staff digest: near-due notices of one person, collected for a while and told once."""

from __future__ import annotations

from domain.deeds import DigestStart
from tests.world import World
from workflows.digest import StaffDigestWorkflow


async def test_digest_waits_for_the_grouping_time_and_again_when_more_came_meanwhile(world: World) -> None:
    handle = await world.client.start_workflow(
        StaffDigestWorkflow.run,
        DigestStart(staff_id="online-07", group_within_ms=600),
        id=f"digest:{world.settings.task_queue}:online-07",
        task_queue=world.settings.task_queue,
        start_signal="near_due_noticed",
    )
    await handle.signal("near_due_noticed")
    assert await handle.result() == 0
    world.others.append(handle)
    events = (await handle.fetch_history()).events
    assert len([event for event in events if event.HasField("timer_fired_event_attributes")]) == 1
