"""The kinds of human tasks that an order change can have, with their forms."""

from __future__ import annotations

from domain.order_change import forms
from domain.reaching import REACHING
from domain.tasks import TaskDefinition

VERIFY, DECIDE, APPROVE, SETTLE = "verify_identity", "decide_change", "approve_refund", "settle_by_hand"

TASK_DEFINITIONS: dict[str, TaskDefinition] = {
    definition.kind: definition
    for definition in (
        TaskDefinition(kind=VERIFY, title="Verify who is asking", form=forms.IdentityForm),
        TaskDefinition(kind=DECIDE, title="Decide on a change outside its window", form=forms.ChangeDecisionForm),
        TaskDefinition(kind=APPROVE, title="Decide on a refund above the limit", form=forms.RefundApprovalForm),
        TaskDefinition(kind=SETTLE, title="Settle a step by hand", form=forms.SettlementForm),
        *REACHING,
    )
}
