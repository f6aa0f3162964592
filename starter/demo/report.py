"""What a demonstration has shown: figures by tier and a line for each promise, all of it from the event histories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.catalog import CASE_TYPES, CaseType
from domain.people import Language
from domain.policy import Policy
from domain.sla.spans import SECOND, Span
from starter.audit.findings import PROMISED, CaseAudit, Finding, Promise, Verdict, count


@dataclass(frozen=True)
class TierFigures:
    """One tier over all cases. `in_time`: stays that ended before the tier's time did."""

    tier: int
    name: str
    cases: int
    resolved: int
    in_time: int
    updates: int
    longest_gap: Span
    escalated: int
    compensations: int


@dataclass(frozen=True)
class PromiseFigures:
    """One promise over all cases."""

    promise: Promise
    text: str
    kept: int
    missed: int
    broken: int


@dataclass(frozen=True)
class TypeFigures:
    """One case type: how its cases ended, and the promises that were made in it."""

    name: str
    title: str
    cases: int
    endings: dict[str, int]
    promises: list[PromiseFigures]


@dataclass(frozen=True)
class Report:
    """The outcome of a demonstration.

    Attributes:
        seconds: how long everything took, from nothing to the verdict.
        tolerance: milliseconds by which the system itself could be late.
        types: figures of each case type that took part.
        open: cases that were not over when the time was up.
        broken: what the system did not do though it had promised it.
    """

    policy: str
    seconds: float
    tolerance: Span
    cases: int
    tiers: list[TierFigures]
    types: list[TypeFigures]
    open: list[str]
    broken: list[Finding]

    @property
    def good(self) -> bool:
        """Whether every case came to its end and no promise was broken."""
        return not self.broken and not self.open


def report(audits: Sequence[CaseAudit], policy: Policy, seconds: float, tolerance: Span) -> Report:
    """Sum up the audits of all cases."""
    of_type = {name: [audit for audit in audits if audit.case_type == name] for name in CASE_TYPES}
    return Report(
        policy=policy.version,
        seconds=round(seconds, 1),
        tolerance=tolerance,
        cases=len(audits),
        tiers=[_tier(audits, policy, tier) for tier in sorted(policy.complaint.tiers)],
        types=[_type(CASE_TYPES[name], mine) for name, mine in of_type.items() if mine],
        open=[audit.case_id for audit in audits if not audit.ended],
        broken=[finding for audit in audits for finding in audit.broken],
    )


def _type(case_type: CaseType, audits: Sequence[CaseAudit]) -> TypeFigures:
    counts = count(audits)
    promises = [
        PromiseFigures(
            promise,
            PROMISED[promise],
            counts[promise][Verdict.KEPT],
            counts[promise][Verdict.MISSED],
            counts[promise][Verdict.BROKEN],
        )
        for promise in Promise
        if any(counts[promise].values())
    ]
    endings = dict(Counter(audit.outcome or "none" for audit in audits if audit.ended))
    return TypeFigures(case_type.name, case_type.title, len(audits), endings, promises)


def _tier(audits: Sequence[CaseAudit], policy: Policy, tier: int) -> TierFigures:
    stays = [stay for audit in audits for stay in audit.stays if stay.tier == tier]
    return TierFigures(
        tier=tier,
        name=policy.complaint.tiers[tier].name[Language.EN],
        cases=len(stays),
        resolved=sum(stay.resolved for stay in stays),
        in_time=sum(stay.in_time for stay in stays),
        updates=sum(stay.updates for stay in stays),
        longest_gap=max((stay.longest_gap for stay in stays), default=0),
        escalated=sum(stay.escalated for stay in stays),
        compensations=sum(stay.compensations for stay in stays),
    )


def in_charter_time(span: Span, pace: float) -> Span:
    """The span of the charter that a span of fast motion stands for, in whole minutes."""
    minute = 60 * SECOND
    return round(span * pace / minute) * minute
