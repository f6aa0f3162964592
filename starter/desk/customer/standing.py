"""Where a case stands in a customer's words: what we do, by when they hear from us, what was said between us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from activities.attachments.port import Attachment
from activities.notifications.deliveries import Delivery
from domain.deeds import DeliveryState
from domain.messages import CaseView, ClockView, Promise
from domain.policy import Policy
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.timeline import Entry
from starter.desk.customer.offered import WRAPPING_UP, is_over
from starter.desk.texts import Texts, catalogue

TICKING = ("running", "paused")
ANSWER_CLOCKS = (ClockKind.CUSTOMER_ANSWER, ClockKind.SATISFACTION, ClockKind.PAYMENT, ClockKind.SENDING)
"""By when something is expected of the customer."""

SAID: frozenset[str] = frozenset(
    {"customer_replied", "solution_accepted", "solution_rejected", "change_accepted", "change_declined"}
    | {"price_accepted", "price_declined", "reported_sent", "satisfied", "not_satisfied", "withdrawn"}
)
"""Lines of the timeline that are the customer's own words or choices; whoever of the staff wrote them down."""


@dataclass(frozen=True)
class Standing:
    """What stands at the top. `step_by` is when the case goes further up; `promises` are those not kept yet."""

    says: str
    tier: str | None
    step_by: Instant | None
    next_update: Instant | None
    answer_by: Instant | None
    promises: tuple[Promise, ...]


@dataclass(frozen=True)
class Said:
    """One message of the conversation. `choice` names the text for an answer that was given with a button."""

    at: Instant
    ours: bool
    subject: str | None = None
    text: str | None = None
    choice: str | None = None
    files: tuple[Attachment, ...] = field(default=())


def standing_of(view: CaseView, policy: Policy, texts: Texts) -> Standing:
    """Where a case stands, in the customer's language."""
    tier = policy.complaint.tiers.get(view.tier) if view.tier is not None and not is_over(view) else None
    return Standing(
        says=texts.say(f"stands.{standing_key(view)}"),
        tier=tier.name.get(texts.language) if tier else None,
        step_by=_due(view, ClockKind.TIER),
        next_update=_due(view, ClockKind.STATUS_UPDATE),
        answer_by=min((due for kind in ANSWER_CLOCKS if (due := _due(view, kind))), default=None),
        promises=tuple(promise for promise in view.promises if promise.kept_at is None and not is_over(view)),
    )


def standing_key(view: CaseView) -> str:
    """The name of the text that says it: by what is being done, or by how it ended where that says more."""
    stands = view.status
    if view.case_type == "complaint" and not is_over(view) and view.status not in WRAPPING_UP:
        stands = str(view.facts.get("doing") or view.status)
    ended = f"{view.case_type}_{stands}_{view.outcome}"
    return ended if view.outcome and f"stands.{ended}" in catalogue() else f"{view.case_type}_{stands}"


def _due(view: CaseView, kind: ClockKind) -> Instant | None:
    ticking: list[ClockView] = [clock for clock in view.clocks if clock.kind == kind and clock.state in TICKING]
    return ticking[-1].due if ticking else None


def conversation(
    view: CaseView, sent: Iterable[Delivery], timeline: Iterable[Entry], files: Iterable[Attachment]
) -> list[Said]:
    """What was said between the customer and us, newest first; what did not reach them is not in it."""
    first = Said(view.opened_at, ours=False, subject=view.subject, text=view.description or None)
    theirs = _theirs(timeline, {file.id: file for file in files})
    ours = (Said(one.at, ours=True, subject=one.subject, text=one.body) for one in sent if _arrived(one))
    begun = [first] if view.case_type == "complaint" else []
    return sorted([*begun, *theirs, *ours], key=lambda said: said.at, reverse=True)


def _arrived(delivery: Delivery) -> bool:
    if delivery.state is DeliveryState.UNKNOWN:
        return delivery.check is not None and delivery.check.arrived
    return delivery.state is DeliveryState.DELIVERED


def _theirs(timeline: Iterable[Entry], files: dict[str, Attachment]) -> Iterator[Said]:
    for entry in timeline:
        if entry.what in SAID:
            ids = str(entry.facts.get("attachments") or "").split()
            choice = None if entry.what == "customer_replied" else entry.what
            came_with = tuple(files[one] for one in ids if one in files)
            yield Said(entry.at, ours=False, text=entry.text, choice=choice, files=came_with)
