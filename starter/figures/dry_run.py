"""A changed policy tried out over the cases of some time, as they are recorded."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import wall_clock
from activities.policies.archive import PolicyArchive
from domain.errors import PolicyUnknownError
from domain.figures.dry_run import Tally, Tried, Verdict, judged, recorded
from domain.figures.observed import observed
from domain.policy import Policy
from domain.sla.spans import Instant
from domain.timeline import Entry
from readmodel.stories import CaseStory, Stories
from starter.figures.book import require_time
from starter.policy_shelf import PolicyShelf


class DryRun(BaseModel):
    """What a policy would have made of the cases that were opened from `since` up to, and without, `until`.

    `left_out` are cases whose own policy is not known here any more.
    """

    model_config = ConfigDict(frozen=True)

    policy: str
    since: Instant
    until: Instant
    cases: int
    left_out: int
    promises: list[Tried]

    def lines(self) -> list[str]:
        """In words, what would change; the rest stays as it was."""
        return [_said(one) for one in self.promises if one.before != one.after] or ["nothing would change"]


async def dry_run(engine: AsyncEngine, policy: Policy, since: Instant, until: Instant) -> DryRun:
    """Hold every recorded promise against what this policy would have made of it.

    Args:
        engine: the store.
        policy: to be tried out; it need not be published.
        since: cases that were opened from here on,
        until: and before this.

    Raises:
        InvalidInputError: the time is none, or too long.
    """
    require_time(since, until)
    shelf, tally, cases, left_out = PolicyShelf(PolicyArchive(engine)), Tally(), 0, 0
    async for story in Stories(engine).told(since, until):
        try:
            own = await shelf.policy(_opened_under(story))
        except PolicyUnknownError:
            left_out += 1
            continue
        cases += 1
        _try(story, own, policy, tally)
    promises = tally.tried()
    return DryRun(policy=policy.version, since=since, until=until, cases=cases, left_out=left_out, promises=promises)


def _try(story: CaseStory, own: Policy, policy: Policy, tally: Tally) -> None:
    case, vip = story.case, _is_vip(story.entries, own)
    for promise in observed(story.entries, case.channel, _first_priority(story), wall_clock()):
        before = recorded(promise, own, case.case_type, vip=vip)
        tally.add(promise, case.case_type, before, judged(promise, policy, case.case_type, vip=vip))


def _opened_under(story: CaseStory) -> str:
    first = story.entries[0].facts if story.entries else {}
    return str(first.get("policy", story.case.policy))


def _first_priority(story: CaseStory) -> str:
    changes: Iterable[Entry] = (entry for entry in story.entries if entry.what == "priority_changed")
    return next((str(entry.facts["former"]) for entry in changes), story.case.priority)


def _is_vip(entries: Iterable[Entry], policy: Policy) -> bool:
    """Whether a rule for VIPs held when a complaint was classified; the timeline does not say so otherwise."""
    rules = {rule.name for rule in policy.complaint.classification if rule.when.vip}
    held = next((str(entry.facts.get("rules", "")) for entry in entries if entry.what == "classified"), "")
    return not rules.isdisjoint(held.split(", "))


def _said(one: Tried) -> str:
    what = f"{one.case_type.replace('_', ' ')}: {one.promise.replace('_', ' ')} {one.of.replace('_', ' ')}"
    surely, unknown = one.after[Verdict.BROKEN], one.after[Verdict.UNKNOWN]
    would = f"{surely} surely broken, {unknown} cannot be told" if unknown else f"{surely} broken"
    running = f", {one.before[Verdict.UNKNOWN]} still running" if one.before[Verdict.UNKNOWN] else ""
    change = "" if not one.change else f" ({abs(one.change):.0%} {'more' if one.change > 0 else 'fewer'})"
    return f"{what}: {would}; recorded: {one.before[Verdict.BROKEN]} broken{running}{change}"
