"""The life of a delivery problem.

A parcel is late, lost, damaged or was refused, and the watch over parcels has found out before the customer asks. The
customer is told at once; a person decides within two hours: send the goods again, give the money back, look for the
parcel, or wait until what was refused is here again. A parcel that arrives after all settles it by itself. Above the
limit a second pair of eyes approves a refund. Until it is resolved the customer hears from us every four hours.
"""

from __future__ import annotations

from temporalio import workflow

from workflows.base import CaseWorkflow
from workflows.shop import ask_shop

with workflow.unsafe.imports_passed_through():
    from domain.deeds import OwnDeed, TakeStep
    from domain.delivery import answers, facts
    from domain.delivery.case import DeliveryCase
    from domain.delivery.machine import DeliveryCaseStatus, available
    from domain.delivery.show import details, face, shown_facts
    from domain.delivery.state import DeliveryResult, DeliveryStart
    from domain.messages import CaseView
    from domain.shop.refusal import Refusal
    from domain.shop_case.messages import ParcelScanned, PaymentSettled
    from domain.views import view_case
    from runtime.published import published


@workflow.defn
class DeliveryProblemWorkflow(CaseWorkflow):
    """One problem of one parcel, from the scan or the missing scan to its end."""

    case: DeliveryCase  # type: ignore[mutable-override]  # narrowed, and set only by begin
    case_type = "delivery"

    @workflow.init
    def __init__(self, start: DeliveryStart) -> None:
        super().__init__()
        self.found, self.customer = start.found, start.customer
        if start.state is None:
            policy = published(start.found.policy)
            self.begin(facts.new_delivery(start.found, start.customer, policy, self.now()))
        else:
            self.begin(DeliveryCase(start.state, published(start.state.policy)))

    @workflow.run
    async def run(self, start: DeliveryStart) -> DeliveryResult:
        """The delivery problem's story."""
        await self.attend(until=self.looked_into)
        await self.attend(until=self.ended)
        await self.finish()
        return self.result()

    def looked_into(self) -> bool:
        """Order and parcel were read: a person has the word, or there was no problem any more."""
        return self.case.state.status is not DeliveryCaseStatus.RECEIVED

    def ended(self) -> bool:
        """The goods or the money are where they belong."""
        return self.case.over

    def result(self) -> DeliveryResult:
        """What the case leaves behind."""
        state = self.case.state
        return DeliveryResult(
            case_id=state.case_id,
            status=self.case.status,
            outcome=state.outcome,
            closed_at=state.closed_at or self.now(),
            state=state,
        )

    @workflow.signal
    def parcel_scanned(self, event: ParcelScanned) -> None:
        """Something was seen of a parcel."""
        facts.parcel_scanned(self.case, event)
        self._turn()

    @workflow.signal
    def payment_settled(self, event: PaymentSettled) -> None:
        """A payment of the order came in; nothing here waits for one."""

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

    def start_again(self) -> DeliveryStart:
        return DeliveryStart(found=self.found, customer=self.customer, state=self.case.state)

    async def carry_out(self, deed: OwnDeed) -> None:
        """Ask the shop; the case decides what its answer means."""
        assert isinstance(deed, TakeStep)
        answer = await ask_shop(deed)
        if isinstance(answer, Refusal):
            answers.refused(self.case, deed, answer, self.now())
        else:
            answers.answered(self.case, deed, answer, self.now())
