"""The promises about effects: told who must be told, nothing dropped, nothing twice, money once, one ending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from domain.deeds import NoticeKind
from domain.sla.rules import ClockKind, StepAction
from domain.templates import TemplateName
from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.life import Life
from starter.audit.record import Asked, Effect, Ended, EventRef, Letter, Notice
from starter.audit.subjects import ENDINGS

_RESOLVED_THEN_CLOSED = (TemplateName.RESOLVED, TemplateName.CLOSED)


class EffectPromises:
    """Checks the effects of one life."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.record = life.record

    def findings(self) -> Iterator[Finding]:
        """Everything about effects."""
        if self.record.subject.has_tiers:
            yield from self.handovers()
            yield from self.climbs()
        yield from self.compensations()
        yield from self.deliveries()
        yield self.once()
        yield from self.endings()

    # Escalation is a handover.

    def handovers(self) -> Iterator[Finding]:
        """Whoever's case changes tier is told, and the team that takes over too."""
        letters = [one for one in self.record.letters if one.template is TemplateName.ESCALATED]
        notices = [one for one in self.record.notices if one.order.notice is NoticeKind.HANDOVER]
        for former, stay in pairwise(self.life.stays):
            if former.end != stay.start:
                continue  # closed in between and opened again: no handover
            told = [one for one in letters if one.at >= stay.start and one.order.words.get("tier") == stay.tier]
            team = [one for one in notices if one.at >= stay.start and f":handover-{stay.tier}:" in one.key]
            letters = [one for one in letters if one not in told[:1]]
            notices = [one for one in notices if one not in team[:1]]
            verdict = Verdict.KEPT if told and team else Verdict.BROKEN
            missing = [who for who, found in (("the customer", told), ("the new team", team)) if not found]
            about = f"tier {former.tier} to tier {stay.tier}{''.join(f', {who} not told' for who in missing)}"
            events = _events((*told[:1], *team[:1]))
            yield self._found(Promise.HANDOVER, verdict, about, events, stay.tier)

    def climbs(self) -> Iterator[Finding]:
        """Who is not satisfied, and whose agent asks for it, goes up one tier if there is one."""
        for asked in self.record.asked_for("answer_solution", "escalate"):
            if asked.verb == "answer_solution" and asked.content.get("satisfied"):
                continue
            tier = self.life.at(asked.at - 1).tier
            if tier == self.life.at(asked.at).policy.complaint.top_tier:
                continue
            climbed = any(stay.start == asked.at and stay.tier > tier for stay in self.life.stays)
            verdict = Verdict.KEPT if climbed else Verdict.BROKEN
            about = f"{asked.verb.replace('_', ' ')} at tier {tier}: {'climbed' if climbed else 'did not climb'}"
            yield self._found(Promise.HANDOVER, verdict, about, (asked.event,), tier)

    # Guarantees with teeth.

    def compensations(self) -> Iterator[Finding]:
        """For each missed guarantee one compensation; none without a cause."""
        owed = {f"{self.record.case_id}:{notice.clock}": notice for notice in self._guaranteed()}
        for key, notice in owed.items():
            grants = [one for one in self.record.grants if one.key == key]
            paid = [one for one in grants if one.completed or self.record.running]
            verdict = Verdict.KEPT if len(paid) == 1 else Verdict.BROKEN
            about = f"{notice.clock} was guaranteed and missed: compensated {len(paid)} times"
            yield self._found(Promise.COMPENSATION, verdict, about, _events((notice, *grants)), self._tier(notice))
        for grant in self.record.grants:
            if grant.key not in owed and not self._is_goodwill(grant.key):
                about = f"{grant.key} was granted though no guarantee was missed"
                yield self._found(Promise.COMPENSATION, Verdict.BROKEN, about, grant.events, self._tier(grant))

    def _guaranteed(self) -> Iterator[Notice]:
        for kind in ClockKind:
            for notice in self.record.breaches(kind):
                rule = self.life.at(notice.at).rule(kind)
                at_once = any(step.do is StepAction.COMPENSATE and step.at == 1 for step in rule.steps)
                if rule.guarantee and at_once:
                    yield notice

    def _is_goodwill(self, key: str) -> bool:
        offered = any(asked.content["form"].get("goodwill") for asked in self.record.asked_for("complete_task"))
        return ":goodwill_granted:" in key and offered

    # Nothing dropped, nothing twice.

    def deliveries(self) -> Iterator[Finding]:
        """Each message arrives over one of its channels, or a person is told that it did not."""
        by_key: dict[str, list[Letter]] = defaultdict(list)
        for letter in self.record.letters:
            by_key[letter.key].append(letter)
        alarms = {notice.key for notice in self.record.notices if notice.order.notice is NoticeKind.ALARM}
        for key, attempts in by_key.items():
            last = attempts[-1]
            if any(one.delivered for one in attempts):
                verdict, how = Verdict.KEPT, "arrived"
            elif alarms & {f"{key}:failed", f"{key}:unknown"}:
                verdict, how = Verdict.MISSED, "did not surely arrive; a person was told"
            elif self.record.running and last.settled is None:
                continue
            else:
                verdict, how = Verdict.BROKEN, "did not arrive, and nobody was told"
            yield self._found(Promise.DELIVERY, verdict, f"{key} {how}", _events(attempts), self._tier(last))

    def once(self) -> Finding:
        """No key has two effects."""
        done: dict[tuple[str, str], list[Effect]] = defaultdict(list)
        for effect in (*self.record.letters, *self.record.notices, *self.record.grants):
            if effect.delivered if isinstance(effect, Letter) else effect.completed:
                done[type(effect).__name__.lower(), effect.key].append(effect)
        twice = {name: effects for name, effects in done.items() if len(effects) > 1}
        if not twice:
            return self._found(Promise.ONCE, Verdict.KEPT, f"{len(done)} effects, each once", ())
        about = "; ".join(f"{kind} {key} happened {len(effects)} times" for (kind, key), effects in twice.items())
        events = _events(effect for effects in twice.values() for effect in effects)
        return self._found(Promise.ONCE, Verdict.BROKEN, about, events)

    # One ending.

    def endings(self) -> Iterator[Finding]:
        """A case ends once, and again only if it was opened again; each time as the customer was told."""
        for ended in self.record.ended:
            if ended.how != "completed":
                about = f"the run ended as {ended.how}"
                yield self._found(Promise.ENDING, Verdict.BROKEN, about, (ended.event,))
        due = self._due_endings()
        if not due:
            return
        letters = [one for one in self.record.letters if one.template in ENDINGS]
        told = [template for _, template in dict.fromkeys((one.key, one.template) for one in letters)]
        # A supervisor may close a case that is resolved already, and then the customer has been told of both.
        said = [one for one, then in pairwise([*told, None]) if (one, then) != _RESOLVED_THEN_CLOSED]
        right = said == due and self._told_the_outcome(letters)
        about = f"ended as {', '.join(due)}"
        if not right:
            about = f"{about}; the customer was told: {', '.join(told) or 'nothing'}"
        events = (*_events(letters), *(one.event for one in self.record.ended))
        yield self._found(Promise.ENDING, Verdict.KEPT if right else Verdict.BROKEN, about, events)

    def _due_endings(self) -> list[TemplateName]:
        """What the customer must have been told, in order: of each end, and of a solution before it was too late."""
        turns: list[Asked | Ended] = [
            asked
            for asked in self.record.asked_for("reopen", "complete_task")
            if asked.verb == "reopen" or asked.content["form"].get("reopen") is True
        ]
        turns = sorted((*turns, *self.record.ended), key=lambda turn: turn.at)
        due: list[TemplateName] = []
        if told_in := self.record.subject.told_in:
            phases = self.life.all.split(lambda one: one.status)
            told = [told_in[phase.first.status] for phase in phases if phase.first.status in told_in]
            return list(dict.fromkeys(told))
        if self._never_told():
            return []
        endings = self.record.subject.endings
        for before, turn in pairwise([None, *turns]):
            if isinstance(turn, Ended):
                due += [endings[turn.outcome]] if turn.outcome in endings else []
            elif not isinstance(before, Ended):
                due.append(TemplateName.RESOLVED)
        if self.record.running and self.life.all.stretches[-1].status == "resolved":
            due.append(TemplateName.RESOLVED)
        return due

    def _never_told(self) -> bool:
        """Whether a customer who had asked nothing does not know of the case at all."""
        told = self.record.subject.told_first
        return told is not None and not any(one.template is told[1] for one in self.record.letters)

    def _told_the_outcome(self, letters: list[Letter]) -> bool:
        """Where the last letter names what it came to, that is what the case ended as."""
        named = letters[-1].order.words.get(self.record.subject.names_outcome) if letters else None
        return named is None or not self.record.ended or named == self.record.ended[-1].outcome

    def _tier(self, effect: Effect) -> int:
        return self.life.at(effect.at).tier

    def _found(
        self, promise: Promise, verdict: Verdict, about: str, events: tuple[EventRef, ...], tier: int | None = None
    ) -> Finding:
        return Finding(self.record.case_id, promise, verdict, about, events, tier)


def _events(effects: Iterable[Effect]) -> tuple[EventRef, ...]:
    return tuple(event for effect in effects for event in effect.events)
