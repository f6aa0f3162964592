"""A client for Temporal: profile, TLS, API key and namespace as Temporal's own tools read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime

from runtime import search_attributes
from runtime.plugin import duecourse_plugin
from runtime.settings import Settings

INDEXED_TYPES = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}


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
    except RuntimeError as error:
        raise ValueError(f"Temporal's configuration cannot be used: {error}") from error
    config.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(**config, plugins=[duecourse_plugin()], runtime=runtime)


async def register_search_attributes(client: Client) -> list[str]:
    """Add the search attributes that the namespace lacks; returns their names.

    Raises:
        ValueError: a name is registered with another type, which the server would ignore silently.
    """
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
