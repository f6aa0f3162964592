"""The happenings of a run as turns of the case: what made it move, what it wrote down, what it then had done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel

from domain.sla.spans import Instant
from domain.timeline import Entry
from starter.story.happenings import CAUSES, Happening, Kind


class Turn(BaseModel):
    """One turn of a case.

    Attributes:
        number: of the event with which it began.
        at: the case's own time in it.
        causes: what made it move.
        wrote: the lines that it added to its timeline.
        deeds: what it had done, and what it waits for.
    """

    number: int
    at: Instant
    causes: list[Happening] = []
    wrote: list[Entry] = []
    deeds: list[Happening] = []

    @property
    def silent(self) -> bool:
        """Whether nothing came of it that anybody would want to read."""
        return not (self.wrote or self.deeds or any(cause.kind is not Kind.DONE for cause in self.causes))


def turns(found: Iterable[Happening], timeline: Sequence[Entry]) -> list[Turn]:
    """The turns in order, without silent ones."""
    told = _taken(found)
    _write(told, timeline)
    return [turn for turn in told if not turn.silent]


def _taken(found: Iterable[Happening]) -> list[Turn]:
    told: list[Turn] = []
    waiting: list[Happening] = []
    for happening in found:
        if happening.kind is Kind.TURN:
            told.append(Turn(number=happening.number, at=happening.at, causes=waiting))
            waiting = []
        elif happening.kind is Kind.ASKED and told:
            # What people ask is written down together with what the case did about it, in the turn itself.
            told[-1].causes.append(happening)
        elif happening.kind in CAUSES:
            waiting.append(happening)
        elif told:
            told[-1].deeds.append(happening)
    if waiting:
        told.append(Turn(number=waiting[0].number, at=waiting[0].at, causes=waiting))
    return told


def _write(told: Sequence[Turn], timeline: Sequence[Entry]) -> None:
    """Put each line of the timeline to the turn in which it was written, as far as that is in this run.

    A line has the time of its turn, or an earlier one, such as the arrival of the message that it is about.
    """
    rest = sorted(timeline, key=lambda entry: entry.seq, reverse=True)
    for turn in told:
        while rest and rest[-1].at <= turn.at:
            if rest[-1].at >= told[0].at:
                turn.wrote.append(rest[-1])
            rest.pop()
