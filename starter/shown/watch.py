"""The comparison that runs by itself: what differs is put right, supervisors are told of what one side lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

import structlog

from activities.notifications.staff import StaffNotices
from activities.projection.port import CheckReport
from domain.deeds import NoticeKind, NoticeOrder
from starter.shown.comparison import Comparing, Finding

NAMED = 10
"""Cases that an alarm names; of more it says how many."""

log = structlog.get_logger()


class ReadModelWatch:
    """Compares, mends, and raises the alarm."""

    def __init__(self, comparing: Comparing, notices: StaffNotices, supervisors: Callable[[], Awaitable[str]]) -> None:
        self._comparing = comparing
        self._notices = notices
        self._supervisors = supervisors

    async def check(self, alive: Callable[[], None]) -> CheckReport:
        """Compare open cases, and whether each side has all others.

        A case that Temporal does not know stays in the read model: it is all that is left of it.

        Raises:
            UnavailableError: Temporal or a worker does not answer.
            DeliveryError: the supervisors could not be told.
        """
        found: list[Finding] = []
        mended = 0

        async def deal(finding: Finding) -> None:
            nonlocal mended
            log.warning("read_model_differed", **_said(finding))
            # Several are dealt with at the same time: what is counted is read after the wait.
            if finding.truth is not None and await self._comparing.mend(finding):
                mended += 1
            if finding.lacking:
                found.append(finding)

        compared = await self._comparing.compare(deal, all_cases=False, alive=alive)
        found.sort(key=lambda finding: finding.case_id)
        for side in ("read model", "Temporal"):
            await self._alarm(side, [finding for finding in found if finding.lacking == side])
        return CheckReport(compared=compared, mended=mended, lacking=tuple(finding.case_id for finding in found))

    async def _alarm(self, side: str, findings: list[Finding]) -> None:
        """Tell the supervisors once of what a side lacks; of the same cases again only when they have moved on."""
        if not findings:
            return
        names = ", ".join(finding.case_id for finding in findings[:NAMED])
        more = f" and {len(findings) - NAMED} more" if len(findings) > NAMED else ""
        ours = side == "read model"
        about = f"the {side} lacked {names}{more}, and has them now" if ours else f"{side} does not know {names}{more}"
        await self._notices.tell(
            NoticeOrder(
                case_id=findings[0].case_id,
                key=f"read-model-check:{_identity(side, findings)}",
                notice=NoticeKind.ALARM,
                recipients=(f"team:{await self._supervisors()}",),
                about=about,
                due_at=None,
                group_within_ms=0,
            )
        )


def _said(finding: Finding) -> dict[str, object]:
    """What may be logged: where it differs, and nobody's words."""
    where = [difference.where for difference in finding.differences[:NAMED]]
    return {"case_id": finding.case_id, "lacking": finding.lacking, "where": where}


def _identity(side: str, findings: list[Finding]) -> str:
    moments = [f"{one.case_id}@{one.truth.version if one.truth else one.stood}" for one in findings]
    return hashlib.sha256(f"{side}:{';'.join(moments)}".encode()).hexdigest()[:32]
