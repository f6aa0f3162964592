"""Tasks are given to the people of the policy in force, by what the read model shows them to have in hand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.assignment.giving import Giving
from activities.assignment.port import InHand
from activities.policies.archive import PolicyArchive
from domain.people import Channel
from domain.policy import Policy
from readmodel.model import ReadModel
from runtime.settings import Settings
from starter.policy_shelf import PolicyShelf


class ShownWorkload:
    """`Workload` over the read model."""

    def __init__(self, shown: ReadModel) -> None:
        self._shown = shown

    async def in_hand(self, people: Collection[str]) -> list[InHand]:
        rows = await self._shown.in_hand(people)
        return [InHand(row.owner, row.case_id, row.task_id, Channel(row.channel)) for row in rows]


def giving(settings: Settings, engine: AsyncEngine) -> Giving:
    """What gives tasks to people, over one store."""
    shelf = PolicyShelf(PolicyArchive(engine))

    async def in_force() -> Policy:
        return await shelf.policy(await shelf.latest(settings.policy))

    return Giving(engine, in_force, ShownWorkload(ReadModel(engine)))
