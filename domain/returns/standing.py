"""Where a return stands: its status, what is due to whom, and how the customer is told of it."""

from __future__ import annotations

from domain.conversation import next_update_by, write
from domain.deeds import Words
from domain.money import Money
from domain.people import SYSTEM, Actor
from domain.policy import Policy
from domain.returns.machine import OVER, ReturnCaseStatus, ReturnTrigger, after
from domain.returns.policy import ReturnPolicy
from domain.returns.rules import goods
from domain.returns.state import ReturnState
from domain.returns.tasks import TASK_DEFINITIONS
from domain.shop.orders import Order
from domain.shop_case.standing import ShopCase
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import Brief, HumanTask, TaskDefinition
from domain.templates import TemplateName


class ReturnStanding(ShopCase):
    """A return's standing, and the only way to move its status: along the table."""

    state: ReturnState  # type: ignore[mutable-override]  # narrowed, and set only by __init__
    update_template = TemplateName.RETURN_UPDATE
    message_template = TemplateName.RETURN_MESSAGE

    def __init__(self, state: ReturnState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    def rules(self) -> ReturnPolicy:
        """The return part of the pinned policy."""
        return self.policy.returns

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

    @property
    def order(self) -> Order:
        """The order, once it was read."""
        assert self.state.shop_order
        return self.state.shop_order

    @property
    def wished(self) -> dict[str, int]:
        """Pieces by line that the wish is about."""
        return {item.line_id: item.quantity for item in self.state.wanted.items}

    @property
    def part_settled(self) -> bool:
        """Something came back and was settled: from here on nothing is taken back."""
        return self.state.round > 1

    @property
    def goods(self) -> str | None:
        """What it is about, as whoever asked may know it."""
        order = self.state.shop_order
        own = order is not None and order.customer_id == self.state.customer.id
        return goods(order, self.wished) if order and own else None

    # Status.

    def fire(self, trigger: ReturnTrigger, now: Instant, by: Actor = SYSTEM, why: str | None = None) -> None:
        """Move the status along the table and let every clock run or pause accordingly.

        Raises:
            WrongStatusError: the table has no such move.
        """
        former = self.state.status
        self.state.status = after(former, trigger)
        # What was read before somebody took their time may no longer be so.
        self.state.checked = False
        self.note(now, "status_changed", by, trigger=trigger.value, former=former, status=self.status, reason=why)
        self.settle_pauses(now)

    def require(self, trigger: ReturnTrigger) -> None:
        """Refuse what the present status does not allow.

        Raises:
            WrongStatusError: details list what is possible.
        """
        after(self.state.status, trigger)

    def is_in(self, *statuses: ReturnCaseStatus) -> bool:
        """Whether the case stands in one of these."""
        return self.state.status in statuses

    def promise(self, kind: ClockKind, now: Instant, cause: str, *, runs_from: Instant | None = None) -> Instant | None:
        """Start the clock of a leg; returns when it is due."""
        [within] = self.rules.budgets(kind)
        return self.due(self.start_clock(kind, within, now, cause, runs_from=runs_from))

    def offer_work(self, kind: str, team: str, now: Instant, **brief: str | int | None) -> HumanTask:
        """Offer a task with what its owner must know, in the time that the policy gives."""
        full: Brief = {"order": self.order.number, "goods": goods(self.order, self.wished), **brief}
        within: Span = self.time_for(kind)
        return self.offer(kind, team, within, now, brief=full)

    # Messages.

    def tell(
        self, news: str, now: Instant, about: str, *, text: str | None = None, answer_by: Instant | None = None
    ) -> None:
        """Tell the customer how it goes on."""
        write(self, TemplateName.RETURN_PROGRESS, now, about, news=news, text=text, answer_by=answer_by)

    def words(self, now: Instant) -> Words:
        state = self.state
        dues = [due for clock in state.clocks if clock.kind is ClockKind.TASK_DUE and (due := self.due(clock))]
        back = Money(minor=state.paid_back, currency=self.order.currency) if state.paid_back else None
        parcel = state.outbound or state.inbound
        return {
            "case_number": state.case_id,
            "subject": state.subject,
            "order_id": state.order_id,
            "order_number": self.order_number,
            "stage": self.status,
            "kind": state.remedy.value,
            "next_update_by": next_update_by(self, now),
            "due_by": min(dues, default=None),
            "goods": self.goods,
            "collect": str(state.price) if state.price else None,
            "refund": str(back) if back else None,
            "parcel": parcel.id if parcel else None,
        }
