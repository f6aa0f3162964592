"""The life of a delivery problem.

A parcel is late, lost, damaged or was refused, and the watch over parcels has found out before the customer asks. The
customer is told at once; a person decides within two hours: send the goods again, give the money back, look for the
parcel, or wait until what was refused is here again. A parcel that arrives after all settles it by itself. Above the
limit a second pair of eyes approves a refund. Until it is resolved the customer hears from us every four hours.
"""

from __future__ import annotations

from temporalio import workflow

from workflows.shop_case import ShopCaseWorkflow

with workflow.unsafe.imports_passed_through():
    from domain.delivery import facts, show
    from domain.delivery.case import DeliveryCase
    from domain.delivery.machine import DeliveryCaseStatus
    from domain.delivery.state import DeliveryResult, DeliveryStart
    from runtime.published import published


@workflow.defn
class DeliveryProblemWorkflow(ShopCaseWorkflow):
    """One problem of one parcel, from the scan or the missing scan to its end."""

    case: DeliveryCase  # type: ignore[mutable-override]  # narrowed, and set only by begin
    case_type = "delivery"
    shown_by = show

    @workflow.init
    def __init__(self, start: DeliveryStart) -> None:
        super().__init__()
        self.start = start
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
        return self.result(DeliveryResult)

    def looked_into(self) -> bool:
        """Order and parcel were read: a person has the word, or there was no problem any more."""
        return self.case.state.status is not DeliveryCaseStatus.RECEIVED

    def ended(self) -> bool:
        """The goods or the money are where they belong."""
        return self.case.over
