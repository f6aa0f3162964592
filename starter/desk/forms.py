"""The forms of a case: one for each verb that is offered, drawn from the domain's own models and the catalog."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from pydantic import BaseModel

from domain.catalog import CASE_TYPES
from domain.messages import CaseView, TaskView
from domain.people import Language
from domain.policy import Policy
from domain.tasks import ACTIVE
from starter.api.bodies import body_of
from starter.desk.fields import Field, Filled, Kind, fields_of
from starter.desk.pages import Refusal
from starter.verbs import VERBS

Options = Mapping[str, tuple[tuple[str, str], ...]]
"""What may be chosen, by field: each value with its label."""


@dataclass(frozen=True)
class Form:
    """A verb to be asked, with the fields that it takes.

    Attributes:
        id: of the form on its page.
        request_id: sent along, so that a form that is sent twice is done once.
        filled: what stands in the fields.
        sent: whether it comes back from having been sent, so that an empty field was left empty.
        choices: of fields that choose among what this case has.
        refusal: why it was not done, if it was sent and refused.
    """

    verb: str
    task_id: str | None
    fields: tuple[Field, ...]
    request_id: str
    filled: Filled
    choices: Options
    sent: bool = False
    refusal: Refusal | None = None

    @property
    def id(self) -> str:
        return f"{self.verb}-{self.task_id}" if self.task_id else self.verb

    def value(self, field: Field, name: str) -> str:
        """What stands in a field: what was typed, or what it begins with."""
        return self.filled.get(name, "" if self.sent else field.default)

    def fault(self, name: str) -> str | None:
        """What was wrong with a field."""
        return self.refusal.fields.get(name) if self.refusal else None


@cache
def body_model(verb: str) -> type[BaseModel]:
    """What a verb takes beside who asks."""
    return body_of(VERBS[verb])


@cache
def _of_verb(verb: str) -> tuple[Field, ...]:
    return fields_of(body_model(verb).model_json_schema(), without=("task_id", "form"))


@cache
def _of_kind(case_type: str, kind: str) -> tuple[Field, ...]:
    found = next((task for task in CASE_TYPES[case_type].tasks if task.kind == kind), None)
    return fields_of(found.form.model_json_schema()) if found else ()


def fields_for(verb: str, view: CaseView, task_id: str | None) -> tuple[Field, ...]:
    """The fields of a verb's form; completing a task takes those of the task's kind."""
    if verb == "complete_task":
        task = next((task for task in view.tasks if task.id == task_id), None)
        return _of_kind(view.case_type, task.kind) if task else ()
    return _of_verb(verb)


def form_for(
    verb: str, view: CaseView, policy: Policy, language: Language, task: TaskView | None = None
) -> Form | None:
    """An empty form; None where nothing is there to choose from."""
    choices = _choices(verb, view, policy, task, language)
    fields = tuple(
        replace(field, kind=Kind.CHOICE) if field.name in choices else field
        for field in fields_for(verb, view, task.id if task else None)
    )
    if any(field.required and not choices.get(field.name, ("any",)) for field in fields):
        return None
    filled = {"draft": task.draft} if verb == "save_draft" and task and task.draft else {}
    return Form(verb, task.id if task else None, fields, uuid.uuid4().hex, filled, choices)


def _choices(verb: str, view: CaseView, policy: Policy, task: TaskView | None, language: Language) -> Options:
    if verb == "forward_task":
        others = {team: said for team, said in policy.teams.items() if not task or team != task.team}
        return {"team": tuple((team, said.name[language]) for team, said in others.items())}
    if verb in ("delegate_task", "reassign") and task:
        return {"to": _same(one for one in task.eligible if one != task.owner)}
    if verb == "keep_promise":
        return {"promise": tuple((one.id, one.text) for one in view.promises if one.kept_at is None)}
    if verb in _CLOCKS:
        return {"clock": _same(clock.id for clock in view.clocks if clock.state in _CLOCKS[verb])}
    return {}


_CLOCKS = {"extend_clock": ("running", "paused"), "pause_clock": ("running",), "resume_clock": ("paused",)}


def _same(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in values)


def active_first(tasks: list[TaskView]) -> list[TaskView]:
    """Tasks in the order in which they matter: what is to be done, then what is over, each newest last."""
    return sorted(tasks, key=lambda task: task.state not in ACTIVE)
