"""Published policies as a worker needs them: all that are in the archive, and new ones when a workflow asks."""

from __future__ import annotations

import asyncio

from activities.policies.archive import PolicyArchive
from domain.policy import Policy
from runtime import published


class PolicyLoader:
    """Brings published policies from the archive into this process, the missing ones when a workflow asks."""

    def __init__(self, archive: PolicyArchive) -> None:
        self._archive = archive
        self._loop = asyncio.get_running_loop()
        self._loading: set[asyncio.Task[int]] = set()
        published.on_missing(self._ask)

    async def load_all(self) -> int:
        """Load every version; returns how many there are."""
        versions = await self._archive.load_all()
        for found in versions:
            published.publish(found.version, Policy.model_validate_json(found.document))
        return len(versions)

    def close(self) -> None:
        """Load no more: the archive is about to be closed."""
        published.tell_no_more(self._ask)

    def _ask(self, version: str) -> None:
        # Called from a workflow's thread: the workflow task fails and is tried again when the policy has come.
        self._loop.call_soon_threadsafe(self._start_loading)

    def _start_loading(self) -> None:
        task = asyncio.create_task(self.load_all())
        self._loading.add(task)
        task.add_done_callback(self._loading.discard)
