"""Where an order change stands: its status, and how the customer is told of it."""

from __future__ import annotations

from domain.conversation import next_update_by
from domain.deeds import Words
from domain.order_change.machine import OVER, ChangeTrigger, after
from domain.order_change.policy import OrderChangePolicy
from domain.order_change.state import OrderChangeState
from domain.order_change.tasks import TASK_DEFINITIONS
from domain.people import SYSTEM, Actor
from domain.policy import Policy
from domain.shop_case.standing import ShopCase
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import TaskDefinition
from domain.templates import TemplateName


class OrderChangeStanding(ShopCase):
    """An order change's standing, and the only way to move its status: along the table."""

    state: OrderChangeState  # type: ignore[mutable-override]  # narrowed, and set only by __init__
    update_template = TemplateName.CHANGE_UPDATE
    message_template = TemplateName.CHANGE_MESSAGE

    def __init__(self, state: OrderChangeState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    def rules(self) -> OrderChangePolicy:
        """The order-change part of the pinned policy."""
        return self.policy.order_change

    @property
    def status(self) -> str:
        return self.state.status.value

    @property
    def definitions(self) -> dict[str, TaskDefinition]:
        return TASK_DEFINITIONS

    @property
    def over(self) -> bool:
        return self.state.status in OVER

    @property
    def came_to(self) -> str | None:
        return self.state.outcome.value if self.state.outcome else None

    # Status.

    def fire(self, trigger: ChangeTrigger, now: Instant, by: Actor = SYSTEM, why: str | None = None) -> None:
        """Move the status along the table and let every clock run or pause accordingly.

        Raises:
            WrongStatusError: the table has no such move.
        """
        former = self.state.status
        self.state.status = after(former, trigger)
        # What was read before the customer or a person took their time may no longer be so.
        self.state.checked = False
        self.note(now, "status_changed", by, trigger=trigger.value, former=former, status=self.status, reason=why)
        self.settle_pauses(now)

    def require(self, trigger: ChangeTrigger) -> None:
        """Refuse what the present status does not allow.

        Raises:
            WrongStatusError: details list what is possible.
        """
        after(self.state.status, trigger)

    # Messages.

    def words(self, now: Instant) -> Words:
        quote = self.state.quote
        dues = [due for clock in self.state.clocks if clock.kind is ClockKind.TASK_DUE and (due := self.due(clock))]
        return {
            "case_number": self.state.case_id,
            "subject": self.state.subject,
            "order_id": self.state.order_id,
            "order_number": self.order_number,
            "stage": self.status,
            "next_update_by": next_update_by(self, now),
            "due_by": min(dues, default=None),
            "changes": quote.changes if quote else None,
            "collect": str(quote.collect) if quote and quote.collect else None,
            "refund": str(quote.refund) if quote and quote.refund else None,
            "delivery_on": quote.delivery_on.isoformat() if quote and quote.delivery_on else None,
        }
