"""Teams and people side by side: what each of them did, and how it went."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from domain.figures.facts import Measure
from domain.figures.totals import Sum, Total, summed


class Doing(BaseModel):
    """What a team or a person did in some time; shares and averages are None where there was nothing to measure.

    Attributes:
        who: a team, or a staff id.
        tasks: that were completed.
        task_time: how long one was in hand, milliseconds on average.
        resolved: complaints that their solution resolved.
        first_contact: share of these that were resolved at the first contact.
        responses_in_time: share of first responses.
        satisfied: share of the customers who said so.
        score: their average score.
    """

    model_config = ConfigDict(frozen=True)

    who: str
    tasks: int
    task_time: float | None
    resolved: int
    first_contact: float | None
    responses_in_time: float | None
    satisfied: float | None
    score: float | None


def doings(totals: Iterable[Total]) -> list[Doing]:
    """What each one did, by name."""
    found: dict[str, list[Total]] = {}
    for one in totals:
        if one.who:
            found.setdefault(one.who, []).append(one)
    return [_doing(who, found[who]) for who in sorted(found)]


def _doing(who: str, totals: list[Total]) -> Doing:
    work, resolved = _of(totals, Measure.WORK), _of(totals, Measure.RESOLVED)
    said = _of(totals, Measure.SATISFACTION)
    return Doing(
        who=who,
        tasks=work.count,
        task_time=work.average,
        resolved=resolved.count,
        first_contact=resolved.share,
        responses_in_time=_of(totals, Measure.FIRST_RESPONSE).share,
        satisfied=said.share,
        score=said.average,
    )


def _of(totals: list[Total], measure: Measure) -> Sum:
    return summed(one for one in totals if one.measure is measure)
