"""Which figures can be told of a team or of a person: only those whose facts say whose they are."""

from __future__ import annotations

from collections.abc import Iterable

from domain.figures.figures import Figure
from domain.people import Channel
from domain.policy import Policy

OF_NO_TEAM = frozenset({"opened"})
"""When a case is opened no team has it yet."""

OF_PEOPLE = frozenset(
    {
        *("resolved_by_tier", "response_in_time", "response_time", "first_contact", "resolution_time"),
        *("handling_time", "satisfied", "satisfied_by_tier", "score", "return_satisfied", "follow_up_satisfied"),
    }
)
"""What somebody does, or is thanked for; the others are of cases that went through many hands."""


def of_team(figures: Iterable[Figure], policy: Policy) -> list[Figure]:
    """The figures that can be told of a team."""
    return [one for one in figures if one.name not in OF_NO_TEAM and not _at_once(one, policy)]


def of_person(figures: Iterable[Figure], policy: Policy) -> list[Figure]:
    """The figures that can be told of a person."""
    return [one for one in figures if one.name in OF_PEOPLE and not _at_once(one, policy)]


def _at_once(figure: Figure, policy: Policy) -> bool:
    """Whether it is of calls, which are answered before anybody has the case."""
    if figure.name not in ("response_in_time", "response_time") or figure.of is None or figure.count:
        return False
    return policy.complaint.clocks.first_response.by_channel[Channel(figure.of)] == 0
