"""The kinds of human tasks that a delivery problem can have, with their forms."""

from __future__ import annotations

from domain.delivery.forms import DeliveryDecisionForm
from domain.shop_case.tasks import SHOP_TASKS
from domain.tasks import TaskDefinition

DECIDE = "decide_delivery"

TASK_DEFINITIONS: dict[str, TaskDefinition] = {
    definition.kind: definition
    for definition in (
        TaskDefinition(kind=DECIDE, title="Decide about a delivery problem", form=DeliveryDecisionForm),
        *SHOP_TASKS,
    )
}
