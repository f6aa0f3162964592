"""Comparing the read model with Temporal, and putting right what differs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from domain.errors import CaseNotFoundError
from domain.projection import Projection, Version
from readmodel.comparing import Difference, differences
from readmodel.model import ReadModel
from starter.shown.truth import CaseTruth

AT_ONCE = 8
"""Cases that are asked at the same time."""

LOOKS, SETTLES_WITHIN = 3, 1.0
"""How often, and after how many seconds, a difference is looked at again: what a case has just shown is on its way."""


TRIES = 5
"""How often a case that moves on while it is put right is tried again."""


@dataclass(frozen=True)
class Finding:
    """A case that is shown otherwise than it is.

    Attributes:
        stood: the version that the read model shows, None if it lacks the case.
        truth: what it should show; None if Temporal does not know the case.
        differences: what differs; empty where one side lacks the case.
    """

    case_id: str
    stood: Version | None
    truth: Projection | None
    differences: tuple[Difference, ...] = ()

    @property
    def lacking(self) -> str | None:
        """Which side lacks the case, if one does."""
        return "read model" if self.stood is None else "Temporal" if self.truth is None else None


Deal: TypeAlias = Callable[[Finding], Awaitable[object]]
"""What is done about a case that differs, as soon as it is found."""


def _nothing() -> None:
    """Nobody wants to know that this is alive."""


class Comparing:
    """Compares the read model with what the cases themselves say."""

    def __init__(self, model: ReadModel, truth: CaseTruth, *, settles_within: float = SETTLES_WITHIN) -> None:
        self._model = model
        self._truth = truth
        self._settles_within = settles_within

    async def compare(self, deal: Deal, *, all_cases: bool = True, alive: Callable[[], None] = _nothing) -> int:
        """Compare; returns how many cases were looked at.

        Args:
            deal: is given each case that differs, several at the same time and in no order.
            all_cases: also those that are over on both sides; else only whether each side has them.
            alive: called before each case.

        Raises:
            UnavailableError: Temporal or a worker does not answer.
        """
        running, shown = await self._truth.cases(), await self._shown()
        # A closed case that Temporal has forgotten after its retention stays in the read model.
        known = running.keys() | {case_id for case_id, is_open in shown.items() if is_open}
        wanted = [case_id for case_id in sorted(known) if all_cases or running.get(case_id) or shown.get(case_id, True)]
        await self._each(wanted, deal, alive)
        return len(wanted)

    async def mend(self, finding: Finding) -> bool:
        """Put a case right in the read model; False if it was right meanwhile, or moves too fast to be held.

        What has been written since it was looked at is newer, but has only its own lines of the timeline: those that
        were missing before are added to it, and it is looked at again.
        """
        found: Finding | None = finding
        for _ in range(TRIES):
            if found is None:
                return False
            if found.truth is None:
                await self._model.remove(found.case_id)
                return True
            if await self._model.replace(found.truth, found.stood):
                return True
            await self._model.write(found.truth)
            found = await self._difference(found.case_id)
        return False

    async def _shown(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        last = ""
        while page := await self._model.open_by_id(after=last):
            found |= dict(page)
            last = page[-1][0]
        return found

    async def _each(self, wanted: Iterable[str], deal: Deal, alive: Callable[[], None]) -> None:
        waiting = iter(wanted)

        async def work_off() -> None:
            for case_id in waiting:
                alive()
                if finding := await self._look(case_id):
                    await deal(finding)

        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(AT_ONCE):
                    tasks.create_task(work_off())
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _look(self, case_id: str) -> Finding | None:
        """Look at a case until it is shown as it is, or stays shown otherwise."""
        finding = await self._difference(case_id)
        for _ in range(LOOKS - 1 if self._settles_within else 0):
            if finding is None:
                return None
            await asyncio.sleep(self._settles_within)
            former, finding = finding, await self._difference(case_id)
            if finding and finding.stood == former.stood and _version(finding) == _version(former):
                return finding
        return finding

    async def _difference(self, case_id: str) -> Finding | None:
        # First what is shown: were it written in between, it would be compared with what is older.
        shown = await self._model.projection(case_id)
        try:
            truth = await self._truth.projection(case_id)
        except CaseNotFoundError:
            return Finding(case_id, shown.version, None) if shown and shown.case.open else None
        if shown is None:
            return Finding(case_id, None, truth)
        found = differences(shown, truth)
        return Finding(case_id, shown.version, truth, tuple(found)) if found else None


def _version(finding: Finding) -> Version | None:
    return finding.truth.version if finding.truth else None
