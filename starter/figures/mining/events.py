"""A line of a timeline as an event for process mining: what, when, who; and none of anybody's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from domain.sla.spans import Instant
from domain.timeline import Entry
from readmodel.rows import CaseRow
from readmodel.stories import CaseStory

TELLING = frozenset(
    {
        *("tier", "former_tier", "team", "status", "former", "trigger", "kind", "clock", "channel", "template"),
        *("outcome", "score", "priority", "step", "remedy", "decision", "type", "severity", "problem", "found"),
    }
)
"""Facts that are handed out. Others may hold what people wrote, as reasons do, or whom it was about."""

CUSTOMER = "customer"
"""Stands for whichever customer it was."""

TRANSITIONS: Mapping[str, str] = {
    "task_offered": "schedule",
    "task_claimed": "assign",
    "task_delegated": "reassign",
    "task_forwarded": "reassign",
    "task_released": "ate_abort",
    "task_started": "start",
    "task_suspended": "suspend",
    "task_resumed": "resume",
    "task_withdrawn": "withdraw",
    "task_skipped": "manualskip",
    "task_completed": "complete",
}
"""What lines about tasks are called in the life cycle of an activity (IEEE 1849, lifecycle extension)."""


class Event(NamedTuple):
    """One event of a case.

    Attributes:
        activity: the kind of task that it is about, or else the line's own name.
        transition: of the activity's life cycle; what is no task is complete when it happens.
        task: the task's id.
        who: a staff id, a system, or that it was the customer.
    """

    seq: int
    at: Instant
    activity: str
    transition: str
    task: str | None
    who: str
    facts: Mapping[str, str | int | bool]


def events_of(story: CaseStory) -> list[Event]:
    """The events of a case, in order."""
    kinds = {
        str(entry.facts.get("task")): str(entry.facts.get("kind"))
        for entry in story.entries
        if entry.what == "task_offered"
    }
    return [_event(story.case, entry, kinds) for entry in story.entries]


def _event(case: CaseRow, entry: Entry, kinds: Mapping[str, str]) -> Event:
    task = str(entry.facts["task"]) if "task" in entry.facts else None
    transition = TRANSITIONS.get(entry.what)
    facts = {name: value for name, value in entry.facts.items() if name in TELLING and value is not None}
    return Event(
        seq=entry.seq,
        at=entry.at,
        activity=kinds.get(task or "", entry.what) if transition else entry.what,
        transition=transition or "complete",
        task=task,
        who=CUSTOMER if entry.by == case.customer_id else entry.by,
        facts=facts,
    )


def written(at: Instant) -> str:
    """An instant as both standards take it."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
