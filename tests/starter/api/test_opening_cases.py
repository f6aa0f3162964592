"""Opening cases through the API: once, under the caller's own name and reference."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.errors import InvalidInputError, ReferenceUsedError
from domain.numbers import complaint_number
from starter.access.principals import Scope
from starter.refusals import UnavailableError
from tests.starter.api.calling import AGENT, Api, problem
from tests.starter.command_line import CUSTOMER

COMPLAINT = {"channel": "email", "customer_id": CUSTOMER, "subject": "The kettle leaks"}
CHANGE = {"channel": "chat", "customer_id": CUSTOMER, "order_id": "O1", "wanted": {"cancel": "too late"}}
BACK = {
    "channel": "phone",
    "customer_id": CUSTOMER,
    "order_id": "O1",
    "wanted": {"kind": "refund", "items": [{"line_id": "L1", "quantity": 1, "reason": "defective"}]},
}


async def test_new_complaint_is_created_and_says_where_it_is(api: Api) -> None:
    answered = await api.post("/v1/complaints", await api.system(), {**COMPLAINT, "reference": "new-1"})
    number = complaint_number("shop", "new-1")
    assert answered.status_code == 201, answered.text
    assert answered.json() == {"case_id": number, "created": True, "open": True}
    assert answered.headers["Location"] == f"/v1/cases/{number}"
    assert api.service.opened[number].subject == "The kettle leaks"


async def test_same_reference_under_another_key_is_the_case_that_there_is(api: Api) -> None:
    who = await api.system()
    first = await api.post("/v1/complaints", who, {**COMPLAINT, "reference": "same-1"})
    again = await api.post("/v1/complaints", who, {**COMPLAINT, "reference": "same-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "created": False}
    assert again.headers["Location"] == first.headers["Location"]


async def test_same_key_and_body_get_the_same_answer_and_other_content_is_refused(api: Api) -> None:
    who, body = await api.system(), {**COMPLAINT, "reference": "once-1"}
    answers = [await api.post("/v1/complaints", who, body, key="once") for _ in range(3)]
    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert len(api.service.opened) == 1
    problem(await api.post("/v1/complaints", who, {**body, "subject": "Other"}, key="once"), 409, "request_id_reused")
    problem(await api.post("/v1/returns", who, BACK, key="once"), 409, "request_id_reused")


async def test_key_that_is_sent_twice_at_once_is_answered_alike(api: Api) -> None:
    who, body = await api.system(), {**COMPLAINT, "reference": "twice-1"}
    answers = await asyncio.gather(*(api.post("/v1/complaints", who, body, key="twice") for _ in range(4)))
    assert {(one.status_code, one.json()["created"]) for one in answers} == {(201, True)}


async def test_reference_of_another_request_is_a_conflict_that_names_its_case(api: Api) -> None:
    api.service.refuses = lambda _: ReferenceUsedError("used", field="reference", case_id="C1")
    said = problem(await api.post("/v1/complaints", await api.system(), COMPLAINT), 409, "reference_used")
    assert (said["field"], said["details"]) == ("reference", {"case_id": "C1"})


async def test_keys_of_one_system_are_nothing_to_another(api: Api) -> None:
    shop, crm = await api.system(), await api.system(name="crm")
    first = await api.post("/v1/complaints", shop, COMPLAINT, key="mine")
    other = await api.post("/v1/complaints", crm, {**COMPLAINT, "subject": "Something else"}, key="mine")
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json()["case_id"] != other.json()["case_id"]


async def test_opening_that_got_no_answer_may_be_repeated_with_its_key(api: Api) -> None:
    who, body = await api.system(), {**COMPLAINT, "reference": "lost-1"}
    api.service.refuses = lambda _: UnavailableError("no answer")
    lost = await api.post("/v1/complaints", who, body, key="lost")
    problem(lost, 503, "unavailable")
    assert int(lost.headers["Retry-After"]) > 0
    api.service.refuses = lambda _: None
    assert (await api.post("/v1/complaints", who, body, key="lost")).status_code == 201


async def test_key_stands_for_the_reference_where_there_is_none(api: Api) -> None:
    answered = await api.post("/v1/complaints", await api.system(), COMPLAINT, key="K-77")
    assert answered.json()["case_id"] == complaint_number("shop", "K-77")


async def test_two_people_who_call_their_requests_alike_open_two_cases(api: Api) -> None:
    one, other = await api.person(AGENT), await api.person("online-02")
    first = await api.post("/v1/complaints", one, COMPLAINT, key="1")
    second = await api.post("/v1/complaints", other, {**COMPLAINT, "subject": "Something else"}, key="1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["case_id"] != second.json()["case_id"]


@pytest.mark.parametrize(("path", "body"), [("/v1/order-changes", CHANGE), ("/v1/returns", BACK)])
async def test_order_changes_and_returns_are_opened_alike(api: Api, path: str, body: dict[str, Any]) -> None:
    who = await api.person(AGENT)
    assert (await api.post(path, who, body)).status_code == 201
    opened: list[Any] = [*api.service.changes.values(), *api.service.returns.values()]
    [new] = opened
    assert (new.source, new.asked_by, new.order_id) == ("desk", AGENT, "O1")


@pytest.mark.parametrize("smuggled", [{"source": "crm"}, {"asked_by": "online-02"}, {"policy": "x"}])
async def test_nobody_says_in_the_body_who_they_are(api: Api, smuggled: dict[str, str]) -> None:
    answered = await api.post("/v1/order-changes", await api.system(), {**CHANGE, **smuggled})
    assert problem(answered, 422, "invalid_input")["field"] == next(iter(smuggled))
    assert api.service.changes == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"customer_id": "Li Lei"}, "customer_id"),
        ({"subject": ""}, "subject"),
        ({"subject": None}, "subject"),
        ({"crisis_level": 4}, "crisis_level"),
        ({"said_at": 10**30}, "said_at"),
        ({"said_at": -1}, "said_at"),
        ({"said_at": 1_795_368_282}, "said_at"),
        ({"said_at": 4_000_000_000_000}, "said_at"),
        ({"subjekt": "x"}, "subjekt"),
    ],
)
async def test_wrong_field_is_named_and_its_value_not_repeated(api: Api, changed: dict[str, Any], field: str) -> None:
    answered = await api.post("/v1/complaints", await api.system(), {**COMPLAINT, **changed})
    said = problem(answered, 422, "invalid_input")
    assert said["field"] == field
    assert said["errors"][0]["field"] == field
    assert "Li Lei" not in answered.text
    assert api.service.opened == {}


async def test_every_wrong_field_is_told_at_once(api: Api) -> None:
    items = [{"line_id": "L1", "quantity": 0, "reason": "defective"}, {"line_id": "L2", "quantity": 1, "reason": "no"}]
    answered = await api.post("/v1/returns", await api.system(), {**BACK, "wanted": {"kind": "refund", "items": items}})
    said = problem(answered, 422, "invalid_input")
    assert [one["field"] for one in said["errors"]][:2] == ["wanted.items.0.quantity", "wanted.items.1.reason"]


async def test_refusal_of_the_door_itself_names_its_field(api: Api) -> None:
    api.service.refuses = lambda _: InvalidInputError("unknown customer K9", field="customer_id")
    answered = await api.post("/v1/complaints", await api.system(), {**COMPLAINT, "customer_id": "K9"})
    assert problem(answered, 422, "invalid_input")["field"] == "customer_id"


async def test_write_without_a_key_is_refused(api: Api) -> None:
    answered = await api.http.post("/v1/complaints", headers=await api.system(), json=COMPLAINT)
    assert problem(answered, 422, "invalid_input")["field"] == "Idempotency-Key"
    wrong = await api.post("/v1/complaints", await api.system(), COMPLAINT, key="no blanks")
    assert problem(wrong, 422, "invalid_input")["field"] == "Idempotency-Key"


async def test_key_that_may_only_read_opens_nothing(api: Api) -> None:
    answered = await api.post("/v1/complaints", await api.system(Scope.READ_CASES), COMPLAINT)
    assert problem(answered, 403, "not_allowed")["details"]["scope"] == "cases:open"
    assert api.service.opened == {}
