"""What the read model is told of a case, turn by turn."""

from __future__ import annotations

from domain.projection import Projection, ShownCase, ShownClock, ShownTask
from domain.sla.clock import Clock
from domain.sla.spans import Instant
from domain.tasks import HumanTask
from domain.views import next_due, task_due
from domain.worked_case import WorkedCase


class Projector:
    """Projects a case after each turn in which what is shown of it has changed.

    It remembers what it handed out, and only that: one that begins anew, with another worker or another run, hands out
    all that the case carries, so nothing is lost with whoever had it before.
    """

    def __init__(self, case: WorkedCase, case_type: str) -> None:
        self._case = case
        self._type = case_type
        self._shown: ShownCase | None = None
        self._handed_out = 0

    def project(self, now: Instant) -> Projection | None:
        """What is to be shown from now on, None if that is what was handed out last."""
        shown, timeline = shown_case(self._case, self._type), self._case.state.timeline
        if shown == self._shown and timeline.last_seq == self._handed_out:
            return None
        entries = tuple(entry for entry in timeline.entries if entry.seq > self._handed_out)
        self._shown, self._handed_out = shown, timeline.last_seq
        return Projection(seq=timeline.last_seq, at=now, case=shown, entries=entries)


def whole_projection(case: WorkedCase, case_type: str, at: Instant) -> Projection:
    """All that is shown of a case, with every line that it carries."""
    timeline = case.state.timeline
    shown, entries = shown_case(case, case_type), tuple(timeline.entries)
    return Projection(seq=timeline.last_seq, at=at, case=shown, entries=entries)


def shown_case(case: WorkedCase, case_type: str) -> ShownCase:
    """A case as lists show it."""
    state = case.state
    return ShownCase(
        case_id=state.case_id,
        case_type=case_type,
        status=case.status,
        open=not case.over,
        tier=case.tier,
        team=case.team,
        priority=state.priority,
        channel=state.channel.value,
        policy=state.policy,
        customer_id=state.customer.id,
        order_id=case.about_order,
        order_number=case.order_known_as,
        subject=case.heading,
        opened_at=state.opened_at,
        closed_at=state.closed_at,
        due=next_due(case),
        breached=state.breached,
        outcome=case.came_to,
        linked=tuple(state.linked),
        tasks=tuple(_shown_task(case, task) for task in state.tasks),
        clocks=tuple(_shown_clock(case, clock) for clock in state.clocks),
    )


def _shown_task(case: WorkedCase, task: HumanTask) -> ShownTask:
    return ShownTask(
        id=task.id,
        kind=task.kind,
        title=task.title,
        team=task.team,
        tier=task.tier,
        state=task.state,
        owner=task.owner,
        owned_since=task.owned_since,
        offered_at=task.offered_at,
        ended_at=task.ended_at,
        due=task_due(case, task),
    )


def _shown_clock(case: WorkedCase, clock: Clock) -> ShownClock:
    return ShownClock(
        id=clock.id,
        kind=clock.kind,
        state=clock.state,
        task=clock.task,
        budget=clock.budget,
        consumed=clock.consumed,
        running_since=clock.running_since,
        started_at=clock.started_at,
        due=case.due(clock),
        breached_at=clock.breached_at,
        ended_at=clock.ended_at,
    )
