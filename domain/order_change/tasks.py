"""The kinds of human tasks that an order change can have, with their forms."""

from __future__ import annotations

from domain.order_change import forms
from domain.shop_case.tasks import SHOP_TASKS
from domain.tasks import TaskDefinition

DECIDE, DECIDE_INTERCEPTION = "decide_change", "decide_interception"

TASK_DEFINITIONS: dict[str, TaskDefinition] = {
    definition.kind: definition
    for definition in (
        TaskDefinition(kind=DECIDE, title="Decide on a change outside its window", form=forms.ChangeDecisionForm),
        TaskDefinition(
            kind=DECIDE_INTERCEPTION, title="Decide about a parcel that does not come back", form=forms.InterceptionForm
        ),
        *SHOP_TASKS,
    )
}
