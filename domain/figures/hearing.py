"""What the customer hears from us: the first response, and signs of life until the case is resolved."""

from __future__ import annotations

from collections.abc import Iterator

from domain.figures.facts import Fact, Measure
from domain.figures.line import fact, word
from domain.figures.story import Story, person_of, team_of
from domain.sla.spans import Instant
from domain.timeline import Entry


def received(story: Story, entry: Entry) -> Iterator[Fact]:
    """A case was opened; in a call the answer is given at once."""
    story.opened_at = story.owed_since = entry.at
    yield fact(story, entry, Measure.OPENED)
    if story.rules.at_once:
        story.responded = True
        yield fact(story, entry, Measure.FIRST_RESPONSE, good=True)
        yield fact(story, entry, Measure.RESPONSE_TIME, value=0)


def status_changed(story: Story, entry: Entry) -> Iterator[Fact]:
    """The status says whether the customer waits for us."""
    status = word(entry, "status") or ""
    if word(entry, "trigger") == "reopen":
        story.solutions = 0
        yield fact(story, entry, Measure.REOPENED)
    yield from silence(story, entry, status in story.rules.silent)


def message_delivered(story: Story, entry: Entry) -> Iterator[Fact]:
    """A message arrived: a sign of life, and a response if they were a person's words."""
    if person := person_of(entry):
        yield from _responded(story, entry, person)
    yield from _heard(story, entry)


def contact_made(story: Story, entry: Entry) -> Iterator[Fact]:
    """Somebody spoke with the customer."""
    yield from _responded(story, entry, entry.by)
    yield from _heard(story, entry)


def delivery_checked(story: Story, entry: Entry) -> Iterator[Fact]:
    """A message of unknown fate had arrived after all."""
    if entry.facts.get("arrived"):
        yield from _heard(story, entry)


def informed_elsewhere(story: Story, entry: Entry) -> Iterator[Fact]:
    """From here on a complaint keeps the customer informed."""
    yield from _heard(story, entry)
    story.elsewhere, story.owed_since = True, None


def informs_itself(story: Story, entry: Entry) -> Iterator[Fact]:
    """The complaint no longer does."""
    story.elsewhere = False
    story.owed_since = entry.at if story.waits else None
    yield from ()


def _responded(story: Story, entry: Entry, person: str) -> Iterator[Fact]:
    if story.responded:
        return
    story.responded = True
    who = {"person": person, "team": team_of(story, person)}
    if not story.response_missed:
        yield fact(story, entry, Measure.FIRST_RESPONSE, good=True, **who)
    yield fact(story, entry, Measure.RESPONSE_TIME, value=story.since_opening(entry.at), **who)


def _heard(story: Story, entry: Entry) -> Iterator[Fact]:
    yield from _gap(story, entry, entry.at if story.waits else None)


def _gap(story: Story, entry: Entry, owed_since: Instant | None) -> Iterator[Fact]:
    if story.owed_since is not None:
        unheard = max(entry.at - story.owed_since, 0)
        yield fact(story, entry, Measure.UPDATE_GAP, value=unheard, good=not story.gap_broken)
    story.owed_since, story.gap_broken = owed_since, False


def silence(story: Story, entry: Entry, silent: bool) -> Iterator[Fact]:
    """Stop counting where no updates are promised any more, and begin again where they are."""
    if silent == story.silent:
        return
    story.silent = silent
    yield from _gap(story, entry, entry.at if story.waits else None)
