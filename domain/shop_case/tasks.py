"""Tasks that every case at a shop may have."""

from __future__ import annotations

from domain.answering import ANSWERING
from domain.reaching import REACHING
from domain.shop_case import forms
from domain.tasks import TaskDefinition

VERIFY, APPROVE, SETTLE = "verify_identity", "approve_refund", "settle_by_hand"

SHOP_TASKS = (
    TaskDefinition(kind=VERIFY, title="Verify who is asking", form=forms.IdentityForm),
    TaskDefinition(kind=APPROVE, title="Decide on a refund above the limit", form=forms.RefundApprovalForm),
    TaskDefinition(kind=SETTLE, title="Settle a step by hand", form=forms.SettlementForm),
    ANSWERING,
    *REACHING,
)
