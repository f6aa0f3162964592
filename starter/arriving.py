"""Somebody says that they take new work: the tasks that wait for somebody to be free hear of it at once."""

from __future__ import annotations

from activities.assignment.duty_book import DutyBook
from domain.assignment.duty import Presence
from domain.errors import CaseError
from domain.policy import Policy
from domain.tasks import TaskState
from readmodel.rows import TasksWanted
from starter.doors import Doors


async def say_presence(doors: Doors, policy: Policy, staff_id: str, state: Presence) -> None:
    """Put on record whether somebody takes new work, and let what waits for them look again.

    Whoever cannot be told just then looks again by its own clock.
    """
    await DutyBook(doors.store.engine).say(staff_id, state)
    teams = tuple(team for team in policy.staff.get(staff_id, ()) if team in policy.assignment.push)
    if state is not Presence.AVAILABLE or not teams:
        return
    # No more than the person may have: the others would be looked at in vain.
    wanted = TasksWanted(teams=teams, state=TaskState.READY, limit=min(policy.assignment.in_all, 200))
    for task in (await doors.store.readmodel.tasks(wanted)).items:
        try:
            await doors.service.colleague_came(task.case_id, task.task_id)
        except CaseError:
            continue
