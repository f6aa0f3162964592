"""The kinds of human tasks that a complaint can have, with their forms."""

from __future__ import annotations

from domain.complaint import forms
from domain.reaching import REACHING
from domain.tasks import TaskDefinition

RESOLVE, SUMMARISE, ROOT_CAUSE = "resolve_complaint", "summarise", "root_cause"
DEPARTMENT, FOLLOW_UP, APPROVE_GOODWILL = "department_answer", "follow_up", "approve_goodwill"

TASK_DEFINITIONS: dict[str, TaskDefinition] = {
    definition.kind: definition
    for definition in (
        TaskDefinition(kind=RESOLVE, title="Resolve the complaint", form=forms.SolutionForm),
        TaskDefinition(kind=SUMMARISE, title="Summarise and record", form=forms.SummaryForm, skippable=True),
        TaskDefinition(kind=ROOT_CAUSE, title="Find the root cause", form=forms.RootCauseForm),
        TaskDefinition(kind=DEPARTMENT, title="Answer a question", form=forms.DepartmentAnswerForm, skippable=True),
        TaskDefinition(kind=FOLLOW_UP, title="Follow up with the customer", form=forms.FollowUpForm, skippable=True),
        *REACHING,
        TaskDefinition(kind=APPROVE_GOODWILL, title="Decide on goodwill", form=forms.GoodwillForm),
    )
}
