"""What happens in cases reaches a subscriber by itself: every line of the timeline, once by its id, across workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import WorkflowEnvironment

from activities.subscriptions.addresses import AddressGuard
from activities.subscriptions.sending import WebhookPost
from activities.subscriptions.subscriptions import Subscriptions
from domain.policy import Policy
from readmodel.model import ReadModel
from runtime.settings import Settings
from starter.wiring import Adapters
from tests.activities.delivery_receivers import WebhookReceiver, webhook_receiver
from tests.world import OpenCase, World, running_world
from worker import running_worker
from workflows.events import SubscriberWorkflow


def inside(settings: Settings, engine: AsyncEngine) -> Adapters:
    """Adapters whose webhooks may reach this machine."""
    adapters = Adapters(settings, engine)
    adapters.post = WebhookPost(AddressGuard("127.0.0.0/8"))
    return adapters


@pytest.fixture(scope="module")
async def shared_world(
    virtual_time: WorkflowEnvironment, charter: Policy, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with running_world(virtual_time, tmp_path_factory.mktemp("subscribers"), charter, inside) as world:
        yield world


async def arrived(receiver: WebhookReceiver, case: OpenCase) -> None:
    """Wait until the receiver has every line of the timeline."""
    wanted = {f"{case.case_id}-{line.seq}-{line.at}" for line in await case.world.service.timeline(case.case_id)}
    async with asyncio.timeout(30):
        while not wanted <= receiver.taken.keys():  # noqa: ASYNC110 - the receiver is only looked at
            await asyncio.sleep(0.05)
    assert receiver.taken.keys() == wanted


async def test_subscriber_gets_every_line_once_also_when_another_worker_goes_on(world: World) -> None:
    queue = world.settings.task_queue
    async with webhook_receiver() as receiver:
        place = await ReadModel(world.engine).newest_change()
        secret = await Subscriptions(world.engine).put("shop", "system:shop", receiver.url, (), place)
        assert secret
        receiver.secret = secret
        relay = await world.client.start_workflow(SubscriberWorkflow.run, id=f"subscribers:{queue}", task_queue=queue)
        case = await world.open()
        await case.claim()
        await case.quiet()
        await arrived(receiver, case)
        await world.stop_worker()
        async with running_worker(world.settings, world.client, inside):
            await case.reply()
            await case.quiet()
            await arrived(receiver, case)
            await relay.terminate("the test is over")
    lines = [content["data"]["seq"] for content in receiver.taken.values()]
    assert lines == sorted(lines)
    # What was on its way when the first worker stopped may have come twice, under the same id.
    assert len(receiver.attempts) - len(receiver.taken) in (0, 1)
    assert "We are on it." not in str(receiver.taken)
