"""Tiers and their times, and every promise that was broken."""

from __future__ import annotations

from collections.abc import Iterator

from domain.figures.facts import Fact, Measure
from domain.figures.line import fact, number, word
from domain.figures.story import Story
from domain.sla.rules import ClockKind
from domain.timeline import Entry


def tier_entered(story: Story, entry: Entry) -> Iterator[Fact]:
    """A tier takes over, and the one before has had its time."""
    yield from tier_left(story, entry)
    story.tier, story.team = number(entry, "tier"), word(entry, "team")
    story.tier_since, story.tier_broken, story.solved = entry.at, False, False


def handed_over(story: Story, entry: Entry) -> Iterator[Fact]:
    """It was not resolved where it was first."""
    story.handed_over = True
    yield from ()


def tier_left(story: Story, entry: Entry) -> Iterator[Fact]:
    """A tier no longer has the case, whatever the reason."""
    if story.tier_since is not None:
        spent = max(entry.at - story.tier_since, 0)
        yield fact(story, entry, Measure.TIER_TIME, value=spent, good=not story.tier_broken)
    story.tier_since = None


def tier_given_up(story: Story, entry: Entry) -> Iterator[Fact]:
    """The case is over: a tier that had found no solution kept nothing, though its time was not over."""
    if story.solved or story.tier_broken:
        yield from tier_left(story, entry)
    story.tier_since = None


def breached(story: Story, entry: Entry) -> Iterator[Fact]:
    """A promise was broken."""
    kind = word(entry, "kind")
    story.broken = True
    yield fact(story, entry, Measure.BREACH, detail=kind)
    if kind == ClockKind.TIER:
        story.tier_broken = True
    elif kind == ClockKind.STATUS_UPDATE:
        story.gap_broken = True
    elif kind == ClockKind.FIRST_RESPONSE and not (story.responded or story.response_missed):
        story.response_missed = True
        yield fact(story, entry, Measure.FIRST_RESPONSE, good=False)


def compensated(story: Story, entry: Entry) -> Iterator[Fact]:
    """A customer was given something for it."""
    yield fact(story, entry, Measure.COMPENSATED)
