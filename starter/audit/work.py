"""The promises about people's work: a summary in its time, a follow-up, and no claim that lies idle for ever.

Histories show tasks only where somebody asks something of them, so this judges what a status or a silence proves: what
else has a due time (a question to a department, a message to check) is left to the case's own breaches.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.complaint.policy import ComplaintPolicy
from domain.deeds import NoticeKind
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.judging import Judge, Measured
from starter.audit.life import Budget, Phase, Stretch
from starter.audit.record import Asked, EventRef, Notice

_MOVED = ("suspend_task", "skip_task", "pause_clock", "extend_clock")
"""With these a due time moves, or a task is gone, and no status shows it."""

_BUDGETS: dict[Promise, Budget] = {
    Promise.TASK_TIME: lambda one: one.policy.complaint.task_times.summarise,
    Promise.FOLLOW_UP: lambda one: one.policy.complaint.clocks.follow_up.within,
}


class WorkPromises:
    """Checks what one life promises about tasks."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.life = judge.life
        self.record = judge.record

    def findings(self) -> Iterator[Finding]:
        """Everything about people's work."""
        for phase in self.life.all.split(lambda one: one.status):
            if phase.first.status == "resolved":
                yield from self.wrap_up(phase)
        yield from self.idle_claims()

    def wrap_up(self, phase: Phase) -> Iterator[Finding]:
        """What is resolved is summed up in time; if it stays open after that, somebody follows up in time."""
        end = min([phase.end, *(one.at for one in self.record.ended if one.at >= phase.start)])
        if any(phase.start <= one.at <= end for one in self.record.asked_for(*_MOVED)):
            return
        completed = (one for one in self.record.asked_for("complete_task") if phase.start <= one.at <= end)
        forms = [(one.at, one.content["form"]) for one in completed]
        summed_up = [at for at, form in forms if "summary" in form]
        yield self._judged(Promise.TASK_TIME, ClockKind.TASK_DUE, phase, phase.start, min([end, *summed_up]))
        done = [at for at, form in forms if "summary" in form or "root_cause" in form]
        highest = max((stay.tier for stay in self.life.stays if stay.start < phase.start), default=1)
        tasks = 2 if highest >= phase.first.policy.complaint.top_tier else 1
        if len(done) >= tasks and end > done[tasks - 1]:
            yield self._judged(Promise.FOLLOW_UP, ClockKind.FOLLOW_UP, phase, done[tasks - 1], end)

    def _judged(self, promise: Promise, kind: ClockKind, phase: Phase, start: Instant, end: Instant) -> Finding:
        events = self.judge.events_around(phase)
        about = f"time of the {'follow-up' if kind is ClockKind.FOLLOW_UP else 'summary'}"
        measured = Measured(promise, kind, start, end, _BUDGETS[promise], about, events, phase.tier)
        due = self.judge.due(measured, end)
        # Other tasks have such clocks too: this one's breach is the one of the moment in which its time ran out.
        breaches = [one for one in self.record.breaches(kind) if due is not None and one.at >= due]
        return self.judge.judge(measured, breaches[0] if breaches else None)

    def idle_claims(self) -> Iterator[Finding]:
        """A claim after which nobody asks anything of the case goes back to its queue, and its owner is told."""
        for number, claim in enumerate(self.record.asked):
            stay = next((one for one in self._stays() if one.start <= claim.at < one.end), None)
            if claim.verb != "claim_task" or stay is None:
                continue
            after = [one.at for one in self.record.asked[number + 1 :]]
            end = min([stay.end, *after])
            task, tier = str(claim.content["task_id"]), stay.tier
            about = f"claim of {task} in tier {tier}" if tier else f"claim of {task}"
            measured = Measured(
                Promise.IDLE_CLAIM,
                ClockKind.CLAIM_IDLE,
                claim.at,
                end,
                _idle_at_most(tier),
                about,
                (claim.event,),
                tier,
            )
            due = self.judge.due(measured, end)
            if due is None or end - due <= self.judge.tolerance:
                continue
            told = [one for one in self._given_back(task) if one.at > claim.at][:1]
            late = self.judge.lateness(ClockKind.CLAIM_IDLE, due, told[0].at if told else end)
            if late <= self.judge.tolerance:
                yield self.judge.found(measured, Verdict.KEPT, f"{about} lay idle and went back", _events(claim, told))
            else:
                broken = f"{about} lay idle and did not go back in time"
                yield self.judge.found(measured, Verdict.BROKEN, broken, _events(claim, told), late)

    def _stays(self) -> list[Phase]:
        """Times in which a task surely stays with whoever claimed it: in one tier, or where there are none, status."""
        if self.record.subject.has_tiers:
            return self.life.stays
        return self.life.all.split(lambda one: one.status)

    def _given_back(self, task: str) -> list[Notice]:
        back = [one for one in self.record.notices if one.order.notice is NoticeKind.HANDOVER and ":idle:" in one.key]
        return [one for one in back if one.order.about.startswith(f"task {task} ")]


def _idle_at_most(tier: int) -> Budget:
    """A task keeps the idle time of the tier that offered it, which no later than now was this one or one below."""

    def idle(one: Stretch) -> Span:
        if isinstance(one.rules, ComplaintPolicy):
            return max(one.rules.tiers[number].claim_idle for number in range(1, tier + 1))
        return one.rules.claim_idle

    return idle


def _events(claim: Asked, told: list[Notice]) -> tuple[EventRef, ...]:
    """The events of a claim and of what its owner was told."""
    return (claim.event, *(event for notice in told for event in notice.events))
