"""Rows of the tables as what they stand for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row

from domain.projection import Projection, ShownCase, ShownClock, ShownTask
from domain.timeline import Entry
from readmodel.rows import CaseRow, ClockRow, TaskRow
from readmodel.tables import NEVER

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row, with the columns of its table as attributes."""


def as_case(row: AnyRow) -> CaseRow:
    """A row of a list of cases."""
    kept, risky = _of_case(row), row.at_risk_from
    derived = {"teams": row.teams.split(","), "at_risk_from": None if risky == NEVER else risky}
    return CaseRow.model_validate(kept | derived)


def as_task(row: AnyRow) -> TaskRow:
    """A row of a list of tasks, joined with its case."""
    return TaskRow.model_validate(_with_due(row))


def as_clock(row: AnyRow) -> ClockRow:
    """A clock with the number of its case."""
    return ClockRow.model_validate(_of_clock(row))


def as_entry(row: AnyRow) -> Entry:
    """A line of the timeline."""
    kept = {name: value for name, value in row._mapping.items() if name != "case_id"}
    return Entry.model_validate(kept | {"facts": json.loads(row.facts)})


def as_projection(
    cases: Sequence[AnyRow], tasks: Sequence[AnyRow], clocks: Sequence[AnyRow], timeline: Sequence[AnyRow]
) -> Projection:
    """Everything of one case."""
    (row,) = cases
    parts = {
        "tasks": tuple(ShownTask.model_validate(_of_task(task)) for task in tasks),
        "clocks": tuple(ShownClock.model_validate(_of_clock(clock)) for clock in clocks),
    }
    entries = sorted((as_entry(line) for line in timeline), key=lambda entry: entry.seq)
    shown = ShownCase.model_validate(_of_case(row) | parts)
    return Projection(seq=row.seq, at=row.at, case=shown, entries=tuple(entries))


def _of_case(row: AnyRow) -> dict[str, Any]:
    return _with_due(row) | {"linked": json.loads(row.linked)}


def _of_task(row: AnyRow) -> dict[str, Any]:
    kept = _with_due(row)
    return kept | {"id": kept["task_id"]}


def _of_clock(row: AnyRow) -> dict[str, Any]:
    kept = _with_due(row)
    return kept | {"id": kept.pop("clock_id"), "task": kept.pop("task_id")}


def _with_due(row: AnyRow) -> dict[str, Any]:
    kept = dict(row._mapping)
    return kept | {"due": _due(kept.pop("due_at"))}


def _due(at: int) -> int | None:
    return None if at == NEVER else at
