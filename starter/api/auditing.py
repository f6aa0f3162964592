"""The audit of a case: every promise to its customer held against what Temporal's event history says happened."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from domain.sla.spans import Instant, Span
from starter.api.answers import READS, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import CaseId, OurHouse
from starter.audit.findings import PROMISED, CaseAudit, Finding, Promise, TierStay, Verdict

router = APIRouter(prefix="/v1/cases/{case_id}", route_class=GuardedRoute, tags=["cases"])


class AuditedPromise(BaseModel):
    """One promise, and how it was treated.

    Attributes:
        promised: in words.
        verdict: `missed` is on record, as late through a person or a downtime; `broken` is a fault of this software;
            `running` is not over yet, and counts as neither.
        events: of the history that prove it, as workflow and number.
        late_by: milliseconds.
        due_at: when its time was over, or will be as the case stands; null where that is not known.
    """

    promise: Promise
    promised: str
    verdict: Verdict
    about: str
    events: tuple[str, ...]
    tier: int | None
    late_by: Span
    due_at: Instant | None

    @classmethod
    def of(cls, found: Finding) -> AuditedPromise:
        """As it is told."""
        return cls(
            promise=found.promise,
            promised=PROMISED[found.promise],
            verdict=found.verdict,
            about=found.about,
            events=tuple(map(str, found.events)),
            tier=found.tier,
            late_by=found.late_by,
            due_at=found.due_at,
        )


class Audited(BaseModel):
    """Everything that was promised in a case up to its last event; `stays` are its times in the tiers."""

    case_id: str
    case_type: str
    ended: bool
    outcome: str | None
    counts: dict[Verdict, int]
    promises: tuple[AuditedPromise, ...]
    stays: tuple[TierStay, ...]

    @classmethod
    def of(cls, found: CaseAudit) -> Audited:
        """As it is told."""
        verdicts = [one.verdict for one in found.findings]
        return cls(
            case_id=found.case_id,
            case_type=found.case_type,
            ended=found.ended,
            outcome=found.outcome,
            counts={verdict: verdicts.count(verdict) for verdict in Verdict},
            promises=tuple(AuditedPromise.of(one) for one in found.findings),
            stays=found.stays,
        )


@router.get("/audit", operation_id="audit_case", responses=problems(*READS, 404, 422))
async def audit_case(case_id: CaseId, house: OurHouse) -> Audited:
    """Audit a case by its event history: which promises were kept, missed, broken or still run, with the proof."""
    return Audited.of(await house.doors.service.audit(case_id))
