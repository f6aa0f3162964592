"""Asking the same of many cases: which verbs, on which clock or task of each, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from domain.errors import CaseError
from domain.people import Role
from domain.sla.spans import Instant
from domain.tasks import TaskState
from readmodel.board import BoardRows, Waiting
from readmodel.rows import CaseRow, ClockRow
from starter.access.principals import Principal
from starter.access.rules import VERB_RULES
from starter.api.cases import ask
from starter.api.house import House
from starter.refusals import UnavailableError
from starter.verbs import asked_of

MANY: dict[str, Literal["clock", "task_id"] | None] = {
    "send_update_now": None,
    "extend_clock": "clock",
    "reassign": "task_id",
    "forward_task": "task_id",
    "change_priority": None,
    "force_tier": None,
    "adopt_policy": None,
    "close_case": None,
}
"""What makes sense for many cases at once, with the field that says what of each case is meant."""

MOST = 100
AT_ONCE = 8
"""Cases that are asked at the same time."""


def may_ask(principal: Principal, verb: str) -> bool:
    """Whether the board lets somebody ask this; the case decides all the same."""
    return verb in MANY and principal.role is not Role.SYSTEM and principal.role in VERB_RULES[verb].roles


@dataclass(frozen=True)
class Target:
    """A case that is about to be asked.

    Attributes:
        on: the id of its clock or task that is meant; empty where the whole case is, None where it has none such.
        kind: of that clock or task.
        due: when that, or else the case, is due.
        owner: who has that task.
        team: whose task it is.
        clocks: those that may be meant, the one that is due first before the others.
        why_not: the name of the reason why this makes no sense for the case.
    """

    case: CaseRow
    on: str | None
    kind: str | None
    due: Instant | None
    owner: str | None = None
    team: str | None = None
    why_not: str | None = None
    clocks: tuple[ClockRow, ...] = ()


async def targets_of(rows: BoardRows, verb: str, cases: list[CaseRow]) -> list[Target]:
    """What a verb is meant for in each case: the clock that is due first, the task that nobody has or is due first."""
    ids = [case.case_id for case in cases]
    if MANY[verb] == "clock":
        clocks = await rows.promises(ids)
        return [_of_clock(case, clocks.get(case.case_id, [])) for case in cases]
    if MANY[verb] == "task_id":
        tasks = await rows.waiting(ids)
        return [_of_task(case, tasks.get(case.case_id, [])) for case in cases]
    asked = asked_of(verb)
    return [_of_whole(case, asked) for case in cases]


def _of_whole(case: CaseRow, asked: Container[str]) -> Target:
    if not case.open:
        return Target(case, None, None, case.due, why_not="ended")
    if case.case_type not in asked:
        return Target(case, None, None, case.due, why_not="other_type")
    return Target(case, "", None, case.due)


def _of_clock(case: CaseRow, clocks: list[ClockRow]) -> Target:
    if not clocks:
        return Target(case, None, None, case.due, why_not="no_clock")
    first = clocks[0]
    return Target(case, first.id, first.kind.value, first.due, clocks=tuple(clocks))


def _of_task(case: CaseRow, tasks: list[Waiting]) -> Target:
    if not tasks:
        return Target(case, None, None, case.due, why_not="no_task")
    first = min(tasks, key=lambda task: task.state is not TaskState.READY)
    return Target(case, first.task_id, first.kind, case.due, first.owner, first.team)


@dataclass
class Round:
    """One verb, carried to many cases; each gets it under the same name, so that a repeat does nothing twice."""

    house: House
    verb: str
    content: Mapping[str, Any]
    silent: bool = field(default=False, init=False)

    async def ask_each(self, targets: Mapping[str, str]) -> dict[str, CaseError | None]:
        """What each case answered: None is done, an error is why not."""
        free = asyncio.Semaphore(AT_ONCE)
        found = await asyncio.gather(*(self._ask(free, case_id, on) for case_id, on in targets.items()))
        return dict(zip(targets, found, strict=True))

    async def _ask(self, free: asyncio.Semaphore, case_id: str, on: str) -> CaseError | None:
        about = MANY[self.verb]
        async with free:
            if self.silent:
                # One that waits for half a minute is enough to know; all of them would take minutes.
                return UnavailableError("nobody answered the ones before, so this one was not asked")
            try:
                await ask(self.house, case_id, self.verb, {**self.content, **({about: on} if about else {})})
            except CaseError as error:
                if isinstance(error, UnavailableError):
                    self.silent = True
                return error
        return None
