"""Whatever is not done is told in one shape, with a code, whoever asked and however broken it was."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from importlib import import_module
from pkgutil import walk_packages

import pytest
from structlog.testing import capture_logs

import activities
import starter
from domain.errors import CaseError
from starter.access.principals import Scope
from starter.api.guarded import LARGEST_BODY
from starter.api.statuses import STATUSES, status_of
from starter.doors import Store
from starter.refusals import _all_codes
from tests.starter.api.calling import AGENT, CASE, NOBODY, Api, Who, calling, problem
from tests.starter.command_line import CUSTOMER

COMPLAINT = {"channel": "email", "customer_id": CUSTOMER, "subject": "Leaks in the Wang Fang flat"}


def refusals() -> Iterator[str]:
    for package in (activities, starter):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)  # what is not imported has no codes yet
    for code, kind in _all_codes(CaseError).items():
        if not kind.__module__.startswith("tests."):
            yield code


@pytest.mark.parametrize("code", sorted(refusals()))
def test_every_refusal_has_a_status(code: str) -> None:
    assert 400 <= STATUSES[code] <= 503


def test_refusal_of_a_newer_worker_is_still_told() -> None:
    class UnheardOfError(CaseError):
        code = "unheard_of"

    assert status_of(UnheardOfError("x")) is HTTPStatus.UNPROCESSABLE_ENTITY


async def raw(api: Api, who: Who, content: bytes, content_type: str = "application/json") -> tuple[int, str]:
    named = {**who, "Idempotency-Key": "raw", "Content-Type": content_type}
    answered = await api.http.post("/v1/complaints", headers=named, content=content)
    assert answered.headers["content-type"] == "application/problem+json"
    return answered.status_code, answered.json()["code"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"subject": NaN}',
        b'{"subject": Infinity}',
        b'{"subject": "\\ud800"}',
        b'{"subject": "a\\u0000b"}',
        b'{"a": [{"\\u0000": 1}]}',
        b'"\xff"',
        b"[" * 5_000,
    ],
)
async def test_body_that_is_no_json_or_no_text_is_malformed(api: Api, content: bytes) -> None:
    assert await raw(api, await api.system(), content) == (400, "malformed")


async def test_backslash_u0000_as_words_is_text(api: Api) -> None:
    answered = await api.post("/v1/complaints", await api.system(), {**COMPLAINT, "description": "\\u0000"})
    assert answered.status_code == 201


@pytest.mark.parametrize("content", [b"[]", b"1", b'"x"', b"null"])
async def test_body_that_is_no_object_is_invalid(api: Api, content: bytes) -> None:
    assert await raw(api, await api.system(), content) == (422, "invalid_input")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data", ""])
async def test_body_that_is_not_declared_as_json_is_refused(api: Api, media_type: str) -> None:
    assert await raw(api, await api.system(), b"{}", media_type) == (415, "unsupported_media_type")


async def test_body_that_is_too_large_is_refused_before_it_is_all_there(api: Api) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while True:
            sent += 65_536
            yield b" " * 65_536

    named = {**(await api.system()), "Idempotency-Key": "large", "Content-Type": "application/json"}
    answered = await api.http.post("/v1/complaints", headers=named, content=endless())  # type: ignore[arg-type]
    problem(answered, 413, "too_large")
    assert sent <= LARGEST_BODY + 2 * 65_536


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", f"/v1/cases/{CASE}/", "/docs", "/openapi.json"])
async def test_unknown_address_is_not_found(api: Api, path: str) -> None:
    problem(await api.get(path, NOBODY), 404, "not_found")


async def test_unknown_method_names_those_that_there_are(api: Api) -> None:
    answered = await api.http.delete(f"/v1/cases/{CASE}")
    problem(answered, 405, "method_not_allowed")
    assert answered.headers["Allow"] == "GET"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer dck_x_y",
        "Basic YTpi",
        "Digest x",
        "Bearer dck_\xe9",
    ],
)
async def test_whoever_has_no_good_key_is_asked_for_one(api: Api, header: str) -> None:
    answered = await api.http.get(f"/v1/cases/{CASE}", headers=[(b"Authorization", header.encode("latin-1"))])
    problem(answered, 401, "unauthenticated")
    assert answered.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Bearer dck_x_y", "Basic YTpi"])
async def test_session_does_not_make_up_for_a_wrong_key(api: Api, header: str) -> None:
    who = {**(await api.person(AGENT)), "Authorization": header}
    problem(await api.get("/v1/me", who), 401, "unauthenticated")


async def test_nobody_learns_about_bodies_or_cases_without_a_key(api: Api) -> None:
    assert await raw(api, NOBODY, b"{") == (401, "unauthenticated")
    assert await raw(api, await api.system(Scope.READ_CASES), b"{") == (403, "not_allowed")


async def test_too_many_requests_are_told_when_to_come_again(store: Store) -> None:
    async with calling(store, rate="2/hour") as api:
        who = await api.system()
        answers = [await api.get("/v1/me", who) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        problem(answers[-1], 429, "rate_limited")
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 3_600
        assert (await api.get("/v1/me", await api.system(name="crm"))).status_code == 200


async def test_every_answer_protects_whoever_reads_it(api: Api) -> None:
    for answered in (await api.get("/health", NOBODY), await api.get("/nothing", NOBODY)):
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answered.headers["Content-Security-Policy"]
        assert answered.headers["Cache-Control"] == "no-store"
        assert "server" not in answered.headers


async def test_request_id_of_the_caller_comes_back_and_a_broken_one_does_not(api: Api) -> None:
    kept = await api.get("/nothing", {"X-Request-Id": "trace-7"})
    assert kept.headers["X-Request-Id"] == kept.json()["request_id"] == "trace-7"
    replaced = await api.get("/health", {"X-Request-Id": "a b"})
    assert len(replaced.headers["X-Request-Id"]) == 32


async def test_code_that_fails_is_told_without_a_word_of_what_it_had_in_hand(api: Api) -> None:
    async def broken(case_id: str) -> None:
        raise RuntimeError("secret words")

    api.service.timeline = broken  # type: ignore[method-assign,assignment]  # a fault
    with capture_logs() as logs:
        answered = await api.get(f"/v1/cases/{CASE}/timeline", await api.system())
    assert problem(answered, 500, "unexpected")
    assert "secret words" not in answered.text
    assert [entry["event"] for entry in logs] == ["request_failed", "request"]


async def test_log_says_who_asked_what_and_nothing_about_the_customer(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    who = await api.system()
    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        await api.post("/v1/complaints", who, {**COMPLAINT, "description": "Call Wang Fang"})
        await api.http.put(
            "/v1/customers/wang-fang", headers=who, json={"addresses": {"email": "wang@example.invalid"}}
        )
        await api.verb("customer_reply", who, text="I am Wang Fang")
        await api.post("/v1/complaints", who, {**COMPLAINT, "channel": "Wang Fang"})
        await api.http.post("/v1/session", json={"staff_id": AGENT, "password": "Wang Fang it is"})
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]  # the caller in this test
    said = f"{logs} {ours}"
    assert [entry["route"] for entry in logs if entry["event"] == "request"][1] == "/v1/customers/{customer_id}"
    assert "wang" not in said.lower()
    assert who["Authorization"].split("_")[-1] not in said


async def test_field_that_is_wrong_alone_stands_among_the_errors_too(api: Api) -> None:
    body = {"url": "https://127.0.0.1:9/"}
    answered = await api.http.put("/v1/webhooks/hook", headers=await api.system(), json=body)
    said = problem(answered, 422, "address_refused")
    assert said["errors"] == [{"field": "url", "message": said["detail"]}]
    cursor = await api.http.get("/v1/cases?cursor=made-up", headers=await api.system())
    [one] = problem(cursor, 422, "invalid_input")["errors"]
    assert (one["field"], one["message"][:8]) == ("cursor", "expected")


async def test_probe_by_head_is_answered(api: Api) -> None:
    assert (await api.http.head("/health")).status_code == 200
