"""Facts of the complaints in these tests, and timelines that are written down by hand."""

from __future__ import annotations

from domain.figures.counting import facts_of
from domain.figures.facts import CountingRules, Fact, Measure
from domain.figures.rules import counting_rules
from domain.projecting import whole_projection
from domain.projection import Projection
from domain.sla.spans import HOUR, MINUTE
from domain.timeline import Entry, Timeline
from tests.domain.cases import MONDAY, Running, opened
from tests.domain.complaints import reopen


def rules_of(case: Running) -> CountingRules:
    """How a complaint of these tests is counted."""
    return counting_rules(case.case.policy, "complaint", case.case.state.channel)


def told(case: Running) -> list[Fact]:
    """Every fact of a complaint."""
    return list(facts_of(case.case.state.timeline.entries, rules_of(case)))


def only(facts: list[Fact], measure: Measure) -> list[Fact]:
    return [fact for fact in facts if fact.measure is measure]


def timeline(*lines: tuple[int, str, dict[str, str | int | bool | None]], by: str = "duecourse") -> list[Entry]:
    """Lines so many milliseconds after Monday morning, with their facts."""
    written = Timeline()
    for at, what, facts in lines:
        written.add(MONDAY + at, what, by, facts)
    return written.entries


def lived(number: int, case_id: str | None = None) -> Projection:
    """A complaint that was solved after so many minutes, and reopened if the number is odd."""
    case: Running = opened(case_id=case_id or f"C{number}", at=MONDAY + number * HOUR)
    case.deliver()
    case.claim()
    case.wait(number * MINUTE)
    case.solve()
    case.deliver()
    case.accept()
    if number % 2:
        reopen(case)
    return whole_projection(case.case, "complaint", case.now)
