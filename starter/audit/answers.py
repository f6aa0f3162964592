"""What a customer is asked: reminded once in time, answered, or closed exactly when the time for an answer is over."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant, Span
from domain.templates import TemplateName
from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.judging import Judge, Measured, step_budget
from starter.audit.life import Phase, Stretch, fixed
from starter.audit.record import EventRef
from starter.audit.subject import Question
from starter.audit.subjects import ENDINGS


class Answers:
    """Checks what the customer was asked in one life."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.life = judge.life
        self.record = judge.record

    def findings(self) -> Iterator[Finding]:
        """Every question and every offered solution."""
        for phase in self.life.unresolved:
            for part in phase.split(lambda one: one.status):
                yield from self.answer(part)

    def answer(self, part: Phase) -> Iterator[Finding]:
        """Who was asked, about a solution or anything else, is reminded; without an answer the case lapses in time."""
        question = self.record.subject.questions.get(part.first.status)
        if question is None:
            return
        kind = question.kind
        asked = [one.at for one in self.record.asked_for("reply") if one.content.get("await_answer")]
        until = self._until(question, part)
        restarts = [when for when in asked if part.start < when < part.end] if kind is ClockKind.CUSTOMER_ANSWER else []
        for start, end in pairwise((part.start, *restarts, until)):
            yield self._lapse(question, start, end, self.judge.events_around(part), part.first.tier)
            yield from self._reminders(kind, question.reminder, start, end, part.first)

    def _until(self, question: Question, part: Phase) -> Instant:
        """When the question was no longer open: answered, or the case had moved on."""
        verbs = (question.answered_by,) if question.answered_by else ()
        answers = (one.at for one in self.record.asked_for(*verbs) if part.start <= one.at <= part.end)
        return min([part.end, *answers])

    def _lapse(
        self, question: Question, start: Instant, end: Instant, events: tuple[EventRef, ...], tier: int
    ) -> Finding:
        kind = question.kind
        about = kind.value.replace("_", " ")
        measured = Measured(Promise.ANSWER, kind, start, end, fixed(kind), about, events, tier)
        late = self._late(question, measured)
        if late > self.judge.tolerance:
            return self.judge.found(measured, Verdict.BROKEN, f"{about}: it did not lapse in time", events, late)
        if not self._lapsed(question, end):
            return self.judge.in_time(measured, f"{about}: answered, or overtaken, in time", events)
        due = self.life.runs_out(kind, start, end + self.judge.tolerance, measured.budget)
        if due is None:
            return self.judge.found(measured, Verdict.BROKEN, f"{about}: closed before its time", events)
        in_time = end - due <= self.judge.tolerance or bool(question.held_up_by)
        verdict = Verdict.KEPT if in_time else Verdict.MISSED
        return self.judge.found(measured, verdict, f"{about}: lapsed", events, end - due)

    def _late(self, question: Question, measured: Measured) -> Span:
        """By how much it lapsed too late; nothing closes a case as long as people have something to do or to keep."""
        due = self.judge.due(measured, measured.end)
        if due is None:
            return 0
        if question.held_up_by:
            kept = sum(1 for _ in self.record.asked_for("keep_promise"))
            if kept < sum(1 for _ in self.record.asked_for("make_promise")):
                return 0
        held_up = (one.at for one in self.record.asked_for(*question.held_up_by) if one.at <= measured.end)
        return self.judge.lateness(measured.kind, max([due, *held_up]), measured.end)

    def _lapsed(self, question: Question, end: Instant) -> bool:
        if self.life.at(end).status not in question.lapsed_in:
            return False
        if question.ending is None:
            return not any(one.at == end for one in self.record.asked_for(question.answered_by or ""))
        after = [one for one in self.record.letters if one.at >= end and one.template in ENDINGS]
        return bool(after) and after[0].template is question.ending and question.says_so(after[0].order.words)

    def _reminders(
        self, kind: ClockKind, template: TemplateName, start: Instant, end: Instant, stretch: Stretch
    ) -> Iterator[Finding]:
        whole = Measured(Promise.ANSWER, kind, start, end, fixed(kind), "", (), stretch.tier)
        for step in stretch.rule(kind).steps:
            if step.do is not StepAction.ASK_AGAIN:
                continue
            due = self.life.runs_out(kind, start, end, step_budget(whole, step))
            if due is None or end - due <= self.judge.tolerance:
                continue
            # After a downtime the customer gets one message and not many: another may carry the reminder's words.
            down = self.record.lag(due, due + self.judge.tolerance, kind, writing=True) >= self.judge.tolerance
            sent = [
                one
                for one in self.record.letters
                if one.at >= due - self.judge.tolerance
                and (one.template is template or down)
                and self.judge.lateness(kind, due, one.at, writing=True) <= self.judge.tolerance
            ]
            verdict = (Verdict.MISSED if down else Verdict.KEPT) if sent else Verdict.BROKEN
            about = f"{kind.value.replace('_', ' ')}: {'asked again' if sent else 'nobody asked again'}"
            yield self.judge.found(whole, verdict, about, sent[0].events if sent else ())
