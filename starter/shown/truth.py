"""What Temporal says about cases: which there are, and what should be shown of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client

from activities.archive.timeline import TimelineArchive
from domain.projection import Projection
from starter.asking import asked
from starter.case_lines import read_lines
from starter.refusals import translated

ANSWER_WITHIN = timedelta(seconds=30)
"""How long a case may take to answer; one that nobody has in memory is replayed first."""


@dataclass(frozen=True)
class CaseTruth:
    """The cases of one installation, open or closed, as long as Temporal keeps them.

    `task_queue` tells them from those of another installation in the same namespace.
    """

    client: Client
    task_queue: str
    archive: TimelineArchive

    async def cases(self) -> dict[str, bool]:
        """The numbers of all cases, each with whether its workflow runs.

        Raises:
            UnavailableError: the server does not answer.
        """
        found: dict[str, bool] = {}
        ours = "TaskQueue = '{}'".format(self.task_queue.replace("\\", "\\\\").replace("'", "\\'"))
        # A case that continued as new, or was reopened, has several executions.
        async for line in read_lines(self.client, ours, None):
            found[line.case_id] = found.get(line.case_id, False) or line.running
        return found

    async def projection(self, case_id: str) -> Projection:
        """What should be shown of a case, with its whole timeline.

        Raises:
            CaseNotFoundError: Temporal does not know it, or has forgotten it.
            UnavailableError: no answer in time.
        """
        with translated(case_id):
            handle = self.client.get_workflow_handle(case_id)
            found: Projection = await asked(handle, "projection", Projection, ANSWER_WITHIN)
        if found.entries and found.entries[0].seq == 1:
            return found
        archived = await self.archive.entries(case_id)
        entries = {entry.seq: entry for entry in (*archived, *found.entries) if entry.seq <= found.seq}
        return found.model_copy(update={"entries": tuple(entries[seq] for seq in sorted(entries))})
