"""What the workflows of all cases at a shop share: they ask the shop, and are told what happens there by itself."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow

from workflows.base import CaseWorkflow
from workflows.shop import ask_shop

with workflow.unsafe.imports_passed_through():
    from domain.deeds import OwnDeed, TakeStep
    from domain.linked.messages import ParentMoved
    from domain.shop.refusal import Refusal
    from domain.shop_case.case import ShopCase
    from domain.shop_case.messages import ParcelScanned, PaymentSettled
    from domain.shop_case.state import ShopCaseResult

Result = TypeVar("Result", bound=ShopCaseResult[Any])


class ShopCaseWorkflow(CaseWorkflow):
    """The shallow base of all cases at a shop. Subclasses keep their input as `start`."""

    case: ShopCase  # type: ignore[mutable-override]  # narrowed, and set only by begin
    start: BaseModel

    def result(self, result_type: type[Result]) -> Result:
        """What the case leaves behind."""
        state = self.case.state
        return result_type(
            case_id=state.case_id,
            status=self.case.status,
            outcome=state.outcome,
            closed_at=state.closed_at or self.now(),
            state=state,
        )

    @workflow.signal
    def payment_settled(self, event: PaymentSettled) -> None:
        """A payment came in, or so somebody says."""
        self.case.payment_settled(event)
        self._turn()

    @workflow.signal
    def parcel_scanned(self, event: ParcelScanned) -> None:
        """Something was seen of a parcel."""
        self.case.parcel_scanned(event)
        self._turn()

    @workflow.signal
    def parent_moved(self, news: ParentMoved) -> None:
        """The complaint that this case came out of informs the customer, or no longer, or has just written to them."""
        self.case.parent_moved(news, self.now())
        self._turn()

    # What the base class asks of every type.

    def start_again(self) -> BaseModel:
        return self.start.model_copy(update={"state": self.case.state})

    async def carry_out(self, deed: OwnDeed) -> None:
        """Ask the shop; the case decides what its answer means."""
        assert isinstance(deed, TakeStep)
        answer = await ask_shop(deed)
        if isinstance(answer, Refusal):
            self.case.shop_refused(deed, answer, self.now())
        else:
            self.case.shop_answered(deed, answer, self.now())
