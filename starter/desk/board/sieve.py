"""Sifting the board: which cases somebody wants to see of all that are open, and how many there are of each sort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from domain.attention import DUE_SOON, Awaits
from domain.catalog import CASE_TYPES
from domain.people import Channel
from domain.sla.spans import Instant
from readmodel.board import Cell
from readmodel.rows import CasesWanted

Dimension: TypeAlias = Literal["tier", "team", "channel", "case_type"]
DIMENSIONS: tuple[Dimension, ...] = ("tier", "team", "channel", "case_type")


class Sight(StrEnum):
    """What a supervisor looks for."""

    AT_RISK = "at_risk"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    BREACHED = "breached"
    UNASSIGNED = "unassigned"
    ALL = "all"


@dataclass(frozen=True)
class Sieve:
    """Which open cases the board lists; what is None is not asked about."""

    sight: Sight = Sight.AT_RISK
    tier: int | None = None
    team: str | None = None
    channel: str | None = None
    case_type: str | None = None
    awaits: Awaits | None = None

    def holds(self, cell: Cell) -> bool:
        """Whether it keeps these cases, whatever it looks for among them."""
        return (
            self.tier in (None, cell.tier)
            and (self.team is None or self.team in cell.teams)
            and self.channel in (None, cell.channel)
            and self.case_type in (None, cell.case_type)
            and self.awaits in (None, cell.awaits)
        )

    def but(self, **changed: Any) -> dict[str, str]:
        """The query of a link to a board that is sifted otherwise in this."""
        asked = replace(self, **changed)
        return {name: str(value) for name, value in vars(asked).items() if value is not None}

    def wanted(self, at: Instant, teams: tuple[str, ...] | None, cursor: str | None) -> CasesWanted:
        """The page of cases that it lists, of those that somebody may see."""
        return CasesWanted(
            open=True,
            type=self.case_type,
            tier=self.tier,
            team=self.team,
            teams=teams,
            channel=self.channel,
            awaits=Awaits.QUEUE if self.sight is Sight.UNASSIGNED else self.awaits,
            breached=True if self.sight is Sight.BREACHED else None,
            at_risk_by=at if self.sight is Sight.AT_RISK else None,
            due_by=at + DUE_SOON if self.sight is Sight.DUE_SOON else None,
            overdue_at=at if self.sight is Sight.OVERDUE else None,
            cursor=cursor,
        )


def sieve_of(asked: Mapping[str, str], teams: Iterable[str]) -> Sieve:
    """What a query asks for; what means nothing is left alone, so that an old link still shows a board."""
    tier, known = asked.get("tier", ""), {*teams}
    return Sieve(
        sight=_one_of(asked.get("sight"), Sight, Sight.AT_RISK),
        tier=int(tier) if tier.isdecimal() and len(tier) < 4 else None,
        team=asked.get("team") if asked.get("team") in known else None,
        channel=_one_of(asked.get("channel"), Channel, None),
        case_type=asked.get("case_type") if asked.get("case_type") in CASE_TYPES else None,
        awaits=_one_of(asked.get("awaits"), Awaits, None),
    )


def _one_of(value: str | None, known: type[StrEnum], otherwise: Any) -> Any:
    return known(value) if value is not None and value in {*known} else otherwise


@dataclass(frozen=True)
class Tally:
    """How many cases there are, and how many of them want to be looked at."""

    all: int = 0
    at_risk: int = 0
    due_soon: int = 0
    overdue: int = 0
    breached: int = 0
    unassigned: int = 0

    def of(self, sight: Sight) -> int:
        """How many that look finds."""
        found: int = getattr(self, sight.value)
        return found


def tally(cells: Iterable[Cell]) -> Tally:
    """Count what stands in cells."""
    found = [*cells]
    return Tally(
        all=sum(cell.count for cell in found),
        at_risk=sum(cell.count for cell in found if cell.at_risk),
        due_soon=sum(cell.count for cell in found if cell.due_soon),
        overdue=sum(cell.count for cell in found if cell.overdue),
        breached=sum(cell.count for cell in found if cell.breached),
        unassigned=sum(cell.count for cell in found if cell.awaits is Awaits.QUEUE),
    )


def awaited(cells: Iterable[Cell], sieve: Sieve) -> dict[Awaits, int]:
    """How many cases wait on whom, whomever the sieve asks about."""
    kept = [cell for cell in cells if replace(sieve, awaits=None).holds(cell)]
    counts = {one: sum(cell.count for cell in kept if cell.awaits is one) for one in Awaits}
    return {one: count for one, count in counts.items() if count}


def parted(cells: Iterable[Cell], sieve: Sieve, dimension: Dimension) -> dict[str, Tally]:
    """The same by tier, team, channel or type, whatever the sieve asks of it; a case may have several teams."""
    others: dict[str, Any] = {dimension: None}
    whole, parts = replace(sieve, **others), dict[str, list[Cell]]()
    for cell in cells:
        if whole.holds(cell):
            for value in _values(cell, dimension):
                parts.setdefault(value, []).append(cell)
    return {value: tally(parts[value]) for value in sorted(parts)}


def _values(cell: Cell, dimension: Dimension) -> tuple[str, ...]:
    if dimension == "team":
        return cell.teams
    value = getattr(cell, dimension)
    return () if value is None else (str(value),)
