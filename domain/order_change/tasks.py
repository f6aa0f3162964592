"""The kinds of human tasks that an order change can have, with their forms."""

from __future__ import annotations

from domain.order_change import forms
from domain.shop_case.tasks import SHOP_TASKS
from domain.tasks import TaskDefinition

DECIDE = "decide_change"

TASK_DEFINITIONS: dict[str, TaskDefinition] = {
    definition.kind: definition
    for definition in (
        TaskDefinition(kind=DECIDE, title="Decide on a change outside its window", form=forms.ChangeDecisionForm),
        *SHOP_TASKS,
    )
}
