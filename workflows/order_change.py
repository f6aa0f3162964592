"""The life of an order change.

A customer wants an order changed: more, fewer or other goods, another address, another way to pay, or nothing at all
any more. It is verified that the order is theirs. Inside its window the change is made at once; outside, a person
decides within two hours, and may have the parcel turned back. It is staged and shown before it is committed: a higher
price must be accepted and paid, a refund above the limit is approved by a second pair of eyes. Each step at the shop
can be taken back, and is, newest first, when a later one fails; what cannot be taken back becomes a person's task.
"""

from __future__ import annotations

from temporalio import workflow

from workflows.shop_case import ShopCaseWorkflow
from workflows.verbs import verb

with workflow.unsafe.imports_passed_through():
    from domain.order_change import decisions, facts, show
    from domain.order_change import messages as m
    from domain.order_change.case import OrderChange
    from domain.order_change.machine import ChangeCaseStatus
    from domain.order_change.state import OrderChangeResult, OrderChangeStart
    from runtime.published import published


@workflow.defn
class OrderChangeWorkflow(ShopCaseWorkflow):
    """One wish to change an order, from its arrival to its end."""

    case: OrderChange  # type: ignore[mutable-override]  # narrowed, and set only by begin
    case_type = "order_change"
    shown_by = show

    @workflow.init
    def __init__(self, start: OrderChangeStart) -> None:
        super().__init__()
        self.start = start
        if start.state is None:
            policy = published(start.change.policy)
            self.begin(facts.new_change(start.change, start.customer, policy, self.now()))
        else:
            self.begin(OrderChange(start.state, published(start.state.policy)))

    @workflow.run
    async def run(self, start: OrderChangeStart) -> OrderChangeResult:
        """The order change's story."""
        await self.attend(until=self.identified)
        await self.attend(until=self.permitted)
        await self.attend(until=self.agreed)
        await self.attend(until=self.ended)
        await self.finish()
        return self.result(OrderChangeResult)

    def identified(self) -> bool:
        """It is known whose order it is, and that whoever asks may change it; or it came to nothing."""
        return self.case.state.status not in (ChangeCaseStatus.RECEIVED, ChangeCaseStatus.VERIFYING)

    def permitted(self) -> bool:
        """The window is open or a person has decided; or it came to nothing."""
        return self.identified() and self.case.state.status is not ChangeCaseStatus.DECIDING

    def agreed(self) -> bool:
        """What it costs or gives back was shown, accepted, paid and approved; or it came to nothing."""
        committing = (ChangeCaseStatus.INTERCEPTING, ChangeCaseStatus.COMMITTING, ChangeCaseStatus.UNDOING)
        return self.ended() or self.case.state.status in committing

    def ended(self) -> bool:
        """The order was changed, or everything that was done for it is taken back."""
        return self.case.over

    answer_change = verb("answer_change", m.AnswerChange, decisions.answer_change)
    withdraw_change = verb("withdraw_change", m.WithdrawChange, decisions.withdraw_change)
