"""Who has a task, and who completed it after how long."""

from __future__ import annotations

from collections.abc import Iterator

from domain.figures.facts import Fact, Measure
from domain.figures.line import fact, word
from domain.figures.story import KnownTask, Story, person_of
from domain.timeline import Entry


def task_offered(story: Story, entry: Entry) -> Iterator[Fact]:
    """Somebody has something to do."""
    task = KnownTask(word(entry, "kind") or "", word(entry, "team") or "")
    story.tasks[str(entry.facts.get("task"))] = task
    if story.tier is None:
        story.team = task.team
    yield from ()


def task_claimed(story: Story, entry: Entry) -> Iterator[Fact]:
    """Somebody has taken it, or was given it."""
    _owned(story, entry, word(entry, "owner"))
    yield from ()


def task_delegated(story: Story, entry: Entry) -> Iterator[Fact]:
    """It went to somebody else."""
    _owned(story, entry, word(entry, "to"))
    yield from ()


def task_forwarded(story: Story, entry: Entry) -> Iterator[Fact]:
    """It went to another team."""
    if task := story.task(entry):
        task.team = word(entry, "team") or task.team
    yield from ()


def task_released(story: Story, entry: Entry) -> Iterator[Fact]:
    """It went back to its queue."""
    _owned(story, entry, None)
    yield from ()


def _owned(story: Story, entry: Entry, owner: str | None) -> None:
    if task := story.task(entry):
        task.owner, task.since = owner, entry.at if owner else None
        story.workers |= {owner} if owner else set()


def task_completed(story: Story, entry: Entry) -> Iterator[Fact]:
    """It is done."""
    if task := story.task(entry):
        spent = None if task.since is None else max(entry.at - task.since, 0)
        yield fact(story, entry, Measure.WORK, value=spent, detail=task.kind, team=task.team, person=person_of(entry))
