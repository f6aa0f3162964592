"""The forms of a case: one for each verb that is offered, drawn from the domain's own models and the catalog."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from pydantic import BaseModel

from domain.catalog import CASE_TYPES, COMPLAINT
from domain.figures.dry_run import shop_parts
from domain.messages import CaseView, TaskView
from domain.people import Language
from domain.policy import Policy
from domain.shop.orders import OrderLine
from domain.tasks import ACTIVE
from starter.api.bodies import body_of
from starter.desk.fields import MOST_ROWS, ROWS, Field, Filled, Kind, fields_of
from starter.desk.pages import Refusal
from starter.desk.texts import Texts
from starter.desk.times import say_span
from starter.verbs import VERBS

LINE = "line_id"
"""The field that names a line of the order."""

UNSEEN = ("task_id", "request_id", "from", "template")
"""What a form sends that nobody wrote."""

WRITTEN = (Kind.TEXT, Kind.LINE, Kind.MONEY, Kind.NAMES, Kind.SPAN)
"""Fields in which somebody wrote something."""

ANSWERED = "waiting_for_customer"
"""The status of cases that wait for an answer; where a type has none, nobody is offered to wait."""

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

    @property
    def takes_draft(self) -> bool:
        """Whether its words may be kept as the task's draft."""
        return self.verb == "complete_task" and bool(worded(self.fields))

    def holds(self, draft: str | None) -> bool:
        """Whether a kept draft stands in it."""
        return bool(draft) and self.takes_draft and self.filled.get(worded(self.fields)[0].name) == draft

    @property
    def words(self) -> list[tuple[str, str]]:
        """What somebody wrote into it, field by field, where the form itself makes no sense any more."""
        kinds = {field.name: field.kind for field in self.fields}
        typed = [(name, value) for name, value in self.filled.items() if value.strip() and name not in UNSEEN]
        return [(name, value) for name, value in typed if "." not in name and kinds.get(name, Kind.TEXT) in WRITTEN]

    def rows(self, name: str) -> int:
        """How many rows of a list are shown: what is filled in, and some more."""
        filled = [int(key.split(".")[1]) for key in self.filled if re.fullmatch(rf"{re.escape(name)}\.\d+\..+", key)]
        return min(max([ROWS, *(number + 1 for number in filled)]), MOST_ROWS)

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
    if verb == "reply" and ANSWERED not in CASE_TYPES[view.case_type].under_way:
        return tuple(field for field in _of_verb(verb) if field.name != "await_answer")
    return _of_verb(verb)


def worded(fields: Iterable[Field]) -> list[Field]:
    """The fields that take several lines of words; the first of them is where a draft goes."""
    return [field for field in fields if field.kind is Kind.TEXT]


def names_lines(view: CaseView, task: TaskView) -> bool:
    """Whether completing a task asks for lines of the order."""
    return any(inner.name == LINE for field in _of_kind(view.case_type, task.kind) for inner in field.fields)


def form_for(
    verb: str,
    view: CaseView,
    policy: Policy,
    language: Language,
    task: TaskView | None = None,
    lines: tuple[OrderLine, ...] = (),
) -> Form | None:
    """An empty form; None where nothing is there to choose from. What is to come back of the `lines` stands in it."""
    choices = _choices(verb, view, policy, task, language)
    if verb == "complete_task" and task and lines and names_lines(view, task):
        choices = {LINE: tuple((line.id, f"{line.title} · {line.id}") for line in lines)}
    fields = tuple(
        replace(field, kind=Kind.CHOICE) if field.name in choices else field
        for field in fields_for(verb, view, task.id if task else None)
        if field.name not in view.refused
    )
    if any(field.required and not choices.get(field.name, ("any",)) for field in fields):
        return None
    filled = (announced(fields, lines) if LINE in choices else {}) | _kept(verb, task, fields)
    return Form(verb, task.id if task else None, fields, uuid.uuid4().hex, filled, choices)


def _kept(verb: str, task: TaskView | None, fields: Iterable[Field]) -> dict[str, str]:
    """The draft of a task, where its words go in the end; where no words do, in a form of its own."""
    if task is None or not task.draft or verb not in ("complete_task", "save_draft"):
        return {}
    return {field.name: task.draft for field in worded(fields)[:1]}


def draft_of(fields: Iterable[Field], filled: Filled, texts: Texts) -> str:
    """The words of a form that is not finished: those of its first field, and others below with what they are for."""
    written = [(field.name, filled.get(field.name, "").strip()) for field in worded(fields)]
    first, rest = written[:1], [(name, words) for name, words in written[1:] if words]
    besides = [f"{texts.name('field', name)}: {words}" for name, words in rest]
    return "\n\n".join([*(words for _, words in first if words), *besides])


def announced(fields: Iterable[Field], lines: Iterable[OrderLine]) -> dict[str, str]:
    """Rows with what is to come back, as if all of it came and were sound; whoever looks at it says what is not."""
    coming = [line for line in lines if line.return_requested]
    named = [field.name for field in fields if any(inner.name == LINE for inner in field.fields)]
    return {
        f"{name}.{row}.{key}": value
        for name in named
        for row, line in enumerate(coming[:MOST_ROWS])
        for key, value in ((LINE, line.id), ("sound", str(line.return_requested)), ("accepted", "true"))
    }


def _choices(verb: str, view: CaseView, policy: Policy, task: TaskView | None, language: Language) -> Options:
    if verb == "forward_task":
        others = {team: said for team, said in policy.teams.items() if not task or team != task.team}
        return {"team": tuple((team, said.name[language]) for team, said in others.items())}
    if verb in ("delegate_task", "reassign") and task:
        return {"to": _same(one for one in task.eligible if one != task.owner)}
    if verb == "keep_promise":
        return {"promise": tuple((one.id, one.text) for one in view.promises if one.kept_at is None)}
    if verb in _TERMS:
        field, chosen = _TERMS[verb]
        return {field: chosen(view, policy, Texts(language))}
    if verb in _CLOCKS:
        states = _CLOCKS[verb]
        return {"clock": _same(one.id for one in view.clocks if one.state in states and verb not in one.refused)}
    return {}


def _tiers(view: CaseView, policy: Policy, texts: Texts) -> tuple[tuple[str, str], ...]:
    """The other tiers, each with the time that the case gets there: a tier's clock begins anew, so nothing breaks."""
    times = {tier: policy.complaint.tier_time(tier, view.priority) for tier in policy.complaint.tiers}
    return tuple(
        (str(tier), f"{texts.say('case.tier', tier=tier)} · {say_span(texts, time)}")
        for tier, time in sorted(times.items())
        if tier != view.tier
    )


def _priorities(view: CaseView, policy: Policy, texts: Texts) -> tuple[tuple[str, str], ...]:
    part = policy.complaint if view.case_type == COMPLAINT.name else shop_parts(policy)[view.case_type]
    return tuple((one, texts.name("priority", one)) for one in part.priorities if one != view.priority)


_TERMS = {"change_priority": ("priority", _priorities), "force_tier": ("tier", _tiers)}
_CLOCKS = {"extend_clock": ("running", "paused"), "pause_clock": ("running",), "resume_clock": ("paused",)}


def _same(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in values)


def active_first(tasks: list[TaskView]) -> list[TaskView]:
    """Tasks in the order in which they matter: what is to be done, then what is over, each newest last."""
    return sorted(tasks, key=lambda task: task.state not in ACTIVE)
