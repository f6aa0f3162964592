"""Reading pages: conditions, the order of a list and where to go on in it, as SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, exists, false, func, select, tuple_, union, union_all

from domain.sla.spans import Instant
from domain.tasks import TaskState
from domain.views import HUMAN_PROMISES
from readmodel import cursor
from readmodel.rows import CasesWanted, TasksWanted
from readmodel.tables import CASE_TEAMS, CASES, CLOCKS, TASKS

Conditions: TypeAlias = list[ColumnElement[bool]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]

BY_DUE, BY_OPENING, OF_TASKS = "due", "opened", "tasks"
"""The lists, as their cursors name them."""

SEARCHED = 20_000
"""How many of the newest cases are looked through for words: subjects have no index, and are read one by one."""

_OF_ITS_CASE = (CASES.c.status.label("case_status"), CASES.c.subject, CASES.c.priority, CASES.c.channel)
_OF_ITS_CASE_TOO = (CASES.c.customer_id, CASES.c.breached)


def select_cases(wanted: CasesWanted) -> AnySelect:
    """The cases of a page, and one more if there are more."""
    if wanted.team is not None or wanted.teams is None:
        return _page_of_cases(wanted, wanted.team)
    if not wanted.teams:
        return _page_of_cases(wanted, None).where(false())
    # Each team's own list comes sorted out of its index; a case that several of them have is in several.
    parts = [_page_of_cases(wanted, team).subquery() for team in dict.fromkeys(wanted.teams)]
    found = union(*(select(part) for part in parts)).subquery()
    return select(found).order_by(*_order(wanted, found.c)).limit(wanted.limit + 1)


def _page_of_cases(wanted: CasesWanted, team: str | None) -> AnySelect:
    found = select(CASES).where(*_of_cases(wanted))
    listed: Any = CASES.c
    if team is not None:
        listed = CASE_TEAMS.c
        found = found.join(CASE_TEAMS, CASE_TEAMS.c.case_id == CASES.c.case_id).where(CASE_TEAMS.c.team == team)
        if wanted.teams is not None:
            seen = CASE_TEAMS.alias()
            found = found.where(exists().where(seen.c.case_id == CASES.c.case_id, seen.c.team.in_(wanted.teams)))
    if wanted.open is not None:
        found = found.where(listed.open == wanted.open)
    if wanted.cursor is not None:
        found = found.where(_behind(wanted, listed))
    return found.order_by(*_order(wanted, listed)).limit(wanted.limit + 1)


def _order(wanted: CasesWanted, listed: Any) -> tuple[Any, Any]:
    if wanted.sort == "opened":
        return listed.opened_at.desc(), listed.case_id.desc()
    return listed.due_at, listed.case_id


def _behind(wanted: CasesWanted, listed: Any) -> ColumnElement[bool]:
    assert wanted.cursor is not None
    if wanted.sort == "opened":
        return tuple_(listed.opened_at, listed.case_id) < cursor.read(BY_OPENING, 1, wanted.cursor)
    return tuple_(listed.due_at, listed.case_id) > cursor.read(BY_DUE, 1, wanted.cursor)


def select_found(words: str, teams: tuple[str, ...] | None, limit: int) -> AnySelect:
    """The newest cases in whose subject some words stand, among the newest that somebody may see."""
    seen = CasesWanted(teams=teams, sort="opened").model_copy(update={"limit": SEARCHED})
    among = select_cases(seen).subquery()
    contains = among.c.subject.icontains(words, autoescape=True)
    return select(among).where(contains).order_by(among.c.opened_at.desc(), among.c.case_id.desc()).limit(limit)


def select_tasks(wanted: TasksWanted) -> AnySelect:
    """The tasks of a page, and one more if there are more."""
    teams = _both(wanted.team, wanted.teams)
    # Each team's soonest ones come sorted out of its own index; of several teams at once a database would sort all.
    parts = [_page_of_tasks(wanted, team) for team in teams] if teams else [_page_of_tasks(wanted, None)]
    if teams == ():
        parts = [_page_of_tasks(wanted, None).where(false())]
    found = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return (
        select(found, *_OF_ITS_CASE, *_OF_ITS_CASE_TOO)
        .join(CASES, CASES.c.case_id == found.c.case_id)
        .order_by(found.c.due_at, found.c.case_id, found.c.task_id)
        .limit(wanted.limit + 1)
    )


def select_in_hand(people: Collection[str]) -> AnySelect:
    """The tasks that people have and have not laid aside."""
    return _in_hand(people, TASKS.c.owner, TASKS.c.case_id, TASKS.c.task_id, CASES.c.channel)


def select_how_many_in_hand(people: Collection[str]) -> AnySelect:
    """How many tasks people have and have not laid aside, by channel."""
    by = (TASKS.c.owner, CASES.c.channel)
    return _in_hand(people, *by, func.count().label("tasks")).group_by(*by)


def _in_hand(people: Collection[str], *columns: ColumnElement[Any]) -> AnySelect:
    at_work = TASKS.c.active & (TASKS.c.state != TaskState.SUSPENDED.value)
    found = select(*columns).select_from(TASKS).join(CASES, CASES.c.case_id == TASKS.c.case_id)
    return found.where(TASKS.c.owner.in_(people) & at_work)


def _page_of_tasks(wanted: TasksWanted, team: str | None) -> AnySelect:
    order = (TASKS.c.due_at, TASKS.c.case_id, TASKS.c.task_id)
    found = select(TASKS).where(*_of_tasks(wanted)).order_by(*order).limit(wanted.limit + 1)
    if of_its_case := _of_their_cases(wanted):
        found = found.join(CASES, CASES.c.case_id == TASKS.c.case_id).where(*of_its_case)
    if team is not None:
        found = found.where(TASKS.c.team == team)
    if wanted.cursor is not None:
        found = found.where(tuple_(*order) > cursor.read(OF_TASKS, 2, wanted.cursor))
    return found


def _both(team: str | None, teams: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The teams that are asked for and may be seen; None for whatever team."""
    if team is None:
        return None if teams is None else tuple(dict.fromkeys(teams))
    return (team,) if teams is None or team in teams else ()


