"""The life of a return.

A customer wants to give goods back: for money, for something else, to have them repaired; or to keep what was wrong,
damaged or missing and be made good for it. The rules let it through at once or a person decides. The customer gets a
label and has two weeks to send the parcel, which is watched on its way and traced when it does not come. What is in it
is inspected; within 24 hours of its arrival the money is on its way, or what goes out instead, or the repair begins:
with a price if there is no warranty, and a test at its end. What is not accepted goes back with its reason. Above the
limit a second pair of eyes approves. In the end the customer is asked whether all is well.
"""

from __future__ import annotations

from temporalio import workflow

from workflows.shop_case import ShopCaseWorkflow
from workflows.verbs import verb

with workflow.unsafe.imports_passed_through():
    from domain.returns import decisions, facts, show
    from domain.returns import messages as m
    from domain.returns.case import Return
    from domain.returns.machine import ReturnCaseStatus
    from domain.returns.state import ReturnResult, ReturnStart
    from runtime.published import published

_S = ReturnCaseStatus
ASKED = (_S.RECEIVED, _S.VERIFYING, _S.DECIDING, _S.WAITING)
AGREED_UPON = (_S.PREPARING, _S.AWAITING_ANSWER, _S.AWAITING_PAYMENT, _S.ANNOUNCING)
COMING = (_S.AWAITING_PARCEL, _S.IN_TRANSIT, _S.TRACING)


@workflow.defn
class ReturnWorkflow(ShopCaseWorkflow):
    """One wish to return goods, from its arrival to its end."""

    case: Return  # type: ignore[mutable-override]  # narrowed, and set only by begin
    case_type = "return"
    shown_by = show

    @workflow.init
    def __init__(self, start: ReturnStart) -> None:
        super().__init__()
        self.start = start
        if start.state is None:
            policy = published(start.asked.policy)
            self.begin(facts.new_return(start.asked, start.customer, policy, self.now()))
        else:
            self.begin(Return(start.state, published(start.state.policy)))

    @workflow.run
    async def run(self, start: ReturnStart) -> ReturnResult:
        """The return's story."""
        await self.attend(until=self.permitted)
        await self.attend(until=self.announced)
        await self.attend(until=self.arrived)
        await self.attend(until=self.settled)
        await self.attend(until=self.ended)
        await self.finish()
        return self.result(ReturnResult)

    def permitted(self) -> bool:
        """It is known who asks, and the rules or a person let it through; or it came to nothing."""
        return self.case.state.status not in ASKED

    def announced(self) -> bool:
        """The customer has agreed and has a label; or nothing needs to come back, or it came to nothing."""
        return self.permitted() and self.case.state.status not in AGREED_UPON

    def arrived(self) -> bool:
        """The goods are here; or they need not be, or it came to nothing."""
        return self.announced() and self.case.state.status not in COMING

    def settled(self) -> bool:
        """Money and goods have gone where they belong, and the customer is asked about it; or it came to nothing."""
        return self.ended() or self.case.state.status is _S.CONFIRMING

    def ended(self) -> bool:
        """The customer has had the last word, or would not have it."""
        return self.case.over

    answer_return = verb("answer_return", m.AnswerReturn, decisions.answer_return)
    withdraw_return = verb("withdraw_return", m.WithdrawReturn, decisions.withdraw_return)
    report_sent = verb("report_sent", m.ReportSent, decisions.report_sent)
    rate_return = verb("rate_return", m.RateReturn, decisions.rate_return)
