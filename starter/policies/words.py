"""Policies in words: sentences out of the catalogue of texts, and what things of a policy are called in them."""

from __future__ import annotations

from collections.abc import Iterable

from domain.people import Language
from domain.policy import Policy
from domain.sla.spans import HOUR, Span, say_span
from starter.desk.texts import Texts


class PolicyWords:
    """The words of one language for one policy. In English things have the names that the policy file gives them."""

    def __init__(self, policy: Policy, language: Language) -> None:
        self._policy = policy
        self._language = language
        self._texts = Texts(language)

    def say(self, key: str, **values: object) -> str:
        """A sentence with its values filled in."""
        return self._texts.say(f"policy_says.{key}", **values)

    def act(self, step: str) -> str:
        """What a step does."""
        return self._texts.say(f"policy_act.{step}")

    def name(self, group: str, name: object) -> str:
        """What something is called, such as a status or a role."""
        return str(name).replace("_", " ") if self._language is Language.EN else self._texts.name(group, name)

    def teams(self, teams: Iterable[str]) -> str:
        """Teams in a row."""
        return ", ".join(self.team(team) for team in teams)

    def team(self, team: str) -> str:
        """One team."""
        known = self._policy.teams.get(team)
        return team if self._language is Language.EN or known is None else known.name[self._language]

    def own(self, names: dict[Language, str]) -> str:
        """What the policy itself calls something in this language."""
        return names[self._language]

    def span(self, span: Span) -> str:
        """A span in its two largest units."""
        parts = say_span(span).split(" ")
        return " ".join(
            self._texts.say(f"time.{unit}", count=count) for count, unit in zip(parts[::2], parts[1::2], strict=True)
        )

    def open_time(self, span: Span) -> str:
        """In hours, since a day of an office is not one of 24 hours."""
        return self.say("hours", count=f"{span / HOUR:g}") if span >= HOUR else self.span(span)
