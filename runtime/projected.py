"""From the cases of a worker to its read model: what is to be shown is handed over beside the history.

A case hands over and goes on; whether anybody takes it, and what becomes of it, it never learns. So nothing of it is in
the history, and no read model, however slow, can hold up a case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from domain.projection import Projection

Take: TypeAlias = Callable[[Projection], None]
"""Called from a workflow's thread; it neither waits nor fails."""

_takers: dict[str, list[Take]] = {}


def take_projections(task_queue: str, take: Take) -> None:
    """Register who takes what the cases of this queue show; of several in one process the first one gets it."""
    _takers.setdefault(task_queue, []).append(take)


def take_no_more(task_queue: str, take: Take) -> None:
    """Take back a registration."""
    _takers[task_queue].remove(take)


def hand_over(task_queue: str, projection: Projection) -> None:
    """Let whoever takes them have a projection, if anybody does."""
    for take in tuple(_takers.get(task_queue, ()))[:1]:
        take(projection)
