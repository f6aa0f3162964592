"""The legs of a return whose beginning or end no status shows: letters, forms and what the carrier answered do."""

from __future__ import annotations

from collections.abc import Iterator

from domain.returns.forms import Whereabouts
from domain.returns.machine import ReturnCaseStatus
from domain.returns.messages import ReturnInput
from domain.returns.wish import ReturnKind
from domain.shop.parcels import Parcel, ParcelStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName
from starter.audit.life import Phase
from starter.audit.record import CaseRecord
from starter.audit.spans import Between, Leg

_S = ReturnCaseStatus


def order_busy(record: CaseRecord, phase: Phase) -> Iterator[Between]:
    """From the first time that another case kept the order busy until it was free; in between it is tried again."""
    waiting = [one.start for one in phase.stretches if one.status == ReturnCaseStatus.WAITING]
    if waiting:
        yield Between(waiting[0], phase.end)


def refund_owed(record: CaseRecord, phase: Phase) -> Iterator[Between]:
    """From the parcel's arrival, or from when nothing more had to come, until the money was on its way."""
    wanted = record.arrival.wanted if isinstance(record.arrival, ReturnInput) else None
    if wanted is None or wanted.kind is ReturnKind.EXCHANGE or (wanted.kind is ReturnKind.CLAIM and not _pays(record)):
        return
    # Goods that are to be repaired are inspected without a refund in view.
    seen = [one for one in phase.stretches if one.status != ReturnCaseStatus.INSPECTING]
    if wanted.kind is not ReturnKind.REPAIR:
        yield Between(min(phase.start, _arrived(record, phase.start)), phase.end)
    elif seen:
        yield Between(seen[0].start, phase.end)


def _pays(record: CaseRecord) -> bool:
    """Whether a claim is made good by money."""
    assert isinstance(record.arrival, ReturnInput)
    return record.arrival.wanted.remedy.value == "refund"


def _arrived(record: CaseRecord, by: Instant) -> Instant:
    """When the carrier says that the last parcel it was asked about had arrived; `by` if it does not say."""
    looks = [one for one in record.steps if one.do == "read_parcel" and one.completed and (one.settled_at or 0) <= by]
    if not looks:
        return by
    scans = Parcel.model_validate(looks[-1].answer).scans
    return min((scan.at for scan in scans if scan.status is ParcelStatus.DELIVERED), default=by)


def awaiting_dispatch(record: CaseRecord, phase: Phase) -> Iterator[Between]:
    """From when goods are to go out until the carrier has them; and again where they turn out not to have been sent."""
    starts = [phase.start, *_found(record, phase, Whereabouts.NOT_SENT)]
    for start, following in zip(starts, [*starts[1:], phase.end], strict=True):
        left = _told(record, "sent", start, following)
        yield Between(start, left[0] if left else following)


def under_way_to_customer(record: CaseRecord, phase: Phase) -> Iterator[Between]:
    """From when the carrier has the goods until they arrive or are traced."""
    starts = _told(record, "sent", phase.start, phase.end) + _found(record, phase, Whereabouts.ON_ITS_WAY)
    for start in sorted(starts):
        traced = _told(record, "tracing", start, phase.end)
        yield Between(start, traced[0] if traced else phase.end)


def _told(record: CaseRecord, news: str, start: Instant, end: Instant) -> list[Instant]:
    letters = (one for one in record.letters if one.template is TemplateName.RETURN_PROGRESS)
    return sorted({one.at for one in letters if one.order.words["news"] == news and start <= one.at <= end})


def _found(record: CaseRecord, phase: Phase, whereabouts: Whereabouts) -> list[Instant]:
    asked = (one for one in record.asked_for("complete_task") if phase.start <= one.at <= phase.end)
    return [one.at for one in asked if one.content["form"].get("found") == whereabouts]


def _while_in(*statuses: ReturnCaseStatus) -> frozenset[str]:
    return frozenset(status.value for status in statuses)


RETURN_LEGS = (
    Leg(ClockKind.LABEL, _while_in(_S.ANNOUNCING)),
    Leg(ClockKind.TRANSIT, _while_in(_S.IN_TRANSIT), acts=True),
    Leg(ClockKind.ORDER_LOCK, _while_in(_S.WAITING, _S.PREPARING), order_busy, acts=True),
    Leg(ClockKind.REFUND, _while_in(_S.INSPECTING, _S.APPROVING, _S.SETTLING), refund_owed),
    Leg(ClockKind.DISPATCH, _while_in(_S.SENDING), awaiting_dispatch),
    Leg(ClockKind.TRANSIT, _while_in(_S.SENDING), under_way_to_customer, acts=True),
)
"""What a customer is asked stands in `starter.audit.subjects`, and what people do in a status."""
