"""A client for Temporal: profile, TLS, API key and namespace as Temporal's own tools read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from runtime import search_attributes
from runtime.plugin import duecourse_plugin
from runtime.settings import Settings

INDEXED_TYPES = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}

_SAMPLES = {"Keyword": "''", "Int": "0", "Datetime": "'1970-01-01T00:00:00Z'", "Bool": "false"}
"""A value of each type as queries write it."""

_NOT_OURS = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)
"""How a server says that its operator service is not for us: so does Temporal Cloud to every key of a namespace."""


async def connect(
    settings: Settings, *, runtime: Runtime | None = None, overrides: Mapping[str, str] | None = None
) -> Client:
    """Connect as `TEMPORAL_…` variables and the TOML profile say; `overrides` replace single variables in tests.

    Raises:
        RuntimeError: the server cannot be reached.
        ValueError: the profile is wrong, which waiting does not mend.
    """
    try:
        config = ClientConfig.load_client_connect_config(
            settings.temporal_profile,
            config_file=str(settings.temporal_config) if settings.temporal_config else None,
            override_env_vars=overrides,
        )
    except (RuntimeError, OSError) as error:  # the latter where the file or a certificate that it names is not there
        raise ValueError(f"Temporal's configuration cannot be used: {error}") from error
    config.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(**config, plugins=[duecourse_plugin()], runtime=runtime)


async def register_search_attributes(client: Client) -> list[str]:
    """Add the search attributes that the namespace lacks; returns their names.

    Where that is not for us to do, as on Temporal Cloud, it only sees that they are there.

    Raises:
        ValueError: a name is registered with another type, which the server would ignore silently; or it is missing
            and we may not add it.
        RPCError: the server does not answer.
    """
    try:
        return await _added(client)
    except RPCError as error:
        if error.status not in _NOT_OURS:
            raise
    unusable = [
        f"{name} ({kind})" for name, kind in search_attributes.ALL.items() if not await _found(client, name, kind)
    ]
    if unusable:
        raise ValueError(
            f"namespace {client.namespace} needs search attributes that this worker may not add: {', '.join(unusable)}"
        )
    return []


async def _found(client: Client, name: str, kind: str) -> bool:
    """Whether queries may use the attribute as one of this type."""
    try:
        await client.count_workflows(f"{name} = {_SAMPLES[kind]}")
    except RPCError as error:
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        return False
    return True


async def _added(client: Client) -> list[str]:
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    wrong = [
        name
        for name, kind in search_attributes.ALL.items()
        if known.custom_attributes.get(name, INDEXED_TYPES[kind]) != INDEXED_TYPES[kind]
    ]
    if wrong:
        raise ValueError(f"search attributes have another type in namespace {client.namespace}: {', '.join(wrong)}")
    missing = {
        name: INDEXED_TYPES[kind] for name, kind in search_attributes.ALL.items() if name not in known.custom_attributes
    }
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing),
            timeout=timedelta(seconds=30),
        )
    return list(missing)
