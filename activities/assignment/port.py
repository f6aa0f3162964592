"""The ports of this room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple, Protocol, TypeAlias

from domain.people import Channel
from domain.policy import Policy

PolicyInForce: TypeAlias = Callable[[], Awaitable[Policy]]
"""Reads the policy that new cases get: who is in a team is asked of it, whatever a case is pinned to."""


class InHand(NamedTuple):
    """A task that somebody has."""

    person: str
    case_id: str
    task_id: str
    channel: Channel


class Workload(Protocol):
    """Knows what people have in hand; it may lag behind by a moment."""

    async def in_hand(self, people: Collection[str]) -> list[InHand]:
        """The tasks that these people have and have not laid aside."""
