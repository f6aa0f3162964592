"""Open time: a working calendar compiled to intervals, and the arithmetic of spans on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, model_validator

from domain.sla.spans import DAY, Instant, Span

WEEK: Span = 7 * DAY


class _OpenTime(NamedTuple):
    """Prefix sums over the windows, all in milliseconds.

    `before[i]` is the open time from the first opening to `opens[i]`, `through[i]` that to `closes[i]`. The
    first week holds `head` of open time, the last week `tail`.
    """

    opens: tuple[Instant, ...]
    closes: tuple[Instant, ...]
    before: tuple[Span, ...]
    through: tuple[Span, ...]
    head: Span = 0
    tail: Span = 0

    def until(self, at: Instant) -> Span:
        """Open time from the first opening to `at`, for windows that do not repeat."""
        index = bisect_right(self.opens, at) - 1
        return self.before[index] + min(at, self.closes[index]) - self.opens[index] if index >= 0 else 0


class WorkingCalendar(BaseModel):
    """When somebody works, compiled: no zone rules and no holidays are needed to count with it.

    `opens` and `closes` are epoch seconds in UTC, sorted, disjoint and merged where they touch; a window is
    open at its opening and closed at its closing. Before the first opening the first seven days repeat, after
    the last closing the last seven. `zone` is the IANA zone the windows were written in, for showing them.
    With `always` every instant is open and there are no windows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    zone: str
    always: bool = False
    opens: tuple[int, ...] = ()
    closes: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _windows_in_order(self) -> WorkingCalendar:
        if self.always and (self.opens or self.closes):
            raise ValueError("expected no windows in a calendar that is always open")
        if not self.always and not self.opens:
            raise ValueError("expected some open time")
        if len(self.opens) != len(self.closes):
            raise ValueError("expected one closing for each opening")
        edges = list(chain.from_iterable(zip(self.opens, self.closes, strict=True)))
        if any(earlier >= later for earlier, later in pairwise(edges)):
            raise ValueError("expected windows that are sorted, disjoint and merged where they touch")
        return self

    def add(self, start: Instant, span: Span) -> Instant:
        """The earliest instant by which `span` ms of open time have passed since `start`, both in ms.

        Counting starts at the next opening when `start` is closed; a span that is used up exactly at a
        closing ends there, not at the next opening. A span of 0 (or less) ends at `start`.
        """
        if span <= 0:
            return start
        return start + span if self.always else self._reached(self._passed(start) + span)

    def between(self, start: Instant, end: Instant) -> Span:
        """Open time from `start` to `end` in ms; 0 when `end` is not after `start`."""
        if end <= start:
            return 0
        return end - start if self.always else self._passed(end) - self._passed(start)

    def next_open(self, at: Instant) -> Instant:
        """The first open instant that is not before `at`, in ms: `at` itself when it is open."""
        return at if self.always else self._left(self._passed(at))

    def is_open(self, at: Instant) -> bool:
        """Whether time counts at `at` (ms)."""
        return self.next_open(at) == at

    @cached_property
    def _sums(self) -> _OpenTime:
        opens = tuple(second * 1000 for second in self.opens)
        closes = tuple(second * 1000 for second in self.closes)
        through = tuple(accumulate(close - start for start, close in zip(opens, closes, strict=True)))
        once = _OpenTime(opens, closes, (0, *through[:-1]), through)
        return once._replace(head=once.until(opens[0] + WEEK), tail=through[-1] - once.until(closes[-1] - WEEK))

    def _passed(self, at: Instant) -> Span:
        """Open time from the first opening to `at`; it never falls, and before that opening is negative."""
        sums = self._sums
        first, last = sums.opens[0], sums.closes[-1]
        if at < first:
            weeks = -((at - first) // WEEK)
            return sums.until(at + weeks * WEEK) - weeks * sums.head
        if at > last:
            weeks = -((last - at) // WEEK)
            return sums.until(at - weeks * WEEK) + weeks * sums.tail
        return sums.until(at)

    def _reached(self, passed: Span) -> Instant:
        """The earliest instant by which this much time has passed: the inverse that prefers closings."""
        sums, weeks = self._sums, 0
        if passed <= 0:
            weeks = passed // sums.head - (passed % sums.head == 0)
            passed -= weeks * sums.head
        elif passed > sums.through[-1]:
            weeks = -((sums.through[-1] - passed) // sums.tail)
            passed -= weeks * sums.tail
        index = bisect_left(sums.through, passed)
        return sums.opens[index] + passed - sums.before[index] + weeks * WEEK

    def _left(self, passed: Span) -> Instant:
        """The latest instant until which no more than this has passed: the inverse that prefers openings."""
        sums, weeks = self._sums, 0
        if passed < 0:
            weeks = passed // sums.head
            passed -= weeks * sums.head
        elif passed >= sums.through[-1]:
            weeks = (passed - sums.through[-1]) // sums.tail + 1
            passed -= weeks * sums.tail
        index = bisect_right(sums.before, passed) - 1
        return sums.opens[index] + passed - sums.before[index] + weeks * WEEK
