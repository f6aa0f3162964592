"""Where a delivery problem stands, and how the customer is told of it."""

from __future__ import annotations

from domain.deeds import Words
from domain.delivery.machine import DELIVERY_MACHINE, DeliveryTrigger
from domain.delivery.policy import DeliveryPolicy
from domain.delivery.state import DeliveryState
from domain.delivery.tasks import TASK_DEFINITIONS
from domain.money import Money
from domain.policy import Policy
from domain.shop.parcels import Parcel
from domain.shop_case.status import ShopStanding
from domain.sla.spans import Instant
from domain.templates import TemplateName


class DeliveryStanding(ShopStanding[DeliveryTrigger]):
    """A delivery problem's standing: its table, its part of the policy, its parcel, its words."""

    state: DeliveryState  # type: ignore[mutable-override]  # narrowed, and set only by __init__
    update_template = TemplateName.DELIVERY_UPDATE
    message_template = TemplateName.DELIVERY_MESSAGE
    machine = DELIVERY_MACHINE
    definitions = TASK_DEFINITIONS
    problem = "delivery"

    def __init__(self, state: DeliveryState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    def rules(self) -> DeliveryPolicy:
        """The part of the pinned policy about deliveries."""
        return self.policy.deliveries

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

    def words(self, now: Instant) -> Words:
        state = self.state
        return super().words(now) | {
            "problem": state.problem.value,
            "kind": state.remedy.value if state.remedy else None,
            "goods": self.goods,
            "refund": str(state.refund_due) if state.refund_due else None,
            "parcel": state.parcel_id,
        }
