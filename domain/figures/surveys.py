"""What customers thought of it when it was over, as figures: satisfied (CSAT), would recommend us (NPS), easy (CES)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.figures.facts import SATISFIED_FROM
from domain.figures.figures import Figure, Unit, measured
from domain.figures.targets import FigureTargets

PROMOTES_FROM, DETRACTS_UP_TO = 9, 6
"""On the scale from 0 to 10; who is between recommends us to nobody and warns nobody."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the same three answers were given; what was left out is None."""

    csat: int | None
    nps: int | None
    ces: int | None
    count: int


def survey_figures(tallies: Iterable[Tally], targets: FigureTargets) -> Iterator[Figure]:
    """The figures: a part of one, from -100 to 100, and an average from 1 to 7; None without answers."""
    known = list(tallies)
    csat = [(one.csat, one.count) for one in known if one.csat is not None]
    nps = [(one.nps, one.count) for one in known if one.nps is not None]
    ces = [(one.ces, one.count) for one in known if one.ces is not None]
    satisfied = sum(n for score, n in csat if score >= SATISFIED_FROM)
    yield _figure("survey_satisfied", Unit.SHARE, csat, satisfied, targets.csat)
    promoters = sum(n for score, n in nps if score >= PROMOTES_FROM)
    detractors = sum(n for score, n in nps if score <= DETRACTS_UP_TO)
    yield _figure("recommend", Unit.SCORE, nps, 100 * (promoters - detractors), targets.nps)
    yield _figure("effort", Unit.SCORE, ces, sum(score * n for score, n in ces))


def _figure(name: str, unit: Unit, answers: list[tuple[int, int]], total: int, target: float | None = None) -> Figure:
    count = sum(n for _, n in answers)
    return measured(name, unit, count, total / count if count else None, target)
