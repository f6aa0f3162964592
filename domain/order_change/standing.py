"""Where an order change stands: its status, and how the customer is told of it."""

from __future__ import annotations

from domain.deeds import Words
from domain.order_change.machine import CHANGE_MACHINE, ChangeTrigger
from domain.order_change.policy import OrderChangePolicy
from domain.order_change.state import OrderChangeState
from domain.order_change.tasks import TASK_DEFINITIONS
from domain.policy import Policy
from domain.shop_case.status import ShopStanding
from domain.sla.spans import Instant
from domain.templates import TemplateName


class OrderChangeStanding(ShopStanding[ChangeTrigger]):
    """An order change's standing: its table, its part of the policy, its words."""

    state: OrderChangeState  # type: ignore[mutable-override]  # narrowed, and set only by __init__
    update_template = TemplateName.CHANGE_UPDATE
    message_template = TemplateName.CHANGE_MESSAGE
    machine = CHANGE_MACHINE
    definitions = TASK_DEFINITIONS
    problem = "order_change"

    def __init__(self, state: OrderChangeState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    def rules(self) -> OrderChangePolicy:
        """The order-change part of the pinned policy."""
        return self.policy.order_change

    def words(self, now: Instant) -> Words:
        quote = self.state.quote
        return super().words(now) | {
            "changes": quote.changes if quote else None,
            "collect": str(quote.collect) if quote and quote.collect else None,
            "refund": str(quote.refund) if quote and quote.refund else None,
            "delivery_on": quote.delivery_on.isoformat() if quote and quote.delivery_on else None,
        }
