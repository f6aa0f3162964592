"""How a transition table becomes a machine, and what is asked of one; the same for every case type."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias, TypeVar

from transitions import Machine

from domain.errors import WrongStatusError

Trigger = TypeVar("Trigger", bound=StrEnum)
Status = TypeVar("Status", bound=StrEnum)

TransitionTable: TypeAlias = tuple[tuple[Trigger, tuple[Status, ...], Status], ...]
"""What happens, in which statuses it can, and where it leads."""


def defined(statuses: Iterable[Status], initial: Status, table: TransitionTable[Trigger, Status]) -> Machine:
    """The validated definition of a table, without a model: each case keeps just its status."""
    return Machine(
        model=None,
        states=[status.value for status in statuses],
        initial=initial.value,
        transitions=[
            {"trigger": trigger.value, "source": [source.value for source in sources], "dest": target.value}
            for trigger, sources, target in table
        ],
        auto_transitions=False,
        send_event=False,
    )


def options_in(machine: Machine, status: StrEnum, triggers: Iterable[Trigger]) -> list[Trigger]:
    """Everything that can happen in `status`, in the order of `triggers`."""
    possible = machine.get_triggers(status.value)
    return [trigger for trigger in triggers if trigger.value in possible]


def target_of(machine: Machine, status: StrEnum, trigger: StrEnum, triggers: Iterable[StrEnum]) -> str:
    """The status that `trigger` leads to.

    Raises:
        WrongStatusError: `trigger` is not possible in `status`; details list what is.
    """
    found = machine.get_transitions(trigger.value, status.value)
    if not found:
        raise WrongStatusError(
            f"cannot {trigger.value.replace('_', ' ')} a case that is {status.value.replace('_', ' ')}",
            status=status.value,
            trigger=trigger.value,
            possible=[option.value for option in options_in(machine, status, triggers)],
        )
    return str(found[0].dest)
