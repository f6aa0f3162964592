"""Where a delivery problem stands, and how the customer is told of it."""

from __future__ import annotations

from domain.conversation import next_update_by
from domain.deeds import Words
from domain.delivery.machine import DeliveryCaseStatus, DeliveryTrigger, after
from domain.delivery.policy import DeliveryPolicy
from domain.delivery.state import DeliveryState
from domain.delivery.tasks import TASK_DEFINITIONS
from domain.money import Money
from domain.people import SYSTEM, Actor
from domain.policy import Policy
from domain.shop.orders import Order
from domain.shop.parcels import Parcel
from domain.shop_case.standing import ShopCase
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import TaskDefinition
from domain.templates import TemplateName


class DeliveryStanding(ShopCase):
    """A delivery problem's standing, and the only way to move its status: along the table."""

    state: DeliveryState  # type: ignore[mutable-override]  # narrowed, and set only by __init__
    update_template = TemplateName.DELIVERY_UPDATE
    message_template = TemplateName.DELIVERY_MESSAGE

    def __init__(self, state: DeliveryState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    def rules(self) -> DeliveryPolicy:
        """The part of the pinned policy about deliveries."""
        return self.policy.deliveries

    @property
    def status(self) -> str:
        return self.state.status.value

    @property
    def definitions(self) -> dict[str, TaskDefinition]:
        return TASK_DEFINITIONS

    @property
    def over(self) -> bool:
        return self.state.status is DeliveryCaseStatus.RESOLVED

    @property
    def came_to(self) -> str | None:
        return self.state.outcome.value if self.state.outcome else None

    @property
    def order(self) -> Order:
        """The order, once it was read."""
        assert self.state.shop_order
        return self.state.shop_order

    @property
    def parcel(self) -> Parcel:
        """The parcel, once it was read."""
        assert self.state.parcel
        return self.state.parcel

    @property
    def goods(self) -> str | None:
        """What is in the parcel, as pieces and names."""
        if not (self.state.parcel and self.state.shop_order):
            return None
        return ", ".join(f"{item.quantity} × {self.order.line(item.line_id).title}" for item in self.parcel.items)

    @property
    def value(self) -> Money:
        """What the goods in the parcel cost."""
        value = Money(minor=0, currency=self.order.currency)
        for item in self.parcel.items:
            value = value.plus(self.order.line(item.line_id).unit_price.times(item.quantity))
        return value

    def fire(self, trigger: DeliveryTrigger, now: Instant, by: Actor = SYSTEM, why: str | None = None) -> None:
        """Move the status along the table and let every clock run or pause accordingly.

        Raises:
            WrongStatusError: the table has no such move.
        """
        former = self.state.status
        self.state.status = after(former, trigger)
        self.note(now, "status_changed", by, trigger=trigger.value, former=former, status=self.status, reason=why)
        self.settle_pauses(now)

    def words(self, now: Instant) -> Words:
        state = self.state
        dues = [due for clock in state.clocks if clock.kind is ClockKind.TASK_DUE and (due := self.due(clock))]
        return {
            "case_number": state.case_id,
            "subject": state.subject,
            "order_id": state.order_id,
            "order_number": self.order_number,
            "stage": self.status,
            "problem": state.problem.value,
            "kind": state.remedy.value if state.remedy else None,
            "next_update_by": next_update_by(self, now),
            "due_by": min(dues, default=None),
            "goods": self.goods,
            "refund": str(state.refund_due) if state.refund_due else None,
            "parcel": state.parcel_id,
        }
