"""A case about a shop's order: its people and times under the policy, and the steps that it takes at the shop."""

from __future__ import annotations

from abc import abstractmethod

from domain.deeds import TakeStep
from domain.errors import ClockStateError
from domain.people import SYSTEM, Actor
from domain.policy import Policy
from domain.shop.asks import ShopAsk
from domain.shop.orders import Order
from domain.shop.refusal import Refusal
from domain.shop_case.led import LedCase
from domain.shop_case.messages import ParcelScanned, PaymentSettled
from domain.shop_case.policy import ShopCasePolicy
from domain.shop_case.state import ShopCaseState, StepState, TakenStep
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind, ClockRules, FixedBudgetRule, StatusUpdateRule
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask


class ShopCase(LedCase):
    """What all cases at a shop are alike in: steps are taken one after the other, and can be taken back."""

    def __init__(self, state: ShopCaseState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    @abstractmethod
    def rules(self) -> ShopCasePolicy:
        """This type's part of the pinned policy."""

    @property
    def order(self) -> Order:
        """The order, once it was read."""
        assert self.state.shop_order
        return self.state.shop_order

    @property
    def own_order(self) -> Order | None:
        """The order, once it was read, if it is the customer's: of a stranger's they are told only what they said."""
        order = self.state.shop_order
        return order if order and order.customer_id == self.state.customer.id else None

    @property
    def order_number(self) -> str:
        """The order as whoever asked knows it."""
        return self.own_order.number if self.own_order else self.state.order_id

    @abstractmethod
    def identified(self, now: Instant) -> None:
        """Go on now that it is known who is asking."""

    @abstractmethod
    def refuse(self, reason: str, now: Instant, by: Actor = SYSTEM, *, other_case: str | None = None) -> None:
        """The case comes to nothing because of us or the shop; what was done is taken back."""

    @property
    def tier(self) -> int | None:
        return None

    @property
    def about_order(self) -> str:
        return self.state.order_id

    @property
    def order_known_as(self) -> str | None:
        return self.own_order.number if self.own_order else None

    @property
    def heading(self) -> str:
        # The subject was written before the order was read, and what was sent with it stays as it was.
        return self.state.subject.replace(f"Order {self.state.order_id}", f"Order {self.order_number}", 1)

    @property
    def supervisors(self) -> str:
        return self.rules.supervisors

    @property
    def in_hand(self) -> list[HumanTask]:
        return self.active_tasks()

    @property
    def team(self) -> str:
        return next((task.team for task in self.active_tasks()), self.rules.deciding_team)

    def time_for(self, kind: str) -> Span:
        """How long a task of this kind may take at the case's present priority."""
        return self.rules.time_for(kind, self.state.priority)

    def reach_within(self, kind: str) -> Span:
        return self.time_for(kind)

    @property
    def clock_rules(self) -> ClockRules:
        return self.rules.clocks

    def claim_idle_budget(self, task: HumanTask) -> Span | None:
        return self.rules.claim_idle

    # What supervisors ask.

    @property
    def extend_at_most(self) -> Span:
        return self.rules.extend_at_most

    def priorities_in(self, policy: Policy) -> dict[str, float]:
        mine = next(part for _, part in policy if type(part) is type(self.rules))
        assert isinstance(mine, ShopCasePolicy)
        return mine.priorities

    def budget_of(self, clock: Clock) -> Span | None:
        """What a clock has at the present priority; None for the time for paying, which stands at the shop."""
        task = self.find_task(clock.task) if clock.task else None
        if clock.kind is ClockKind.TASK_DUE and task and task.kind in type(self.rules.task_times).model_fields:
            return self.time_for(task.kind)
        if clock.kind is ClockKind.CLAIM_IDLE:
            return self.rules.claim_idle
        rule = self.rule(clock.kind)
        if isinstance(rule, StatusUpdateRule):
            return rule.every
        if isinstance(rule, FixedBudgetRule) and clock.kind is not ClockKind.PAYMENT:
            return rule.within
        return None

    def check_moved(self, clock: Clock) -> None:
        """Refuse to move the time for paying: the shop ends it itself, at the moment it was told when it asked."""
        if clock.kind is ClockKind.PAYMENT:
            raise ClockStateError(
                f"clock {clock.id} is held by the shop, which takes no payment after its end", field="clock"
            )

    def close_by(self, by: Actor, reason: str, now: Instant) -> None:
        """Leave the order as it is: whatever was done at the shop is taken back, and the customer is told."""
        self.note(now, "close_ordered", by, reason=reason)
        self.refuse("closed_by_supervisor", now, by)

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

    @abstractmethod
    def shop_answered(self, deed: TakeStep, answer: object, now: Instant) -> None:
        """The shop did what was asked, or told what was to be read."""

    @abstractmethod
    def shop_refused(self, deed: TakeStep, why: Refusal, now: Instant) -> None:
        """The shop will never do what was asked."""

    # What shop and carrier tell by themselves. None of it has any authority: the case looks for itself.

    def payment_settled(self, event: PaymentSettled) -> None:
        """Somebody says that money came in."""
        if self.is_news(event.event_id):
            self.state.looked = False

    def parcel_scanned(self, event: ParcelScanned) -> None:
        """Something was seen of a parcel."""
        if self.is_news(event.event_id):
            self.state.looked = False
