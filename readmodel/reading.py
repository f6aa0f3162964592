"""Reading pages: conditions, the order of a list and where to go on in it, as SQL."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, tuple_, union_all

from readmodel import cursor
from readmodel.rows import CasesWanted, TasksWanted
from readmodel.tables import CASES, TASKS

Conditions: TypeAlias = list[ColumnElement[bool]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]

BY_DUE, BY_OPENING, OF_TASKS = "due", "opened", "tasks"
"""The lists, as their cursors name them."""

_OF_ITS_CASE = (CASES.c.status.label("case_status"), CASES.c.subject, CASES.c.priority, CASES.c.channel)
_OF_ITS_CASE_TOO = (CASES.c.customer_id, CASES.c.breached)


def select_cases(wanted: CasesWanted) -> AnySelect:
    """The cases of a page, and one more if there are more."""
    found = select(CASES).where(*_of_cases(wanted)).limit(wanted.limit + 1)
    if wanted.sort == "opened":
        if wanted.cursor is not None:
            found = found.where(tuple_(CASES.c.opened_at, CASES.c.case_id) < cursor.read(BY_OPENING, 1, wanted.cursor))
        return found.order_by(CASES.c.opened_at.desc(), CASES.c.case_id.desc())
    if wanted.cursor is not None:
        found = found.where(tuple_(CASES.c.due_at, CASES.c.case_id) > cursor.read(BY_DUE, 1, wanted.cursor))
    return found.order_by(CASES.c.due_at, CASES.c.case_id)


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


def _page_of_tasks(wanted: TasksWanted, team: str | None) -> AnySelect:
    order = (TASKS.c.due_at, TASKS.c.case_id, TASKS.c.task_id)
    found = select(TASKS).where(*_of_tasks(wanted)).order_by(*order).limit(wanted.limit + 1)
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
        TASKS.c.active: wanted.open,
    }
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
        CASES.c.breached: wanted.breached,
        CASES.c.open: wanted.open,
    }
    conditions: Conditions = [column == value for column, value in asked.items() if value is not None]
    if wanted.team is not None:
        conditions.append(_is_of((wanted.team,)))
    if wanted.teams is not None:
        conditions.append(_is_of(wanted.teams))
    return conditions


def _is_of(teams: tuple[str, ...]) -> ColumnElement[bool]:
    """The team has the case, or something to do in it."""
    theirs = and_(TASKS.c.case_id == CASES.c.case_id, TASKS.c.active, TASKS.c.team.in_(teams))
    return or_(CASES.c.team.in_(teams), exists().where(theirs))
