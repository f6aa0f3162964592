"""Forms out of JSON Schema: how each field is asked for, and what was filled in as the message takes it."""

from __future__ import annotations

import pytest

from domain.catalog import CASE_TYPES
from domain.complaint.forms import RootCauseForm, SolutionForm
from domain.errors import InvalidInputError
from domain.returns.forms import InspectionForm
from starter.desk.fields import Field, Kind, fields_of, read
from starter.desk.forms import body_model


def of(model: type) -> dict[str, Field]:
    return {field.name: field for field in fields_of(model.model_json_schema())}  # type: ignore[attr-defined]


def test_each_field_is_asked_for_as_its_shape_wants() -> None:
    solution, inspection = of(SolutionForm), of(InspectionForm)
    assert (solution["solution"].kind, solution["solution"].required) == (Kind.TEXT, True)
    assert (solution["goodwill"].kind, solution["goodwill"].required) == (Kind.MONEY, False)
    assert (solution["leave_linked"].kind, solution["leave_linked"].default) == (Kind.FLAG, "false")
    assert of(RootCauseForm)["measure_due"].kind is Kind.DATE
    assert inspection["in_warranty"].kind is Kind.ANSWER
    assert [field.name for field in inspection["items"].fields] == [
        "line_id",
        "sound",
        "damaged",
        "other",
        "accepted",
    ]


def test_promise_is_made_within_a_span_that_people_write() -> None:
    fields = fields_of(body_model("make_promise").model_json_schema())
    said = read(fields, {"text": "A call", "within": "1h30m"})
    assert said == {"text": "A call", "within": "1h30m", "tell": False}
    assert body_model("make_promise").model_validate(said).model_dump()["within"] == 5_400_000


def test_what_was_filled_in_is_what_the_form_takes() -> None:
    filled = {"solution": " A new one. ", "goodwill": "12.50 CNY", "leave_linked": "true"}
    said = read(fields_of(SolutionForm.model_json_schema()), filled)
    assert said == {"solution": "A new one.", "goodwill": {"minor": 1250, "currency": "CNY"}, "leave_linked": True}
    assert SolutionForm.model_validate(said).leave_linked


def test_rows_count_once_something_is_written_in_them() -> None:
    filled = {
        "items.0.line_id": "L1",
        "items.0.sound": "2",
        "items.0.accepted": "true",
        "items.1.line_id": " ",
        "items.1.accepted": "true",
        "items.2.line_id": "L2",
        "in_warranty": "false",
    }
    form = InspectionForm.model_validate(read(fields_of(InspectionForm.model_json_schema()), filled))
    assert [(item.line_id, item.sound, item.accepted) for item in form.items] == [("L1", 2, True), ("L2", 0, False)]
    assert form.in_warranty is False


def test_several_people_are_written_as_people_write_them() -> None:
    fields = fields_of(body_model("nominate_task").model_json_schema(), without=("task_id",))
    assert read(fields, {"people": "online-01, online-02；".replace("；", "")})["people"] == ["online-01", "online-02"]


@pytest.mark.parametrize("amount", ["12", "12.5 CNY", "-1.00 CNY", "<b>1</b> CNY"])
def test_amount_that_is_none_is_refused_by_its_field(amount: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read(fields_of(SolutionForm.model_json_schema()), {"solution": "x", "goodwill": amount})
    assert refused.value.details["field"] == "goodwill"


def test_every_kind_of_task_has_a_form() -> None:
    for case_type in CASE_TYPES.values():
        for task in case_type.tasks:
            assert fields_of(task.form.model_json_schema()), task.kind
