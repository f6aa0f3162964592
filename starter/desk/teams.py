"""Teams by the names that people know them by."""

from __future__ import annotations

from domain.people import Language
from domain.policy import Policy


def team_names(policy: Policy, language: Language) -> dict[str, str]:
    """What each team is called."""
    return {team: said.name[language] for team, said in policy.teams.items()}