def _of_tasks(wanted: TasksWanted) -> Conditions:
    asked = {
        TASKS.c.owner: wanted.owner,
        TASKS.c.state: wanted.state and wanted.state.value,
        TASKS.c.case_type: wanted.case_type,
        TASKS.c.tier: wanted.tier,
        TASKS.c.active: wanted.open,
    }
    return [column == value for column, value in asked.items() if value is not None]


def _of_their_cases(wanted: TasksWanted) -> Conditions:
    asked = {CASES.c.channel: wanted.channel, CASES.c.priority: wanted.priority}
    return [column == value for column, value in asked.items() if value is not None]


def _of_cases(wanted: CasesWanted) -> Conditions:
    asked = {
        CASES.c.case_type: wanted.type,
        CASES.c.status: wanted.status,
        CASES.c.tier: wanted.tier,
        CASES.c.channel: wanted.channel,
        CASES.c.priority: wanted.priority,
        CASES.c.customer_id: wanted.customer_id,
        CASES.c.order_id: wanted.order_id,
        CASES.c.order_number: wanted.order_number,
        CASES.c.breached: wanted.breached,
        CASES.c.awaits: wanted.awaits and wanted.awaits.value,
    }
    found = [column == value for column, value in asked.items() if value is not None]
    if wanted.case_ids is not None:
        found.append(CASES.c.case_id.in_(wanted.case_ids))
    if wanted.at_risk_by is not None:
        found.append(CASES.c.at_risk_from <= wanted.at_risk_by)
    if wanted.due_by is not None:
        found.append(CASES.c.due_at <= wanted.due_by)
    return found if wanted.overdue_at is None else [*found, is_overdue(wanted.overdue_at)]


def still_owed(at: Instant) -> ColumnElement[bool]:
    """The clocks of promises that people had to keep before an instant and still have to: what has ended is not due."""
    return CLOCKS.c.kind.in_([kind.value for kind in HUMAN_PROMISES]) & (CLOCKS.c.due_at < at)


def is_overdue(at: Instant) -> ColumnElement[bool]:
    """Cases in which something is still owed."""
    # Of all cases few are late: reading these out of the clocks' index costs less than asking after each open case.
    return CASES.c.case_id.in_(select(CLOCKS.c.case_id).where(still_owed(at)))
