"""Making the read model anew from Temporal, while cases run and write into it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from readmodel.migrating import restore
from starter.doors import Doors
from starter.shown.comparison import Comparing, Finding
from starter.shown.truth import CaseTruth


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did.

    Attributes:
        tables: some were missing, and all were made anew.
        compared: cases that were looked at.
        written: cases that were shown otherwise than they are, or not at all.
        removed: open cases that Temporal does not know. Closed ones it may have forgotten; they stay.
    """

    tables: bool
    compared: int
    written: int
    removed: int


async def all_findings(doors: Doors) -> tuple[int, list[Finding]]:
    """Compare all cases; returns how many there are, and those that differ by their numbers. Nothing is changed.

    Raises:
        UnavailableError: Temporal or a worker does not answer.
    """
    found: list[Finding] = []

    async def keep(finding: Finding) -> None:
        found.append(finding)

    compared = await comparing(doors).compare(keep)
    return compared, sorted(found, key=lambda finding: finding.case_id)


def comparing(doors: Doors, **how: float) -> Comparing:
    """The comparison over what doors stand on."""
    truth = CaseTruth(doors.client, doors.settings.task_queue, doors.store.archive)
    return Comparing(doors.store.readmodel, truth, **how)


async def rebuild(doors: Doors) -> Rebuilt:
    """Bring every case that Temporal knows into the read model as it is; cut short, it is begun again.

    Raises:
        UnavailableError: Temporal or a worker does not answer.
    """
    tables = await restore(doors.store.engine)
    # A case that has just changed need not settle first: whatever is written later than what was seen stays.
    over, counts = comparing(doors, settles_within=0), Counter[bool]()

    async def mend(finding: Finding) -> None:
        if await over.mend(finding):
            counts[finding.truth is not None] += 1

    compared = await over.compare(mend)
    return Rebuilt(tables, compared, written=counts[True], removed=counts[False])
