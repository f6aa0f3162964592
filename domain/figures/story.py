"""A case as far as its timeline has been read: what facts about the next line need to know of the ones before."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.figures.facts import CountingRules
from domain.people import SYSTEM
from domain.sla.spans import Instant
from domain.timeline import Entry


@dataclass
class KnownTask:
    """A task as the timeline tells of it."""

    kind: str
    team: str
    owner: str | None = None
    since: Instant | None = None


@dataclass
class Story:
    """What is known of a case before its next line.

    Attributes:
        rules: of the policy that it was opened under.
        opened_at: when it was opened; None before its first line.
        owed_since: since when a waiting customer has heard nothing; None while they need not hear anything.
        workers: who has or had a task of it.
        solver: who offered the last solution, and of which team they were then.
        solved: a solution was offered, and nobody was dissatisfied with it.
        elsewhere: a complaint tells the customer how things stand, in this case's stead.
    """

    rules: CountingRules
    opened_at: Instant | None = None
    tier: int | None = None
    team: str | None = None
    tier_since: Instant | None = None
    tier_broken: bool = False
    owed_since: Instant | None = None
    gap_broken: bool = False
    elsewhere: bool = False
    silent: bool = False
    responded: bool = False
    response_missed: bool = False
    broken: bool = False
    handed_over: bool = False
    solutions: int = 0
    solved: bool = False
    solver: str | None = None
    solver_team: str | None = None
    tasks: dict[str, KnownTask] = field(default_factory=dict)
    workers: set[str] = field(default_factory=set)

    def task(self, entry: Entry) -> KnownTask | None:
        """The task that a line is about."""
        return self.tasks.get(str(entry.facts.get("task")))

    def since_opening(self, at: Instant) -> int:
        """How long the case has run, in milliseconds."""
        return max(at - (self.opened_at if self.opened_at is not None else at), 0)

    @property
    def waits(self) -> bool:
        """Whether the customer is to hear from this case regularly."""
        return self.opened_at is not None and not self.silent and not self.elsewhere


def person_of(entry: Entry) -> str | None:
    """Who of the staff a line is about; None for the system itself."""
    return None if entry.by == SYSTEM.id else entry.by


def is_of_staff(story: Story, person: str) -> bool:
    """Whether somebody is of the staff: by the policy, or because they worked on this case."""
    return person in story.rules.staff or person == story.solver or person in story.workers


def team_of(story: Story, person: str | None) -> str | None:
    """In which team somebody works on this case: that of the last task they took, or else the case's."""
    taken = [task.team for task in story.tasks.values() if person and task.owner == person]
    return taken[-1] if taken else story.team
