"""The activity of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.archive.timeline import TimelineArchive
from domain.deeds import TimelineArchiveOrder


class ArchiveActivities:
    """Moves what a long case has gathered out of its history."""

    def __init__(self, archive: TimelineArchive) -> None:
        self._archive = archive

    @activity.defn
    async def archive_timeline(self, order: TimelineArchiveOrder) -> None:
        """Store older entries for good, before the case drops them."""
        await self._archive.add(order)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.archive_timeline,)
