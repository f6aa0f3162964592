"""What the auditor finds: each promise kept, missed and recorded, broken, or running, with the events that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.sla.spans import Instant, Span
from starter.audit.record import EventRef


class Promise(StrEnum):
    """What is checked; the values are the lines of a report."""

    STATUS_UPDATE = "status_update"
    FIRST_RESPONSE = "first_response"
    TIER_TIME = "tier_time"
    TIER_RESPONSE = "tier_response"
    HANDOVER = "handover"
    COMPENSATION = "compensation"
    TASK_TIME = "task_time"
    FOLLOW_UP = "follow_up"
    IDLE_CLAIM = "idle_claim"
    ANSWER = "answer"
    DELIVERY = "delivery"
    ONCE = "once"
    DECISION = "decision"
    LEG = "leg"
    GIVEN_WORD = "given_word"
    SHOP_ONCE = "shop_once"
    UNDONE = "undone"
    TOLD_FIRST = "told_first"
    ENDING = "ending"


PROMISED: dict[Promise, str] = {
    Promise.STATUS_UPDATE: "until it is resolved the customer hears from us every so often",
    Promise.FIRST_RESPONSE: "a person answers within the channel's time",
    Promise.TIER_TIME: "a tier keeps a case no longer than its time, then it climbs",
    Promise.TIER_RESPONSE: "a tier that must respond in time takes the case in time",
    Promise.HANDOVER: "who is escalated is told, and so is the team that takes over",
    Promise.COMPENSATION: "a missed guarantee is compensated, exactly once, and nothing else is",
    Promise.TASK_TIME: "what was resolved is summed up in time",
    Promise.FOLLOW_UP: "an important case is followed up in time",
    Promise.IDLE_CLAIM: "a claim that lies idle goes back to its queue",
    Promise.ANSWER: "who is asked is reminded, answers, or the case lapses at its time",
    Promise.DELIVERY: "no message is dropped: it arrives, or a person is told",
    Promise.ONCE: "no effect happens twice",
    Promise.DECISION: "what a person must decide about an order is decided in its time",
    Promise.LEG: "each leg is through in its time: label, transit, refund, dispatch, search",
    Promise.GIVEN_WORD: "what somebody promised on the way is kept in time",
    Promise.SHOP_ONCE: "no step at the shop is taken twice",
    Promise.UNDONE: "what comes to nothing is taken back at the shop, newest step first",
    Promise.TOLD_FIRST: "who has not asked hears of a problem before they ask, and before anything is done about it",
    Promise.ENDING: "a case has one beginning and one ending",
}


class Verdict(StrEnum):
    """How a promise was treated.

    `missed`: a person was late, or the system for want of a server or worker, and that is on record. `broken`: the
    system did not do what it promised. `running`: its time is not over, and what it was given for has not come yet.
    """

    KEPT = "kept"
    MISSED = "missed"
    BROKEN = "broken"
    RUNNING = "running"


@dataclass(frozen=True)
class Finding:
    """One promise to one customer.

    `late_by` is by how much it was missed, milliseconds; `due_at` when its time was over, or will be as the case
    stands: None where that is not known, or time does not pass.
    """

    case_id: str
    promise: Promise
    verdict: Verdict
    about: str
    events: tuple[EventRef, ...] = ()
    tier: int | None = None
    late_by: Span = 0
    due_at: Instant | None = None

    def __str__(self) -> str:
        proof = f" (events {', '.join(map(str, self.events))})" if self.events else ""
        return f"{self.case_id}: {self.promise} {self.verdict}: {self.about}{proof}"


@dataclass(frozen=True)
class TierStay:
    """One stay of a case in one tier, for tables. `resolved`: the customer accepted what this tier had offered."""

    tier: int
    entered_at: Instant
    left_at: Instant | None
    resolved: bool
    in_time: bool
    escalated: bool
    updates: int
    longest_gap: Span
    compensations: int


@dataclass(frozen=True)
class CaseAudit:
    """Everything found about one case."""

    case_id: str
    case_type: str
    findings: tuple[Finding, ...]
    stays: tuple[TierStay, ...]
    ended: bool
    outcome: str | None

    def of(self, promise: Promise, *verdicts: Verdict) -> list[Finding]:
        """The findings about one promise."""
        return [found for found in self.findings if found.promise is promise and found.verdict in (verdicts or Verdict)]

    @property
    def broken(self) -> list[Finding]:
        """What the system did not do though it had promised it."""
        return [found for found in self.findings if found.verdict is Verdict.BROKEN]


def count(audits: Iterable[CaseAudit]) -> dict[Promise, dict[Verdict, int]]:
    """How often each promise was kept, missed and broken, and how many run."""
    counts = {promise: dict.fromkeys(Verdict, 0) for promise in Promise}
    for audit in audits:
        for found in audit.findings:
            counts[found.promise][found.verdict] += 1
    return counts
