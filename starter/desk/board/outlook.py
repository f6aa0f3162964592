"""What another priority or policy would do to the promises of many cases, said before it is asked and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.errors import PolicyUnknownError
from domain.foresight import Foreseen, Terms, foresee
from domain.policy import Policy
from domain.sla.spans import Instant
from readmodel.board import Waiting
from readmodel.rows import CaseRow, ClockRow
from starter.api.house import House

CHOSEN_BY = {"change_priority": "priority", "adopt_policy": "policy"}
"""The verbs that give clocks other budgets, each with the field that says which."""


@dataclass(frozen=True)
class Prospect:
    """What a choice would make of one case.

    Attributes:
        choice: the priority or policy.
        due: when the first promise that still holds would be due.
        broken: the promises that would break at once.
    """

    choice: str
    due: Instant | None
    broken: tuple[Foreseen, ...]


async def outlook(
    house: House, verb: str, choices: Sequence[str], cases: Iterable[CaseRow], now: Instant
) -> dict[str, list[Prospect]]:
    """What each choice would make of each case that it changes; nothing of a case whose policy nobody knows."""
    rows = {case.case_id: case for case in cases if case.open}
    if not choices or not rows:
        return {}
    clocks = await house.board.rows.promises(rows, paused=True)
    tasks = await house.board.rows.waiting(rows)
    known = await _policies(house, {case.policy for case in rows.values()} | ({*choices} if _adopts(verb) else set()))
    return {
        one: [
            _prospect(choice, clocks.get(one, []), tasks.get(one, []), had, gets, now)
            for choice in choices
            if (had := _had(case, known)) and (gets := _gets(had, verb, choice, known)) and gets != had
        ]
        for one, case in rows.items()
    }


def _adopts(verb: str) -> bool:
    return CHOSEN_BY[verb] == "policy"


async def _policies(house: House, versions: Iterable[str]) -> dict[str, Policy]:
    found = {}
    for version in sorted(versions):
        try:
            found[version] = await house.doors.service.policy(version)
        except PolicyUnknownError:
            continue
    return found


def _had(case: CaseRow, known: dict[str, Policy]) -> Terms | None:
    policy = known.get(case.policy)
    return Terms(policy, case.case_type, case.tier, case.priority, case.channel) if policy else None


def _gets(had: Terms, verb: str, choice: str, known: dict[str, Policy]) -> Terms | None:
    if not _adopts(verb):
        return had._replace(priority=choice)
    return had._replace(policy=known[choice]) if choice in known else None


def _prospect(
    choice: str, clocks: list[ClockRow], tasks: list[Waiting], had: Terms, gets: Terms, now: Instant
) -> Prospect:
    found = foresee(clocks, {task.task_id: task.kind for task in tasks}, had, gets, now)
    dues = (one.due for one in found if one.due is not None and not one.breaks)
    return Prospect(choice, min(dues, default=None), tuple(one for one in found if one.breaks))
