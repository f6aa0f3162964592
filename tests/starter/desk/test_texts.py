"""Every word of the desk is in the catalogue, in every language; and everything of the domain has its word."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from domain.assignment.duty import Presence
from domain.catalog import CASE_TYPES
from domain.people import Channel, DeliveryChannel, Language, Role
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind, StepAction
from domain.tasks import TaskState
from starter.api.statuses import STATUSES
from starter.audit.findings import Promise, Verdict
from starter.desk.fields import Field, Kind, fields_of
from starter.desk.forms import body_model
from starter.desk.texts import Texts, catalogue
from starter.verbs import VERBS

TEMPLATES = sorted((Path(__file__).parents[3] / "starter" / "desk" / "templates").glob("*.html"))
ASKED = [verb for verb in VERBS if verb != "open_linked_case"]


def all_fields() -> list[Field]:
    schemas = [body_model(verb).model_json_schema() for verb in ASKED]
    schemas += [task.form.model_json_schema() for one in CASE_TYPES.values() for task in one.tasks]
    outer = [field for schema in schemas for field in fields_of(schema, without=("task_id", "form"))]
    return outer + [inner for field in outer for inner in field.fields]


@pytest.mark.parametrize("key", catalogue())
def test_text_has_the_same_values_in_every_language(key: str) -> None:
    said = catalogue()[key]
    assert {*said} == {*Language}
    assert all(text.strip() for text in said.values())
    values = {frozenset(name for _, name, _, _ in Formatter().parse(text) if name) for text in said.values()}
    assert len(values) == 1


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("verb", VERBS),
        ("type", CASE_TYPES),
        ("status", [status for one in CASE_TYPES.values() for status in (*one.under_way, *one.over)]),
        ("task", [task.kind for one in CASE_TYPES.values() for task in one.tasks]),
        ("state", TaskState),
        ("presence", Presence),
        ("clock", ClockKind),
        ("clock_state", ClockState),
        ("step", StepAction),
        ("channel", [*Channel, *DeliveryChannel]),
        ("role", [role for role in Role if role not in (Role.SYSTEM, Role.CUSTOMER)]),
        ("refusal", STATUSES),
        ("language", Language),
        ("promised", Promise),
        ("verdict", Verdict),
    ],
)
def test_everything_of_the_domain_that_is_shown_has_its_text(group: str, names: list[str]) -> None:
    assert [str(name) for name in names if f"{group}.{name}" not in catalogue()] == []


def test_every_field_and_every_choice_has_its_text() -> None:
    fields = all_fields()
    assert sorted({field.name for field in fields if f"field.{field.name}" not in catalogue()}) == []
    choices = {option for field in fields if field.kind is Kind.CHOICE for option in field.options}
    assert sorted(option for option in choices if f"choice.{option}" not in catalogue()) == []


def test_what_has_no_text_yet_is_said_in_the_words_of_its_name() -> None:
    assert Texts(Language.ZH_CN).name("entry", "parcel_sang") == "parcel sang"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_holds_no_bare_word(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    # Attributes that several controls have stand in one place, outside of any of them.
    attributes = re.compile(r"\{% set more %\}.*?\{% endset %\}", re.DOTALL)
    markup = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", attributes.sub("", source), flags=re.DOTALL)
    assert re.findall(r'(?:placeholder|title|alt|aria-label)="[^"]*\w', markup) == []
    assert re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>", " ", markup)) == []


def test_template_asks_only_for_texts_that_there_are() -> None:
    said = {
        key
        for template in TEMPLATES
        for key in re.findall(r"say\([\"']([a-z_.]+)[\"'][,)]", template.read_text(encoding="utf-8"))
    }
    assert len(said) > 40
    assert said - {*catalogue()} == set()
