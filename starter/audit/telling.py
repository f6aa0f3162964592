"""Who has asked nothing and is told all the same: at once, before anything is done, and before they have to ask."""

from __future__ import annotations

from collections.abc import Iterator

from domain.sla.rules import ClockKind
from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.judging import Judge
from starter.audit.life import Phase
from starter.audit.record import EventRef, Letter


class TellingFirst:
    """Checks in one life that the customer heard of the problem from us."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.life = judge.life
        self.record = judge.record

    def findings(self) -> Iterator[Finding]:
        """The letter that says what is wrong, if the case ever came so far that somebody had to be told."""
        status, template = self.record.subject.told_first or (None, None)
        known = [phase for phase in self.life.all.split(lambda one: one.status) if phase.first.status == status]
        if known:
            letters = [one for one in self.record.letters if one.template is template]
            yield self._told(known[0], min(letters, key=lambda one: one.at, default=None))

    def _told(self, known: Phase, letter: Letter | None) -> Finding:
        events = self.judge.events_around(known)
        if letter is None:
            return self._found(Verdict.BROKEN, "nobody told the customer of the problem", events)
        events = tuple(dict.fromkeys((*events, *letter.events)))
        late = self.judge.lateness(ClockKind.STATUS_UPDATE, known.start, letter.at)
        if late > self.judge.tolerance:
            return self._found(Verdict.BROKEN, "the customer was not told of the problem at once", events, late)
        done = [one for one in self.record.steps if one.changes_something and one.scheduled < letter.scheduled]
        if done:
            about = f"{done[0].do} was done before the customer was told of the problem"
            return self._found(Verdict.BROKEN, about, (*events, *done[0].events))
        asked = next((one for one in self.record.asked_for("customer_reply") if one.at < letter.arrived_at), None)
        if asked:
            return self._found(Verdict.MISSED, "the customer asked first", (*events, asked.event))
        return self._found(Verdict.KEPT, "the customer was told of the problem before they asked", events)

    def _found(self, verdict: Verdict, about: str, events: tuple[EventRef, ...], late: int = 0) -> Finding:
        return Finding(self.record.case_id, Promise.TOLD_FIRST, verdict, about, events, None, late)
