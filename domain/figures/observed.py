"""Promises as a timeline shows them, without asking what was allowed: who waited for what, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.catalog import COMPLAINT
from domain.complaint.machine import UNRESOLVED
from domain.complaint.tasks import DEPARTMENT
from domain.figures.line import number, word
from domain.people import SYSTEM
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.timeline import Entry

WATCHED = (ClockKind.TIER, ClockKind.FIRST_RESPONSE, ClockKind.TASK_DUE)
"""What people keep or miss. Updates go out by themselves in time for whatever a policy says."""

_OVER = frozenset(COMPLAINT.over)


class Stretch(NamedTuple):
    """A part of a promise's time in which nothing changed; `held` by a person, whatever a policy says."""

    start: Instant
    end: Instant
    status: str
    held: bool


@dataclass
class Observed:
    """A promise from its beginning to its end.

    Attributes:
        kind: of its clock.
        of: the tier, the channel, or the kind of task.
        name: of its clock or its task, on the timeline.
        since: when it began.
        ended: whether it was over when the timeline ended.
        cut_off: it ended because its time was over: nobody knows how long it would have gone on.
        given_up: the case was closed, withdrawn or merged before anybody had a solution.
        broken: that it was broken is on the timeline.
        priority: of the case, at the end.
        extended: by a supervisor, milliseconds.
        held: by a person, at present.
        stretches: its time, in order.
    """

    kind: ClockKind
    of: str
    name: str
    since: Instant
    priority: str
    ended: bool = False
    cut_off: bool = False
    given_up: bool = False
    broken: bool = False
    extended: Span = 0
    held: bool = False
    stretches: list[Stretch] = field(default_factory=list)


@dataclass
class Watch:
    """A case whose promises are being watched."""

    channel: str
    priority: str
    status: str = "received"
    at: Instant = 0
    tiers: int = 0
    under_way: list[Observed] = field(default_factory=list)

    def begin(self, entry: Entry, kind: ClockKind, of: str, name: str) -> None:
        """From here on somebody waits for something; promises of the beginning count from the opening."""
        promise = Observed(kind, of, name, entry.at, self.priority)
        if entry.at < self.at:
            promise.stretches.append(Stretch(entry.at, self.at, self.status, held=False))
        self.under_way.append(promise)

    def named(self, name: str | None) -> list[Observed]:
        return [one for one in self.under_way if one.name == name]

    def move_to(self, at: Instant) -> None:
        """Let time pass in which nothing changed."""
        for one in self.under_way:
            if at > max(self.at, one.since):
                one.stretches.append(Stretch(max(self.at, one.since), at, self.status, one.held))
        self.at = max(at, self.at)

    def end(self, *kinds: ClockKind, name: str | None = None) -> Iterator[Observed]:
        """What ends now; of these kinds, or of one name."""
        for one in [*self.under_way]:
            if one.kind in kinds and name in (None, one.name):
                one.ended = True
                self.under_way.remove(one)
                yield one


def observed(entries: Iterable[Entry], channel: str, priority: str, now: Instant) -> Iterator[Observed]:
    """The promises of a case, as they end; those that have not ended last.

    Args:
        entries: its timeline, from the first line on.
        channel: by which it came.
        priority: that it began with.
        now: up to when what has not ended is watched.
    """
    watch = Watch(channel, priority)
    for entry in entries:
        watch.move_to(entry.at)
        yield from _read(watch, entry)
    watch.move_to(now)
    yield from watch.under_way


def _read(watch: Watch, entry: Entry) -> Iterator[Observed]:
    what = entry.what
    if what in _CHANGES:
        _CHANGES[what](watch, entry)
    elif what == "tier_entered":
        yield from _enter_tier(watch, entry)
    elif what in ("message_delivered", "contact_made"):
        if what == "contact_made" or entry.by != SYSTEM.id:
            yield from watch.end(ClockKind.FIRST_RESPONSE)
    elif what in ("task_completed", "task_withdrawn", "task_skipped"):
        yield from watch.end(ClockKind.TASK_DUE, name=word(entry, "task"))
    elif what == "status_changed":
        yield from _change_status(watch, entry)
    elif what == "case_ended":
        yield from watch.end(*WATCHED)


def _enter_tier(watch: Watch, entry: Entry) -> Iterator[Observed]:
    for former in watch.end(ClockKind.TIER):
        former.cut_off = former.broken
        yield former
    watch.tiers += 1
    watch.begin(entry, ClockKind.TIER, str(number(entry, "tier")), f"{ClockKind.TIER}:{watch.tiers}")


def _change_status(watch: Watch, entry: Entry) -> Iterator[Observed]:
    was_open = watch.status in {*UNRESOLVED}
    watch.status = word(entry, "status") or watch.status
    if was_open and watch.status not in {*UNRESOLVED}:
        for one in watch.end(ClockKind.TIER, ClockKind.FIRST_RESPONSE):
            one.given_up = one.kind is ClockKind.TIER and watch.status in _OVER
            yield one


def _receive(watch: Watch, entry: Entry) -> None:
    watch.at = entry.at
    watch.begin(entry, ClockKind.FIRST_RESPONSE, watch.channel, f"{ClockKind.FIRST_RESPONSE}:1")


def _offer(watch: Watch, entry: Entry) -> None:
    # How long a department has may be said in the question.
    if (kind := word(entry, "kind") or "") != DEPARTMENT:
        watch.begin(entry, ClockKind.TASK_DUE, kind, word(entry, "task") or "")


def _breach(watch: Watch, entry: Entry) -> None:
    for one in watch.named(word(entry, "clock")):
        one.broken = True


def _extend(watch: Watch, entry: Entry) -> None:
    for one in watch.named(word(entry, "clock")):
        one.extended += number(entry, "by_ms") or 0


def _hold(watch: Watch, entry: Entry) -> None:
    for one in (*watch.named(word(entry, "clock")), *watch.named(word(entry, "task"))):
        one.held = entry.what in ("clock_paused", "task_suspended")


def _prioritise(watch: Watch, entry: Entry) -> None:
    watch.priority = word(entry, "priority") or watch.priority
    for one in watch.under_way:
        one.priority = watch.priority


_CHANGES = {
    "received": _receive,
    "task_offered": _offer,
    "breached": _breach,
    "clock_extended": _extend,
    "clock_paused": _hold,
    "clock_resumed": _hold,
    "task_suspended": _hold,
    "task_resumed": _hold,
    "priority_changed": _prioritise,
}
