"""Reading one line of a timeline, and writing a fact about it."""

from __future__ import annotations

from domain.figures.facts import Fact, Measure
from domain.figures.story import Story
from domain.timeline import Entry


def fact(story: Story, entry: Entry, measure: Measure, **more: object) -> Fact:
    """A fact about a line, with the tier and the team that the case is in."""
    return Fact.model_validate(
        {"seq": entry.seq, "measure": measure, "at": entry.at, "tier": story.tier, "team": story.team, **more}
    )


def number(entry: Entry, name: str) -> int | None:
    """A number that a line gives, or None."""
    value = entry.facts.get(name)
    return value if isinstance(value, int) else None


def word(entry: Entry, name: str) -> str | None:
    """A word that a line gives, or None."""
    value = entry.facts.get(name)
    return value if isinstance(value, str) else None
