"""Where a return stands: its status, what is due to whom, and how the customer is told of it."""

from __future__ import annotations

from domain.conversation import write
from domain.deeds import Words
from domain.money import Money
from domain.policy import Policy
from domain.returns.machine import RETURN_MACHINE, ReturnCaseStatus, ReturnTrigger
from domain.returns.policy import ReturnPolicy
from domain.returns.rules import goods
from domain.returns.state import ReturnState
from domain.returns.tasks import TASK_DEFINITIONS
from domain.shop_case.status import ShopStanding
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import Brief, HumanTask
from domain.templates import TemplateName


class ReturnStanding(ShopStanding[ReturnTrigger]):
    """A return's standing: its table, its part of the policy, what is due on each leg, its words."""

    state: ReturnState  # type: ignore[mutable-override]  # narrowed, and set only by __init__
    update_template = TemplateName.RETURN_UPDATE
    message_template = TemplateName.RETURN_MESSAGE
    machine = RETURN_MACHINE
    definitions = TASK_DEFINITIONS
    problem = "return"

    def __init__(self, state: ReturnState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    def rules(self) -> ReturnPolicy:
        """The return part of the pinned policy."""
        return self.policy.returns

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
        return goods(self.own_order, self.wished) if self.own_order else None

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
        back = Money(minor=state.paid_back, currency=self.order.currency) if state.paid_back else None
        parcel = state.outbound or state.inbound
        return super().words(now) | {
            "kind": state.remedy.value,
            "goods": self.goods,
            "collect": str(state.price) if state.price else None,
            "refund": str(back) if back else None,
            "parcel": parcel.id if parcel else None,
        }
