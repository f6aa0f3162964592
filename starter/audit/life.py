"""A case's life as stretches in which nothing that clocks depend on changed, and the time used up in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from domain.complaint.policy import ComplaintPolicy
from domain.policy import Policy
from domain.shop_case.policy import ShopCasePolicy
from domain.sla.rules import ClockKind, ClockRule, FixedBudgetRule
from domain.sla.spans import Instant, Span, parse_span
from starter.audit.record import Absorbed, Asked, CaseRecord, Informed, Shown


@dataclass(frozen=True)
class Stretch:
    """From `start` to `end` the case stood like this; `unresolved`: the customer still waited for something.

    `informed_elsewhere`: a complaint that the case came out of told the customer regularly how things stand.
    """

    start: Instant
    end: Instant
    status: str
    tier: int
    priority: str
    policy: Policy
    rules: ComplaintPolicy | ShopCasePolicy
    unresolved: bool
    informed_elsewhere: bool = False

    def rule(self, kind: ClockKind) -> ClockRule:
        """What the policy in force says about such clocks."""
        return self.rules.clocks.rule(kind)

    def runs(self, kind: ClockKind) -> bool:
        """Whether such a clock consumes time while the case stands like this."""
        if self.informed_elsewhere and kind is ClockKind.STATUS_UPDATE:
            return False
        return self.status not in self.rule(kind).pauses_on


Budget = Callable[[Stretch], Span]


@dataclass(frozen=True)
class Phase:
    """A part of the life: consecutive stretches."""

    stretches: tuple[Stretch, ...]

    @property
    def start(self) -> Instant:
        return self.stretches[0].start

    @property
    def end(self) -> Instant:
        return self.stretches[-1].end

    @property
    def first(self) -> Stretch:
        return self.stretches[0]

    @property
    def tier(self) -> int:
        """The tier in which it began."""
        return self.first.tier

    def split(self, key: Callable[[Stretch], object]) -> list[Phase]:
        """The phases of constant `key`."""
        return [Phase(tuple(group)) for _, group in groupby(self.stretches, key)]


class Life:
    """The stretches of a case, and the ledger that they make."""

    def __init__(self, record: CaseRecord, policies: Mapping[str, Policy]) -> None:
        self.record = record
        self.all = Phase(tuple(_stretches(record, policies)))
        self.unresolved = [phase for phase in self.all.split(lambda one: one.unresolved) if phase.first.unresolved]
        self.waiting = [self._until_known(phase) for phase in self.unresolved]
        self.stays = [stay for phase in self.unresolved for stay in phase.split(lambda one: one.tier)]

    def _until_known(self, phase: Phase) -> Phase:
        """The part of a phase in which the customer did not know yet how it ended."""
        letters = (one.at for one in self.record.letters if one.template in self.record.subject.known_by)
        known = min(letters, default=phase.end)
        if not phase.start <= known < phase.end:
            return phase
        return Phase(tuple(replace(one, end=min(one.end, known)) for one in phase.stretches if one.start <= known))

    def runs_out(self, kind: ClockKind, start: Instant, end: Instant, budget: Budget) -> Instant | None:
        """When a clock that starts at `start` has used up its budget, None if not by `end`."""
        used: Span = 0
        for stretch in self.all.stretches:
            last = stretch is self.all.stretches[-1]
            low, high = max(stretch.start, start), end if last else min(stretch.end, end)
            if low > high or not stretch.runs(kind) or self._held(kind, start, stretch.start):
                continue
            calendar = stretch.policy.calendars[stretch.rule(kind).calendar]
            allowed = budget(stretch) + self._extended(kind, start, stretch.start)
            for left in self._carried_over(kind, start, stretch):
                used = max(used, allowed - left)
            due = calendar.add(low, allowed - used)
            if due <= high:
                return due
            used += calendar.between(low, high)
        return None

    def used(self, kind: ClockKind, start: Instant, end: Instant) -> Span:
        """How much time such a clock consumes from `start` to `end`."""
        used: Span = 0
        for stretch in self.all.stretches:
            if stretch.runs(kind):
                calendar = stretch.policy.calendars[stretch.rule(kind).calendar]
                used += calendar.between(max(stretch.start, start), min(stretch.end, end))
        return used

    def _extended(self, kind: ClockKind, start: Instant, by: Instant) -> Span:
        return sum(parse_span(one.content["by"]) for one in self._acts(kind, start, by, "extend_clock"))

    def _held(self, kind: ClockKind, start: Instant, by: Instant) -> bool:
        acts = self._acts(kind, start, by, "pause_clock", "resume_clock")
        return bool(acts) and acts[-1].verb == "pause_clock"

    def _acts(self, kind: ClockKind, start: Instant, by: Instant, *verbs: str) -> list[Asked]:
        """What supervisors did to the clock of this kind that started at `start`."""
        asked = (one for one in self.record.asked_for(*verbs) if start <= one.at <= by)
        return [one for one in asked if str(one.content["clock"]).partition(":")[0] == kind.value]

    def _carried_over(self, kind: ClockKind, start: Instant, stretch: Stretch) -> list[Span]:
        """What a clock has left at the most, from cases that were merged into this one as the stretch began."""
        if stretch.policy.complaint.merge_keeps != "earliest_due":
            return []
        merged = [one for one in self.record.absorbed if one.at == stretch.start and one.at > start]
        return [max(one.left[kind.value], 0) for one in merged if kind.value in one.left]

    def at(self, when: Instant) -> Stretch:
        """How the case stood at an instant."""
        return next((one for one in reversed(self.all.stretches) if one.start <= when), self.all.first)


def fixed(kind: ClockKind) -> Budget:
    """The budget of clocks that have the same for every case."""

    def budget(one: Stretch) -> Span:
        rule = one.rule(kind)
        assert isinstance(rule, FixedBudgetRule)
        return rule.within

    return budget


def _stretches(record: CaseRecord, policies: Mapping[str, Policy]) -> Iterator[Stretch]:
    acts = list(record.asked_for("pause_clock", "resume_clock", "adopt_policy", "extend_clock"))
    told: tuple[Absorbed | Informed, ...] = (*record.absorbed, *record.informed)
    changes: tuple[Shown | Asked | Absorbed | Informed, ...] = (*record.shown, *acts, *told)
    moments = sorted({change.at for change in changes} | {record.until})
    for start, end in pairwise([*moments, record.until]):
        shown = [one for one in record.shown if one.at <= start][-1]
        adopted = [str(act.content["policy"]) for act in acts if act.verb == "adopt_policy" and act.at <= start]
        version = adopted[-1] if adopted else record.arrival.policy
        policy, waits = policies[version], shown.status in record.subject.unresolved
        rules = record.subject.rules(policy)
        elsewhere = [one.elsewhere for one in record.informed if one.at <= start][-1:] == [True]
        yield Stretch(start, end, shown.status, shown.tier, shown.priority, policy, rules, waits, elsewhere)
