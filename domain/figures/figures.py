"""The charter's measures beside their targets, out of totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.catalog import COMPLAINT, DELIVERY, ORDER_CHANGE, RETURN
from domain.complaint.tasks import RESOLVE
from domain.figures.facts import Measure
from domain.figures.rules import update_rules
from domain.figures.totals import Sum, Total, summed
from domain.order_change.messages import ChangeOutcome
from domain.people import Channel
from domain.policy import Policy


class Unit(StrEnum):
    """What the value of a figure is: a part of one, milliseconds, a score, or a number of things."""

    SHARE = "share"
    SPAN = "span"
    SCORE = "score"
    COUNT = "count"


class Figure(BaseModel):
    """One measure, of one group where it is given by groups.

    Attributes:
        name: what is measured.
        of: the tier, channel, type of case or kind of clock; None for all together.
        count: how many things it was measured on.
        value: None where there was nothing to measure.
        target: what is to be reached; None where the policy has none.
        at_least: whether the target is to be reached, and not to be stayed below.
        met: None without a value or a target.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    of: str | None = None
    unit: Unit
    count: int
    value: float | None
    target: float | None = None
    at_least: bool = True
    met: bool | None = None


def figures_of(totals: Iterable[Total], policy: Policy) -> list[Figure]:
    """Every figure, in the order in which they are read.

    Args:
        totals: of some time, of the whole department, a team or a person.
        policy: has the targets; figures of another time are measured by the targets of today.
    """
    known = list(totals)
    return [figure for part in _PARTS for figure in part(known, policy)]


def measured(
    name: str, unit: Unit, count: int, value: float | None, target: float | None = None, **more: object
) -> Figure:
    """A figure, and whether it reaches its target."""
    figure = Figure.model_validate(
        {"name": name, "unit": unit, "count": count, "value": value, "target": target, **more}
    )
    if value is None or target is None:
        return figure
    return figure.model_copy(update={"met": value >= target if figure.at_least else value <= target})


def _figure(
    name: str, unit: Unit, found: Sum, value: float | None, target: float | None = None, **more: object
) -> Figure:
    return measured(name, unit, found.count, value, target, **more)


def _of(totals: list[Total], measure: Measure, case_type: str | None = None) -> list[Total]:
    return [one for one in totals if one.measure is measure and case_type in (None, one.case_type)]


def _volumes(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    for name, measure in (("opened", Measure.OPENED), ("ended", Measure.ENDED)):
        for case_type in (COMPLAINT, ORDER_CHANGE, RETURN, DELIVERY):
            found = summed(_of(totals, measure, case_type.name))
            yield _figure(name, Unit.COUNT, found, found.count, of=case_type.name)


def _tiers(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    resolved, stays = _of(totals, Measure.RESOLVED), _of(totals, Measure.TIER_TIME)
    every = summed(resolved).count
    lowest = min(policy.complaint.tiers)
    for tier, rules in sorted(policy.complaint.tiers.items()):
        here = summed(one for one in resolved if one.tier == tier)
        share = here.count / every if every else None
        # The first tier is to resolve much, so that those above it have little to do.
        first = tier == lowest
        yield _figure("resolved_by_tier", Unit.SHARE, here, share, rules.expected_share, of=str(tier), at_least=first)
    for tier in sorted(policy.complaint.tiers):
        found = summed(one for one in stays if one.tier == tier)
        target = policy.figures.tier_in_time.get(tier, policy.figures.promises_kept)
        yield _figure("tier_in_time", Unit.SHARE, found, found.share, target, of=str(tier))


def _responses(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    given, took = _of(totals, Measure.FIRST_RESPONSE), _of(totals, Measure.RESPONSE_TIME)
    for channel in Channel:
        found = summed(one for one in given if one.channel == channel)
        yield _figure("response_in_time", Unit.SHARE, found, found.share, policy.figures.promises_kept, of=channel)
    for channel in Channel:
        found = summed(one for one in took if one.channel == channel)
        within = policy.complaint.clocks.first_response.by_channel[channel]
        yield _figure("response_time", Unit.SPAN, found, found.average, within, of=channel, at_least=False)
    every = summed(took)
    yield _figure("response_time", Unit.SPAN, every, every.average, policy.figures.response_time, at_least=False)


def _updates(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    for case_type, rule in update_rules(policy).items():
        found = summed(_of(totals, Measure.UPDATE_GAP, case_type))
        yield _figure("longest_gap", Unit.SPAN, found, found.most, rule.every, of=case_type, at_least=False)


def _solutions(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    targets = policy.figures
    resolved, again = summed(_of(totals, Measure.RESOLVED)), summed(_of(totals, Measure.REOPENED))
    yield _figure("first_contact", Unit.SHARE, resolved, resolved.share, targets.first_contact)
    yield _figure("resolution_time", Unit.SPAN, resolved, resolved.average)
    reopened = again.count / resolved.count if resolved.count else None
    yield _figure("reopened", Unit.SHARE, again, reopened)
    work = summed(one for one in _of(totals, Measure.WORK, COMPLAINT.name) if one.detail == RESOLVE)
    yield _figure("handling_time", Unit.SPAN, work, work.average, targets.handling_time, at_least=False)


def _satisfaction(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    targets, said = policy.figures, _of(totals, Measure.SATISFACTION, COMPLAINT.name)
    every = summed(said)
    yield _figure("satisfied", Unit.SHARE, every, every.share, targets.satisfaction)
    for tier, rules in sorted(policy.complaint.tiers.items()):
        found = summed(one for one in said if one.tier == tier)
        yield _figure("satisfied_by_tier", Unit.SHARE, found, found.share, rules.satisfaction_target, of=str(tier))
    for channel in Channel:
        found = summed(one for one in said if one.channel == channel)
        target = targets.score_by_channel.get(channel)
        yield _figure("score", Unit.SCORE, found, found.average, target, of=channel)
    returned = summed(_of(totals, Measure.SATISFACTION, RETURN.name))
    yield _figure("return_satisfied", Unit.SHARE, returned, returned.share)
    later = summed(_of(totals, Measure.FOLLOW_UP))
    yield _figure("follow_up_satisfied", Unit.SHARE, later, later.share, targets.follow_up)


def _shop(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    over, targets = _of(totals, Measure.ENDED), policy.figures
    changes = [one for one in over if one.case_type == ORDER_CHANGE.name]
    every, made = summed(changes), summed(one for one in changes if one.detail == ChangeOutcome.DONE)
    share = made.count / every.count if every.count else None
    yield _figure("changes_succeed", Unit.SHARE, every, share, targets.changes_succeed)
    for case_type in (ORDER_CHANGE, RETURN, DELIVERY):
        found = summed(one for one in over if one.case_type == case_type.name)
        yield _figure("ended_in_time", Unit.SHARE, found, found.share, targets.promises_kept, of=case_type.name)


def _misses(totals: list[Total], policy: Policy) -> Iterator[Figure]:
    broken = _of(totals, Measure.BREACH)
    for kind in sorted({one.detail for one in broken if one.detail}):
        found = summed(one for one in broken if one.detail == kind)
        yield _figure("breaches", Unit.COUNT, found, found.count, of=kind)
    granted = summed(_of(totals, Measure.COMPENSATED))
    yield _figure("compensated", Unit.COUNT, granted, granted.count)


_PARTS: tuple[Callable[[list[Total], Policy], Iterator[Figure]], ...] = (
    _tiers,
    _responses,
    _updates,
    _solutions,
    _satisfaction,
    _shop,
    _misses,
    _volumes,
)
