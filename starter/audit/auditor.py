"""The auditor's door: one case, its pinned policies, a tolerance; out come the findings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from temporalio.client import Client

from domain.policy import Policy
from domain.sla.rules import ClockKind
from domain.sla.spans import SECOND, Instant, Span
from domain.templates import TemplateName
from starter.audit.answers import Answers
from starter.audit.decisions import Decisions
from starter.audit.effects import EffectPromises
from starter.audit.findings import CaseAudit, TierStay
from starter.audit.judging import Judge
from starter.audit.legs import Legs
from starter.audit.life import Life, Phase
from starter.audit.reading import read_case
from starter.audit.record import CaseRecord
from starter.audit.shop import ShopSteps
from starter.audit.telling import TellingFirst
from starter.audit.timed import TimedPromises
from starter.audit.work import WorkPromises

TOLERANCE: Span = 5 * SECOND
"""How late the system may be before it counts, as in the shipped policies' `late_tolerance`."""


async def audit_case(
    client: Client,
    case_id: str,
    policy: Callable[[str], Awaitable[Policy]],
    *,
    tolerance: Span = TOLERANCE,
    as_of: Instant | None = None,
) -> CaseAudit:
    """Audit a case by its event histories.

    Args:
        client: where the histories are.
        case_id: the case.
        policy: gives the policy of a version, for example `CaseService.policy`.
        tolerance: milliseconds by which the system itself may be late.
        as_of: the instant up to which a case that still runs is judged; its last event's by default.

    Raises:
        CaseNotFoundError: there is no such case.
        PolicyUnknownError: the case is pinned to a policy that nobody knows.
    """
    record = await read_case(client, case_id, as_of)
    policies = {version: await policy(version) for version in record.policies}
    return audit(record, policies, tolerance=tolerance)


def audit(record: CaseRecord, policies: Mapping[str, Policy], *, tolerance: Span = TOLERANCE) -> CaseAudit:
    """Check everything that was promised in a case whose record has been read."""
    life = Life(record, policies)
    judge = Judge(life, tolerance)
    timed = TimedPromises(judge)
    return CaseAudit(
        case_id=record.case_id,
        case_type=record.subject.case_type.name,
        findings=(
            *timed.findings(),
            *WorkPromises(judge).findings(),
            *Answers(judge).findings(),
            *TellingFirst(judge).findings(),
            *Decisions(judge).findings(),
            *Legs(judge).findings(),
            *ShopSteps(life).findings(),
            *EffectPromises(life).findings(),
        ),
        stays=tuple(_stay(life, timed, number) for number in range(len(life.stays)) if record.subject.has_tiers),
        ended=not record.running,
        outcome=record.ended[-1].outcome if record.ended else None,
    )


def _stay(life: Life, timed: TimedPromises, number: int) -> TierStay:
    record, phase = life.record, life.stays[number]
    after = life.stays[number + 1] if number + 1 < len(life.stays) else None
    heard = [one.at for one in timed.heard() if phase.start < one.at <= phase.end]
    gaps = zip([phase.start, *heard], [*heard, phase.end], strict=True)
    grants = [one for one in record.grants if one.completed and phase.start <= one.at < _upto(phase, after)]
    updates = [one.arrived_at for one in record.delivered(TemplateName.STATUS_UPDATE)]
    left_by_climbing = after is not None and after.start == phase.end
    breached = {notice.clock for notice in record.breaches(ClockKind.TIER)}
    return TierStay(
        tier=phase.tier,
        entered_at=phase.start,
        left_at=None if record.running and after is None and life.at(phase.end).unresolved else phase.end,
        resolved=life.at(phase.end).status == "resolved",
        in_time=f"{ClockKind.TIER}:{number + 1}" not in breached,
        escalated=left_by_climbing,
        updates=sum(1 for when in updates if phase.start < when <= phase.end),
        longest_gap=max(life.used(ClockKind.STATUS_UPDATE, start, end) for start, end in gaps),
        compensations=len(grants),
    )


def _upto(phase: Phase, after: Phase | None) -> Instant:
    """Until when what happens belongs to a stay: the next one, or for ever."""
    return phase.end + 1 if after is None else after.start
