"""What comes to a complaint from outside without being asked: its arrival, merged cases, late delivery reports."""

from __future__ import annotations

from domain.complaint import messages as m
from domain.complaint.case import Complaint
from domain.complaint.machine import ComplaintStatus, ComplaintTrigger
from domain.complaint.rules import classify
from domain.complaint.state import ComplaintState
from domain.conversation import start_updates, write
from domain.deeds import LookupReport, NoticeKind
from domain.people import CustomerProfile
from domain.policy import Policy
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName

CARRIED_OVER = (ClockKind.FIRST_RESPONSE, ClockKind.STATUS_UPDATE, ClockKind.TIER)
"""Promises of a merged case that may go on in the case that takes over."""


def new_complaint(complaint: m.ComplaintInput, policy: Policy, now: Instant) -> Complaint:
    """A complaint that has just arrived; nothing is promised yet. It counts as opened when it reached the door."""
    state = ComplaintState(
        case_id=complaint.case_id,
        policy=complaint.policy,
        channel=complaint.channel,
        priority=policy.complaint.default_priority,
        opened_at=min(complaint.arrived_at, now),
        subject=complaint.subject,
        description=complaint.description,
        customer=CustomerProfile(id=complaint.customer_id),
        source=complaint.source,
        reference=complaint.reference,
        business_unit=complaint.business_unit,
        said_at=complaint.said_at,
        crisis_level=complaint.crisis_level,
        upset=complaint.upset,
    )
    return Complaint(state, policy)


def receive(case: Complaint, complaint: m.ComplaintInput, found: LookupReport, now: Instant) -> None:
    """Acknowledge, classify into a tier and offer the first task (service charter, standard process).

    Promises count from the case's opening, not from the moment the look-up answered. A case that was ended (and
    perhaps reopened) while the look-up was under way stays as it is.
    """
    opened = case.state.opened_at
    case.note(opened, "received", channel=case.state.channel.value, source=case.state.source, policy=case.state.policy)
    if found.customer is None:
        case.note(now, "customer_unknown")
    else:
        case.state.customer = found.customer
    case.state.order = found.order
    if case.state.status is not ComplaintStatus.RECEIVED:
        return
    verdict = classify(complaint, vip=case.state.customer.vip, policy=case.rules)
    case.state.classification, case.state.priority = verdict, verdict.priority
    _promise_first_response(case, opened)
    start_updates(case, opened, "the complaint was received")
    case.fire(ComplaintTrigger.ACKNOWLEDGE, now)
    case.fire(ComplaintTrigger.CLASSIFY, now)
    case.note(
        now, "classified", type=verdict.type, severity=verdict.severity.value, rules=", ".join(verdict.rules) or None
    )
    case.state.entry_tier = verdict.entry_tier
    case.enter_tier(verdict.entry_tier, opened, f"classified as {verdict.type}, {verdict.severity.value}")
    case.offer_tier_task(opened, {"subject": case.state.subject})
    write(case, TemplateName.ACKNOWLEDGEMENT, now, f"Acknowledged: tier {case.tier}, what happens next and by when")


def _promise_first_response(case: Complaint, now: Instant) -> None:
    rule = case.rules.clocks.first_response
    budget = rule.budget(case.state.channel, vip=case.state.customer.vip)
    clock = case.start_clock(ClockKind.FIRST_RESPONSE, budget, now, f"received by {case.state.channel.value}")
    if rule.by_channel[case.state.channel] == 0:
        clock.meet(now, "answered at once, in the call itself", case.calendar(clock.calendar))


def absorb(case: Complaint, merged: m.CaseMerged, now: Instant) -> None:
    """Another case goes on in this one. What does not fit is noted and changes nothing: a signal never fails a case."""
    order = case.state.order.id if case.state.order else None
    if (merged.customer_id, merged.order_id) != (case.state.customer.id, order):
        case.note(now, "merge_ignored", case=merged.case_id, reason="another customer or order")
        return
    if merged.case_id in case.state.linked:
        return
    case.state.linked.append(merged.case_id)
    case.note(now, "case_absorbed", text=f"{merged.subject}\n{merged.description}", case=merged.case_id)
    for words in merged.notes:
        case.note(now, "from_merged_case", text=words, case=merged.case_id)
    if case.rules.merge_keeps == "earliest_due":
        _take_earlier_promises(case, merged, now)
    for task in case.active_tasks():
        if task.owner:
            about = f"case {merged.case_id} was merged into this one"
            case.notify(NoticeKind.ANSWER, (task.owner,), about, case.key("absorbed"))


def _take_earlier_promises(case: Complaint, merged: m.CaseMerged, now: Instant) -> None:
    why = f"case {merged.case_id} was merged: its earlier promise goes on"
    for kind in CARRIED_OVER:
        clock, left = case.open_clock(kind), merged.left.get(kind.value)
        if clock and left is not None:
            clock.carry(now, left, why, case.calendar(clock.calendar))


def handover_note(case: Complaint, now: Instant) -> m.CaseMerged:
    """What the case that takes over must know. A promise that was missed here was answered for here."""
    texts = [entry.text for entry in case.state.timeline.entries if entry.text]
    clocks = [clock for kind in CARRIED_OVER if (clock := case.open_clock(kind)) and clock.breached_at is None]
    return m.CaseMerged(
        case_id=case.state.case_id,
        customer_id=case.state.customer.id,
        order_id=case.state.order.id if case.state.order else None,
        subject=case.state.subject,
        description=case.state.description,
        notes=tuple(texts[-50:]),
        left={clock.kind.value: clock.budget - case.consumed(clock, now) for clock in clocks},
    )


def joined(case: Complaint, target: str, now: Instant) -> None:
    """The other case has taken over: this one ends, and the customer knows which number counts."""
    case.state.merging_into = None
    case.state.linked.append(target)
    if not case.unresolved:
        case.note(now, "merge_came_too_late", target=target, status=case.status)
        return
    case.fire(ComplaintTrigger.MERGE, now)
    case.cancel_all(now, f"merged into {target}")
    write(case, TemplateName.MERGED, now, f"Told the customer that {target} goes on", other_case=target)
    case.end(m.Outcome.MERGED, None, now, f"merged into {target}")


def not_joined(case: Complaint, target: str, why: str, now: Instant) -> None:
    """The other case could not take over: this one goes on as if nothing had been asked."""
    case.state.merging_into = None
    case.note(now, "merge_failed", target=target, reason=why)
    case.notify(NoticeKind.ALARM, (), f"could not merge into {target}: {why}", case.key("merge_failed"))
