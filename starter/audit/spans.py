"""Legs of a case: what has a time of its own while the case stands in certain statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from starter.audit.life import Phase
from starter.audit.record import CaseRecord


class Between(NamedTuple):
    """From when to when a leg lasted."""

    start: Instant
    end: Instant


def as_long_as_it_stands(record: CaseRecord, phase: Phase) -> Iterator[Between]:
    """The leg lasts as long as the statuses do."""
    yield Between(phase.start, phase.end)


class Leg(NamedTuple):
    """One leg.

    Attributes:
        statuses: where the case stands meanwhile, one after the other.
        spans: the times in such a phase during which the clock runs.
        acts: when its time is over the case goes on by itself; otherwise the miss is put on record.
    """

    kind: ClockKind
    statuses: frozenset[str]
    spans: Callable[[CaseRecord, Phase], Iterator[Between]] = as_long_as_it_stands
    acts: bool = False
