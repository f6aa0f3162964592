"""Where a case at a shop stands: its status, and what every message to its customer may mention."""

from __future__ import annotations

from typing import Any, Generic

from domain.conversation import next_update_by
from domain.deeds import Words
from domain.machines import StatusMachine, Trigger
from domain.people import SYSTEM, Actor
from domain.shop_case.case import ShopCase
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant


class ShopStanding(ShopCase, Generic[Trigger]):
    """The standing of a case at a shop, and the only way to move its status: along the table of its type."""

    machine: StatusMachine[Any, Trigger]

    @property
    def status(self) -> str:
        return self.state.status.value

    @property
    def possible(self) -> tuple[str, ...]:
        return tuple(trigger.value for trigger in self.machine.available(self.state.status))

    @property
    def over(self) -> bool:
        return self.state.status in self.machine.over

    @property
    def came_to(self) -> str | None:
        return self.state.outcome.value if self.state.outcome else None

    def fire(self, trigger: Trigger, now: Instant, by: Actor = SYSTEM, why: str | None = None) -> None:
        """Move the status along the table and let every clock run or pause accordingly.

        Raises:
            WrongStatusError: the table has no such move.
        """
        former = self.state.status
        self.state.status = self.machine.after(former, trigger)
        # What was read before the customer or a person took their time may no longer be so.
        self.state.checked = False
        self.note(now, "status_changed", by, trigger=trigger.value, former=former, status=self.status, reason=why)
        self.settle_pauses(now)

    def require(self, trigger: Trigger) -> None:
        """Refuse what the present status does not allow.

        Raises:
            WrongStatusError: details list what is possible.
        """
        self.machine.after(self.state.status, trigger)

    def words(self, now: Instant) -> Words:
        dues = [due for clock in self.state.clocks if clock.kind is ClockKind.TASK_DUE and (due := self.due(clock))]
        return {
            "case_number": self.state.case_id,
            "subject": self.state.subject,
            "order_id": self.state.order_id,
            "order_number": self.order_number,
            "stage": self.status,
            "next_update_by": next_update_by(self, now),
            "due_by": min(dues, default=None),
        }
