"""Where an order change stands: its status, its steps at the shop, and how the customer is told of it."""

from __future__ import annotations

from domain.conversation import next_update_by
from domain.deeds import TakeStep, Words
from domain.order_change.machine import OVER, ChangeTrigger, after
from domain.order_change.policy import OrderChangePolicy
from domain.order_change.state import OrderChangeState, StepState, TakenStep
from domain.order_change.tasks import TASK_DEFINITIONS
from domain.people import SYSTEM, Actor
from domain.policy import Policy
from domain.shop.asks import ShopAsk
from domain.sla.rules import ClockKind, ClockRule
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask, TaskDefinition
from domain.templates import TemplateName
from domain.worked_case import WorkedCase


class OrderChangeStanding(WorkedCase):
    """An order change's standing, and the only way to move its status: along the table."""

    state: OrderChangeState  # type: ignore[mutable-override]  # narrowed, and set only by __init__
    update_template = TemplateName.CHANGE_UPDATE

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
    def tier(self) -> int | None:
        return None

    @property
    def definitions(self) -> dict[str, TaskDefinition]:
        return TASK_DEFINITIONS

    @property
    def supervisors(self) -> str:
        return self.rules.supervisors

    @property
    def over(self) -> bool:
        return self.state.status in OVER

    @property
    def in_hand(self) -> list[HumanTask]:
        return self.active_tasks()

    def reach_within(self, kind: str) -> Span:
        return self.task_time(kind)

    def task_time(self, kind: str) -> Span:
        """How long a task of this kind may take."""
        within: Span = getattr(self.rules.task_times, kind)
        return within

    def rule(self, kind: ClockKind) -> ClockRule:
        return self.rules.clocks.rule(kind)

    def claim_idle_budget(self, task: HumanTask) -> Span | None:
        return self.rules.claim_idle

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

    # Steps at the shop.

    @property
    def busy(self) -> bool:
        """Something was asked of the shop that is not answered yet; steps are taken one after the other."""
        waiting = (StepState.UNDER_WAY, StepState.UNDOING)
        return self.state.reading is not None or any(step.state in waiting for step in self.state.steps)

    def find_step(self, name: str) -> TakenStep | None:
        """The newest attempt at a step of the plan."""
        return next((step for step in reversed(self.state.steps) if step.name == name), None)

    def read(self, ask: ShopAsk, about: str) -> None:
        """Look something up at the shop."""
        self.state.reading = ask.do
        self.decide(TakeStep(key=self.key(ask.do), step=ask.do, ask=ask, about=about))

    def take(self, name: str, ask: ShopAsk, about: str) -> None:
        """Take a step at the shop."""
        self.state.steps.append(TakenStep(name=name, ask=ask))
        self.decide(TakeStep(key=self.key(ask.do), step=name, ask=ask, about=about))

    def take_back(self, step: TakenStep, ask: ShopAsk, about: str) -> None:
        """Undo a step that was taken."""
        step.state = StepState.UNDOING
        self.decide(TakeStep(key=self.key(ask.do), step=step.name, ask=ask, undo=True, about=about))

    # Messages.

    @property
    def order_number(self) -> str:
        """The order as whoever asked knows it: of a stranger's order nothing is told that they did not say."""
        order = self.state.shop_order
        own = order is not None and order.customer_id == self.state.customer.id
        return order.number if order and own else self.state.order_id

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
