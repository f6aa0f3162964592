"""Whose figures somebody may see: their own and their team's; who leads a team also its people's; others all."""

from __future__ import annotations

from domain.errors import NotAllowedError
from domain.people import Role
from domain.policy import Policy
from readmodel.figures import FactsWanted
from starter.access.gate import is_bound
from starter.access.principals import Principal
from starter.figures.book import Figures

DAYS_BACK = 7
"""How many days up to now are shown to whoever names no time."""


def permitted(principal: Principal, wanted: FactsWanted, policy: Policy) -> FactsWanted:
    """The facts that somebody gets who asks for these.

    Raises:
        NotAllowedError: they ask for another team, or for a person whose figures are not theirs to see.
    """
    if not is_bound(principal):
        return wanted
    if wanted.team is not None and wanted.team not in principal.teams:
        raise NotAllowedError(f"the figures of team {wanted.team} are not yours to see", field="team")
    if wanted.person is not None and not _may_see(principal, wanted.person, policy):
        raise NotAllowedError(f"the figures of {wanted.person} are not yours to see", field="person")
    own = wanted.person == principal.name
    return wanted if own else wanted.model_copy(update={"teams": principal.teams})


def seen_by(principal: Principal, figures: Figures, policy: Policy) -> Figures:
    """The figures without the people whose figures are not theirs to see."""
    if not is_bound(principal):
        return figures
    people = [one for one in figures.people if _may_see(principal, one.who, policy)]
    teams = [one for one in figures.teams if one.who in principal.teams]
    return figures.model_copy(update={"people": people, "teams": teams})


def _may_see(principal: Principal, person: str, policy: Policy) -> bool:
    if person == principal.name:
        return True
    of_my_teams = not set(policy.staff.get(person, ())).isdisjoint(principal.teams)
    return principal.role is Role.LEAD and of_my_teams
