"""How a case begins that comes out of a complaint: as at the door, by the same customer, under the same policy."""

from __future__ import annotations

from typing import TypeAlias

from domain.case_record import CaseState
from domain.complaint.linking import SOURCE
from domain.deeds import StartCase
from domain.linked.messages import OutOfComplaint
from domain.order_change.messages import OrderChangeInput
from domain.order_change.state import OrderChangeStart
from domain.returns.messages import ReturnInput
from domain.returns.state import ReturnStart
from domain.returns.wish import ReturnWish

LinkedStart: TypeAlias = OrderChangeStart | ReturnStart


def start_of(complaint: CaseState, deed: StartCase, *, informs: bool) -> LinkedStart:
    """The input of the linked case's workflow. Pinned to the complaint's policy: one conversation, one promise."""
    parent = OutOfComplaint(case_id=complaint.case_id, informs=informs)
    asked = {
        "case_id": deed.case_id,
        "source": SOURCE,
        "reference": deed.key,
        "policy": complaint.policy,
        "arrived_at": deed.at,
        "channel": complaint.channel,
        "customer_id": complaint.customer.id,
        "order_id": deed.order_id,
        "wanted": deed.wanted,
        "asked_by": deed.asked_by,
        "parent": parent,
    }
    if isinstance(deed.wanted, ReturnWish):
        return ReturnStart(asked=ReturnInput.model_validate(asked), customer=complaint.customer)
    return OrderChangeStart(change=OrderChangeInput.model_validate(asked), customer=complaint.customer)
