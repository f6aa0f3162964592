"""Projections for tests: single ones, and the whole life of a case as drawn by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain.projection import Projection, ShownCase, ShownClock, ShownTask
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.tasks import TaskState
from domain.timeline import Entry

NOW = 1_767_000_000_000


def task(number: int = 1, **fields: Any) -> ShownTask:
    asked: dict[str, Any] = {"kind": "resolve_complaint", "title": "Resolve the complaint", "team": "online"}
    return ShownTask(**{"id": f"T{number}", "state": TaskState.READY, "offered_at": NOW, **asked, **fields})


def clock(number: int = 1, **fields: Any) -> ShownClock:
    asked: dict[str, Any] = {"kind": ClockKind.TIER, "state": ClockState.RUNNING, "budget": 1_800_000, "consumed": 0}
    return ShownClock(**{"id": f"tier:{number}", "running_since": NOW, "started_at": NOW, **asked, **fields})


def entry(seq: int, **fields: Any) -> Entry:
    return Entry(
        **{"seq": seq, "at": NOW + seq, "what": "task_offered", "by": "duecourse", "facts": {"n": seq}, **fields}
    )


def projection(
    case_id: str = "C1", *, seq: int = 1, at: int = NOW, entries: tuple[Entry, ...] = (), **fields: Any
) -> Projection:
    asked: dict[str, Any] = {
        "case_type": "complaint",
        "status": "in_progress",
        "open": True,
        "team": "online",
        "priority": "normal",
        "channel": "email",
        "policy": "charter@1",
        "customer_id": "K1",
        "subject": "The kettle leaks",
        "opened_at": NOW,
        "breached": False,
    }
    return Projection(seq=seq, at=at, entries=entries, case=ShownCase(**{"case_id": case_id, **asked, **fields}))


@st.composite
def lives(draw: st.DrawFn) -> list[Projection]:
    """The projections of a case in the order of its life; each carries the lines that are new since an earlier one."""
    found: list[Projection] = []
    seq, at, handed = 0, NOW, 0
    for _ in range(draw(st.integers(1, 6))):
        seq, at = seq + draw(st.integers(0, 3)), at + draw(st.integers(1, 5))
        numbers = draw(st.lists(st.integers(1, 5), max_size=4, unique=True))
        states = st.sampled_from(TaskState)
        tasks = tuple(task(n, state=draw(states), due=draw(st.none() | st.integers(NOW, NOW + 9))) for n in numbers)
        clocks = tuple(clock(n, budget=draw(st.integers(1, 9))) for n in numbers[:2])
        entries = tuple(entry(number) for number in range(handed + 1, seq + 1))
        status = draw(st.sampled_from(["received", "in_progress", "closed"]))
        found.append(projection(seq=seq, at=at, entries=entries, status=status, tasks=tasks, clocks=clocks))
        # What was handed out may not have been written, and then comes again.
        handed = draw(st.integers(handed, seq))
    return found
