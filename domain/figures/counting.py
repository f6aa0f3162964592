"""From the timeline of a case to its facts, line by line: later lines never change what earlier ones gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from domain.figures import hearing, solving, tiers, working
from domain.figures.facts import CountingRules, Fact
from domain.figures.story import Story
from domain.timeline import Entry

READ: dict[str, Callable[[Story, Entry], Iterator[Fact]]] = {
    "received": hearing.received,
    "tier_entered": tiers.tier_entered,
    "handed_over": tiers.handed_over,
    "status_changed": hearing.status_changed,
    "breached": tiers.breached,
    "message_delivered": hearing.message_delivered,
    "contact_made": hearing.contact_made,
    "delivery_checked": hearing.delivery_checked,
    "complaint_informs": hearing.informed_elsewhere,
    "informs_itself": hearing.informs_itself,
    "solution_offered": solving.solution_offered,
    "solution_accepted": solving.solution_answered,
    "solution_rejected": solving.solution_answered,
    "satisfied": solving.rated,
    "not_satisfied": solving.rated,
    "followed_up": solving.followed_up,
    "compensation_granted": tiers.compensated,
    "task_offered": working.task_offered,
    "task_claimed": working.task_claimed,
    "task_delegated": working.task_delegated,
    "task_forwarded": working.task_forwarded,
    "task_released": working.task_released,
    "task_completed": working.task_completed,
    "case_ended": solving.ended,
}
"""What each kind of line means; the others mean nothing for figures."""


def facts_of(entries: Iterable[Entry], rules: CountingRules) -> Iterator[Fact]:
    """The facts of a case.

    Args:
        entries: its timeline, by number; a part of it from the first line on gives the facts up to there.
        rules: of the policy that it was opened under.
    """
    story = Story(rules)
    for entry in entries:
        if read := READ.get(entry.what):
            yield from read(story, entry)
