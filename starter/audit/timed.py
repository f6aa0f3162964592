"""The promises that a case makes by its clocks: signs of life, first response, the tiers' times."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from domain.sla.rules import ClockKind, StatusUpdateRule, StepAction
from domain.sla.spans import Instant, Span
from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.judging import Judge, Measured
from starter.audit.life import Life, Phase, Stretch
from starter.audit.record import EventRef, Notice

_TAKES = ("claim_task", "start_task", "delegate_task", "nominate_task", "reassign", "suspend_task", "forward_task")
"""With any of these somebody has taken a task in hand."""

_BEGINS = ("reply", "save_draft", "complete_task")
"""With these, too, where it had been given to them."""


class Heard(NamedTuple):
    """A moment at which the customer heard from us."""

    at: Instant
    events: tuple[EventRef, ...]
    by_person: bool = False


class TimedPromises:
    """Checks the promises of one life that people keep, or the clock in their stead."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.life = judge.life
        self.record = judge.record

    def findings(self) -> Iterator[Finding]:
        """Everything about promises with a time."""
        if self.record.subject.has_tiers:
            yield from self.first_response()
            for number, stay in enumerate(self.life.stays, 1):
                yield self.tier_time(stay, number)
                yield from self.tier_response(stay)
        for phase in self.life.waiting:
            yield from self.updates(phase)

    # Hearing from us.

    def heard(self) -> list[Heard]:
        """Every time the customer heard from us: delivered letters, and what people say they know of."""
        heard = [
            Heard(one.arrived_at, one.events, by_person=not one.order.automatic) for one in self.record.delivered()
        ]
        for asked in self.record.asked_for("complete_task"):
            form = asked.content.get("form") or {}
            if form.get("reached") is True:
                heard.append(Heard(asked.at, (asked.event,), by_person=True))
            elif form.get("arrived") is True:
                doubtful = [one for one in self.record.letters if one.doubtful and one.at < asked.at]
                spoke = any(not one.order.automatic for one in doubtful)
                heard.append(Heard(asked.at, (asked.event,), by_person=spoke))
        heard += [Heard(one.at, (one.event,)) for one in self.record.elsewhere]
        # The complaint has just written when it hands the conversation over, and the promise counts from there.
        heard += [Heard(one.at, (one.event,)) for one in self.record.informed if not one.elsewhere]
        return sorted(heard, key=lambda one: one.at)

    def updates(self, phase: Phase) -> Iterator[Finding]:
        """No longer between two signs of life than promised; a miss that is on record starts a new count."""
        breaches = [one for one in self.record.breaches(ClockKind.STATUS_UPDATE) if phase.start < one.at]
        known = [one for one in self.heard() if phase.start < one.at < phase.end]
        points = [Heard(phase.start, ()), *known, Heard(phase.end, ())]
        proven: list[Notice] = []
        for former, heard in pairwise(points):
            yield from self._wait(former, heard, breaches, proven)
        for breach in breaches:
            if breach.at <= phase.end and breach not in proven:
                point = Heard(breach.at, breach.events)
                measured = _update(self.life, breach.at, point, point)
                # For want of a report it had to be taken for a miss.
                due = breach.at if self._unaware(breach) else None
                yield self.judge.on_record(measured, due, breach, 0)

    def _wait(self, former: Heard, heard: Heard, breaches: list[Notice], proven: list[Notice]) -> Iterator[Finding]:
        """From one sign of life to the next; the breaches that went on record rightly are added to `proven`."""
        since = former.at
        while due := self.judge.due(_update(self.life, since, heard, former), heard.at):
            fits = [one for one in breaches if one.at >= due - self.judge.tolerance and self._in_time(one, due, heard)]
            # A miss renews the promise, also where nobody knew yet that a message had arrived in between.
            renewing = (one.at for one in breaches if one.at <= due and (one in proven or self._unaware(one)))
            renewed = max(renewing, default=since)
            if fits:
                breach = next((one for one in fits if one not in proven), fits[0])
                proven.append(breach)
                missed = _update(self.life, since, heard, former)
                yield self.judge.on_record(missed, due, breach, heard.at - due)
                since = max(due, breach.at)
            elif renewed > since:
                since = renewed
            else:
                break
        yield self.judge.judge(_update(self.life, since, heard, former), None)

    def _unaware(self, breach: Notice) -> bool:
        """Whether a message had arrived and its report had not when a breach went on record.

        A report that comes in one workflow task with a request is heard after it.
        """
        with_request = any(one.at == breach.at for one in self.record.asked)
        heard = [one.learnt_at or 0 for one in self.record.delivered() if one.arrived_at <= breach.at]
        return any(breach.at < learnt_at or (with_request and breach.at == learnt_at) for learnt_at in heard)

    def _in_time(self, breach: Notice, due: Instant, heard: Heard) -> bool:
        """Whether a breach went on record early enough to be that of the wait which `heard` ended."""
        in_time = self.judge.lateness(ClockKind.STATUS_UPDATE, due, breach.at) <= self.judge.tolerance
        return in_time or breach.at <= heard.at + self.judge.tolerance

    def first_response(self) -> Iterator[Finding]:
        """A person's own words, delivered in the channel's time; an automatic letter is no response."""
        if not self.life.unresolved:
            return
        record, first = self.record, self.life.unresolved[0]
        rule = first.first.policy.complaint.clocks.first_response
        channel, tier = record.arrival.channel, first.first.tier
        about = f"first response by {channel.value}{', VIP' if record.vip else ''}"
        if rule.by_channel[channel] == 0:
            spoken = f"{about}: answered at once, in the call itself"
            yield Finding(record.case_id, Promise.FIRST_RESPONSE, Verdict.KEPT, spoken, (record.opened,), tier)
            return
        response = next((one for one in self.heard() if one.by_person), None)
        measured = Measured(
            Promise.FIRST_RESPONSE,
            ClockKind.FIRST_RESPONSE,
            first.start,
            min(response.at, first.end) if response else first.end,
            lambda one: one.policy.complaint.clocks.first_response.budget(channel, vip=record.vip),
            about,
            (record.opened, *(response.events if response else ())),
            tier,
            settled=response is not None,
        )
        breach = next(iter(record.breaches(ClockKind.FIRST_RESPONSE)), None)
        found = self.judge.judge(measured, breach)
        if response or found.verdict is not Verdict.KEPT:
            yield found

    # Tiers.

    def tier_time(self, stay: Phase, number: int) -> Finding:
        """A tier's time, then up; at the top nobody is above, and the supervisors are told."""
        tier = stay.tier
        measured = Measured(
            Promise.TIER_TIME,
            ClockKind.TIER,
            stay.start,
            stay.end,
            lambda one: one.policy.complaint.tier_time(tier, one.priority),
            f"time of tier {tier}",
            self.judge.events_around(stay),
            tier,
        )
        climbs = StepAction.ESCALATE in {step.do for step in stay.first.rule(ClockKind.TIER).steps}
        if tier < stay.first.policy.complaint.top_tier and climbs:
            late = self.judge.late(measured, stay.end)
            if late > self.judge.tolerance:
                about = f"{measured.about} ran out and it did not climb"
                return self.judge.found(measured, Verdict.BROKEN, about, measured.events, late)
        # Each stay has a clock of its own, so the breach of the n-th stay is that of the n-th clock.
        mine = (one for one in self.record.breaches(ClockKind.TIER) if one.clock == f"{ClockKind.TIER}:{number}")
        return self.judge.judge(measured, next(mine, None))

    def tier_response(self, stay: Phase) -> Iterator[Finding]:
        """Somebody takes an escalated case in hand within the time of tiers that promise it."""
        tier = stay.tier
        within = stay.first.policy.complaint.tiers[tier].respond_within
        if within is None:
            return
        takes = (*_TAKES, *_BEGINS) if stay.first.policy.assignment.push else _TAKES
        asked = [one for one in self.record.asked_for(*takes) if stay.start <= one.at <= stay.end]
        taken = asked[0] if asked else None
        measured = Measured(
            Promise.TIER_RESPONSE,
            ClockKind.TASK_CLAIM,
            stay.start,
            taken.at if taken else stay.end,
            lambda one: one.policy.complaint.tiers[tier].respond_within or within,
            f"response of tier {tier}",
            (*self.judge.events_around(stay), *((taken.event,) if taken else ())),
            tier,
            settled=taken is not None,
        )
        breaches = self.record.breaches(ClockKind.TASK_CLAIM)
        yield self.judge.judge(measured, next((one for one in breaches if stay.start < one.at <= stay.end), None))


def _update(life: Life, since: Instant, heard: Heard, former: Heard) -> Measured:
    """The promise of a sign of life, from `since` until one was given."""
    tier = life.at(since).tier
    return Measured(
        Promise.STATUS_UPDATE,
        ClockKind.STATUS_UPDATE,
        since,
        heard.at,
        _every,
        f"sign of life in tier {tier}" if tier else f"sign of life while {life.at(since).status.replace('_', ' ')}",
        (*former.events, *heard.events),
        tier,
    )


def _every(one: Stretch) -> Span:
    rule = one.rule(ClockKind.STATUS_UPDATE)
    assert isinstance(rule, StatusUpdateRule)
    return rule.every
