"""How a case was solved, what the customer says to that, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from domain.figures.facts import SATISFIED_FROM, Fact, Measure
from domain.figures.hearing import silence
from domain.figures.line import fact, number, word
from domain.figures.story import Story, is_of_staff, person_of, team_of
from domain.figures.tiers import tier_given_up, tier_left
from domain.timeline import Entry


def solution_offered(story: Story, entry: Entry) -> Iterator[Fact]:
    """Somebody found a solution."""
    story.solutions += 1
    story.solved = True
    story.solver = person_of(entry)
    story.solver_team = team_of(story, story.solver)
    yield from ()


def solution_answered(story: Story, entry: Entry) -> Iterator[Fact]:
    """The customer is satisfied with it, or is not."""
    accepted = entry.what == "solution_accepted"
    story.solved = accepted
    yield from _said(story, entry, accepted)
    if not accepted:
        return
    first = story.solutions == 1 and not story.handed_over
    yield fact(
        story,
        entry,
        Measure.RESOLVED,
        value=story.since_opening(entry.at),
        good=first,
        person=story.solver,
        team=story.solver_team or story.team,
    )
    yield from tier_left(story, entry)


def rated(story: Story, entry: Entry) -> Iterator[Fact]:
    """The customer of a return says how it went."""
    yield from _said(story, entry, entry.what == "satisfied")


def followed_up(story: Story, entry: Entry) -> Iterator[Fact]:
    """Somebody asked some days later; a follow-up without a score says nothing that could be counted."""
    if number(entry, "score") is not None:
        yield _rating(story, entry, Measure.FOLLOW_UP, satisfied=False)


def _said(story: Story, entry: Entry, satisfied: bool) -> Iterator[Fact]:
    """The customer's own word; nobody of the staff can rate themselves in the customer's stead."""
    if not is_of_staff(story, entry.by):
        yield _rating(story, entry, Measure.SATISFACTION, satisfied)


def _rating(story: Story, entry: Entry, measure: Measure, satisfied: bool) -> Fact:
    score = number(entry, "score")
    good = satisfied if score is None else score >= SATISFIED_FROM
    team = story.solver_team or story.team
    return fact(story, entry, measure, value=score, good=good, person=story.solver, team=team)


def ended(story: Story, entry: Entry) -> Iterator[Fact]:
    """It is over: whatever was still being counted ends here."""
    yield from silence(story, entry, silent=True)
    yield from tier_given_up(story, entry)
    took = story.since_opening(entry.at)
    yield fact(story, entry, Measure.ENDED, value=took, good=not story.broken, detail=word(entry, "outcome"))
