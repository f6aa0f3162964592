"""How a transition table becomes a machine, and what is asked of one; the same for every case type."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeAlias, TypeVar

from transitions import Machine

from domain.errors import WrongStatusError

Trigger = TypeVar("Trigger", bound=StrEnum)
Status = TypeVar("Status", bound=StrEnum)

TransitionTable: TypeAlias = tuple[tuple[Trigger, tuple[Status, ...], Status], ...]
"""What happens, in which statuses it can, and where it leads."""


class StatusMachine(Generic[Status, Trigger]):
    """What a transition table allows. It knows no case: each one keeps just its status.

    `over` are the statuses in which nothing more happens, unless the table says that a case may be taken up again.
    """

    def __init__(self, initial: Status, table: TransitionTable[Trigger, Status], over: tuple[Status, ...]) -> None:
        self.over = over
        self._initial = initial
        self._table = table

    @cached_property
    def definition(self) -> Machine:
        """The table, validated, without a model; built when it is first asked for."""
        return Machine(
            model=None,
            states=[status.value for status in type(self._initial)],
            initial=self._initial.value,
            transitions=[
                {"trigger": trigger.value, "source": [source.value for source in sources], "dest": target.value}
                for trigger, sources, target in self._table
            ],
            auto_transitions=False,
            send_event=False,
        )

    def can(self, status: Status, trigger: Trigger) -> bool:
        """Whether `trigger` is possible in `status`."""
        return bool(self.definition.get_transitions(trigger.value, status.value))

    def available(self, status: Status) -> list[Trigger]:
        """Everything that can happen in `status`, in the order of the triggers."""
        possible = self.definition.get_triggers(status.value)
        triggers = type(self._table[0][0])
        return [trigger for trigger in triggers if trigger.value in possible]

    def after(self, status: Status, trigger: Trigger) -> Status:
        """The status that `trigger` leads to.

        Raises:
            WrongStatusError: `trigger` is not possible in `status`; details list what is.
        """
        found = self.definition.get_transitions(trigger.value, status.value)
        if not found:
            raise WrongStatusError(
                f"cannot {trigger.value.replace('_', ' ')} a case that is {status.value.replace('_', ' ')}",
                status=status.value,
                trigger=trigger.value,
                possible=[option.value for option in self.available(status)],
            )
        return type(status)(str(found[0].dest))
