"""The search attributes of a namespace: added where we may, looked for where others add them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from bench.programs import DevServer
from runtime import search_attributes
from runtime.connection import register_search_attributes


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """A client of a server whose namespace has no search attributes of ours yet."""
    server = DevServer(tmp_path_factory.mktemp("server"))
    server.start()
    try:
        yield await server.client()
    finally:
        server.stop()


def without_operator(client: Client, status: RPCStatusCode = RPCStatusCode.PERMISSION_DENIED) -> Client:
    """The client as one whose key the operator service refuses, as Temporal Cloud's does."""

    async def refuse(*_: object, **__: object) -> None:
        raise RPCError("Request unauthorized.", status, b"")

    operator = SimpleNamespace(list_search_attributes=refuse, add_search_attributes=refuse)
    seen = SimpleNamespace(
        namespace=client.namespace, operator_service=operator, count_workflows=client.count_workflows
    )
    return cast(Client, seen)


async def change(client: Client, *, remove: str, add: IndexedValueType.ValueType | None = None) -> None:
    await client.operator_service.remove_search_attributes(
        RemoveSearchAttributesRequest(namespace=client.namespace, search_attributes=[remove])
    )
    if add is not None:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes={remove: add})
        )


async def test_attributes_are_added_once_and_then_found_by_those_who_may_not_add_them(client: Client) -> None:
    with pytest.raises(ValueError, match=r"default needs search attributes .* may not add: CaseType \(Keyword\), "):
        await register_search_attributes(without_operator(client))
    assert set(await register_search_attributes(client)) == set(search_attributes.ALL)
    assert await register_search_attributes(client) == []
    assert await register_search_attributes(without_operator(client)) == []
    assert await register_search_attributes(without_operator(client, RPCStatusCode.UNIMPLEMENTED)) == []


async def test_attribute_that_is_missing_or_of_another_type_is_named(client: Client) -> None:
    await register_search_attributes(client)
    await change(client, remove="CaseTier", add=IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
    with pytest.raises(ValueError, match="another type in namespace default: CaseTier"):
        await register_search_attributes(client)
    with pytest.raises(ValueError, match=r"may not add: CaseTier \(Int\)$"):
        await register_search_attributes(without_operator(client))
    await change(client, remove="CaseTier")
    with pytest.raises(ValueError, match=r"may not add: CaseTier \(Int\)$"):
        await register_search_attributes(without_operator(client))
    assert await register_search_attributes(client) == ["CaseTier"]


async def test_server_that_does_not_answer_is_not_taken_for_one_that_refuses(client: Client) -> None:
    with pytest.raises(RPCError):
        await register_search_attributes(without_operator(client, RPCStatusCode.UNAVAILABLE))
