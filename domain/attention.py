"""What a supervisor's eye looks for in a case: whose move it is, and from when on a promise is at risk."""

from __future__ import annotations

from enum import StrEnum

from domain.catalog import CASE_TYPES
from domain.projection import ShownCase, ShownClock
from domain.sla.clock import ClockState
from domain.sla.spans import MINUTE, Instant, Span
from domain.tasks import TaskState
from domain.views import HUMAN_PROMISES

LAST_PART = 4
"""A promise is at risk in the last quarter of its time."""


DUE_SOON: Span = 30 * MINUTE
"""What is due within this time is due soon, however long its time was."""


class Awaits(StrEnum):
    """Whose move it is in a case."""

    QUEUE = "queue"
    CUSTOMER = "customer"
    PERSON = "person"
    ASIDE = "aside"
    MACHINE = "machine"
    NOBODY = "nobody"


def awaits(case: ShownCase) -> Awaits:
    """Whose move it is: what nobody has taken comes first, since it only moves when somebody is told.

    A task that was laid aside waits on whoever laid it there. Where nothing is to be done by a person, the case itself
    moves, or shop and carrier do.
    """
    if not case.open:
        return Awaits.NOBODY
    states = {task.state for task in case.tasks if task.active}
    if TaskState.READY in states:
        return Awaits.QUEUE
    if case.status in CASE_TYPES[case.case_type].with_customer:
        return Awaits.CUSTOMER
    if states - {TaskState.SUSPENDED}:
        return Awaits.PERSON
    return Awaits.ASIDE if states else Awaits.MACHINE


def at_risk_from(case: ShownCase) -> Instant | None:
    """From when on the first promise that a person must keep is at risk; None where none runs."""
    return min((due - clock.budget // LAST_PART for clock in case.clocks if (due := _due(clock))), default=None)


def _due(clock: ShownClock) -> Instant | None:
    kept_by_people = clock.kind in HUMAN_PROMISES and clock.breached_at is None
    return clock.due if kept_by_people and clock.state is ClockState.RUNNING else None
