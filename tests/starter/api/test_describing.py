"""The OpenAPI document: one name for one thing, and nothing in it that its version does not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from domain.lines import LINE_NAMES
from tests.starter.api.calling import NOBODY, Api


@pytest.fixture
async def document(api: Api) -> dict[str, Any]:
    content: dict[str, Any] = (await api.get("/v1/openapi.json", NOBODY)).json()
    return content


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


async def test_no_two_schemas_have_one_title(document: dict[str, Any]) -> None:
    titles = Counter(schema.get("title") for schema in document["components"]["schemas"].values())
    assert [title for title, count in titles.items() if count > 1] == []


async def test_every_operation_says_by_whom_it_may_be_used(document: dict[str, Any]) -> None:
    told = [one["description"] for one in operations(document) if one["security"]]
    assert len(told) > 50
    assert [one for one in told if "May be used by " not in one or "by , " in one or "by and" in one] == []


async def test_streams_are_told_as_the_version_of_the_document_can(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert "itemSchema" not in str(document)
    [stream] = document["paths"]["/v1/events/stream"]["get"]["responses"]["200"]["content"].values()
    assert stream["schema"]["properties"].keys() >= {"event", "id", "data"}


async def test_body_speaks_of_no_field_that_it_does_not_take(document: dict[str, Any]) -> None:
    body = document["components"]["schemas"]["CustomerReplyBody"]
    assert ("attachments" in body["properties"], "attachments" in body["description"]) == (False, False)


async def test_names_of_events_and_values_of_filters_are_listed(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["Subscribing"]["properties"]["events"]["items"]["enum"] == [*LINE_NAMES]
    filters = {one["name"]: str(one["schema"]) for one in document["paths"]["/v1/cases"]["get"]["parameters"]}
    assert "'order_change'" in filters["type"]
    assert "'in_progress'" in filters["status"]
    assert "'social'" in filters["channel"]
