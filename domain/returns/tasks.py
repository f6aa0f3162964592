"""The kinds of human tasks that a return can have, with their forms."""

from __future__ import annotations

from domain.returns import forms
from domain.shop_case.tasks import SHOP_TASKS
from domain.tasks import TaskDefinition

DECIDE, TRACE, INSPECT = "decide_return", "trace_parcel", "inspect_goods"
REPAIR, TEST, FOLLOW_UP = "repair_goods", "test_goods", "follow_up"

TASK_DEFINITIONS: dict[str, TaskDefinition] = {
    definition.kind: definition
    for definition in (
        TaskDefinition(kind=DECIDE, title="Decide on a return", form=forms.ReturnDecisionForm),
        TaskDefinition(kind=TRACE, title="Find out where the parcel is", form=forms.TracingForm),
        TaskDefinition(kind=INSPECT, title="Inspect what came back", form=forms.InspectionForm),
        TaskDefinition(kind=REPAIR, title="Repair the goods", form=forms.RepairForm),
        TaskDefinition(kind=TEST, title="Test the repaired goods", form=forms.TestForm),
        TaskDefinition(kind=FOLLOW_UP, title="Follow up with a dissatisfied customer", form=forms.FollowUpForm),
        *SHOP_TASKS,
    )
}
