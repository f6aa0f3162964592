"""The life of an order change.

A customer wants an order changed: more, fewer or other goods, another address, another way to pay, or nothing at all
any more. It is verified that the order is theirs. Inside its window the change is made at once; outside, a person
decides within two hours, and may have the parcel turned back. It is staged and shown before it is committed: a higher
price must be accepted and paid, a refund above the limit is approved by a second pair of eyes. Each step at the shop
can be taken back, and is, newest first, when a later one fails; what cannot be taken back becomes a person's task.
"""

from __future__ import annotations

from temporalio import workflow

from workflows.base import CaseWorkflow
from workflows.shop import ask_shop
from workflows.verbs import verb

with workflow.unsafe.imports_passed_through():
    from domain.deeds import OwnDeed, TakeStep
    from domain.linked.messages import ParentMoved
    from domain.messages import CaseView
    from domain.order_change import answers, decisions, facts
    from domain.order_change import messages as m
    from domain.order_change.case import OrderChange
    from domain.order_change.machine import ChangeCaseStatus, available
    from domain.order_change.show import details, face, shown_facts
    from domain.order_change.state import OrderChangeResult, OrderChangeStart
    from domain.shop.refusal import Refusal
    from domain.shop_case.messages import ParcelScanned, PaymentSettled
    from domain.views import view_case
    from runtime.published import published


@workflow.defn
class OrderChangeWorkflow(CaseWorkflow):
    """One wish to change an order, from its arrival to its end."""

    case: OrderChange  # type: ignore[mutable-override]  # narrowed, and set only by begin
    case_type = "order_change"

    @workflow.init
    def __init__(self, start: OrderChangeStart) -> None:
        super().__init__()
        self.change, self.customer = start.change, start.customer
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
        return self.result()

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

    def result(self) -> OrderChangeResult:
        """What the case leaves behind."""
        state = self.case.state
        return OrderChangeResult(
            case_id=state.case_id,
            status=self.case.status,
            outcome=state.outcome,
            closed_at=state.closed_at or self.now(),
            state=state,
        )

    answer_change = verb("answer_change", m.AnswerChange, decisions.answer_change)
    withdraw_change = verb("withdraw_change", m.WithdrawChange, decisions.withdraw_change)

    @workflow.signal
    def payment_settled(self, event: PaymentSettled) -> None:
        """A payment came in, or so somebody says."""
        facts.payment_settled(self.case, event)
        self._turn()

    @workflow.signal
    def parcel_scanned(self, event: ParcelScanned) -> None:
        """Something was seen of a parcel."""
        facts.parcel_scanned(self.case, event)
        self._turn()

    @workflow.signal
    def parent_moved(self, news: ParentMoved) -> None:
        """The complaint that this case came out of informs the customer, or no longer, or has just written to them."""
        self.case.parent_moved(news, self.now())
        self._turn()

    @workflow.query
    def snapshot(self) -> CaseView:
        """Everything about the case at this instant."""
        actions = tuple(trigger.value for trigger in available(self.case.state.status))
        return view_case(self.case, self.case_type, actions, shown_facts(self.case), self.watch.shown_at())

    # What the base class asks of every type.

    def face(self) -> dict[str, object]:
        return face(self.case)

    def details(self) -> str:
        return details(self.case, self.now())

    def start_again(self) -> OrderChangeStart:
        return OrderChangeStart(change=self.change, customer=self.customer, state=self.case.state)

    async def carry_out(self, deed: OwnDeed) -> None:
        """Ask the shop; the case decides what its answer means."""
        assert isinstance(deed, TakeStep)
        answer = await ask_shop(deed)
        if isinstance(answer, Refusal):
            answers.refused(self.case, deed, answer, self.now())
        else:
            answers.answered(self.case, deed, answer, self.now())
