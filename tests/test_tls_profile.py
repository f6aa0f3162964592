"""A server behind TLS that asks for certificates, reached by a profile in Temporal's TOML file."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from bench.programs import DevServer
from domain.errors import InvalidInputError
from runtime.connection import connect
from runtime.settings import Settings
from starter.doors import open_doors

PROFILE = """
[profile.prod]
address = "localhost:{port}"
namespace = "default"

[profile.prod.tls]
server_ca_cert_path = "{folder}/ca.pem"
client_cert_path = "{folder}/{client}.pem"
client_key_path = "{folder}/{client}.key"
"""


@asynccontextmanager
async def behind_tls(port: int, authority: trustme.CA) -> AsyncIterator[int]:
    """Put TLS in front of a server of this machine, for those with a certificate of this authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["h2"])
    context.verify_mode = ssl.CERT_REQUIRED
    authority.issue_cert("localhost").configure_cert(context)
    authority.configure_trust(context)

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while sent := await source.read(65_536):
                target.write(sent)
                await target.drain()
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            target.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, upstream[1]), carry(upstream[0], writer))

    server = await asyncio.start_server(pass_on, "localhost", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def written(folder: Path, authority: trustme.CA, port: int, client: str = "worker") -> Settings:
    """Settings that name a profile with these certificates."""
    authority.cert_pem.write_to_path(folder / "ca.pem")
    own = authority.issue_cert("worker@duecourse.invalid")
    own.private_key_pem.write_to_path(folder / "worker.key")
    for number, part in enumerate(own.cert_chain_pems):
        part.write_to_path(folder / "worker.pem", append=number > 0)
    (folder / "temporal.toml").write_text(PROFILE.format(port=port, folder=folder, client=client))
    return Settings(home=folder / "home", temporal_config=folder / "temporal.toml", temporal_profile="prod")


async def test_profile_with_certificates_reaches_a_server_that_asks_for_them(tmp_path: Path) -> None:
    server, authority = DevServer(tmp_path), trustme.CA()
    server.start()
    try:
        await server.client()
        async with behind_tls(server.port, authority) as port:
            client = await connect(written(tmp_path, authority, port), overrides={})
            assert (await client.count_workflows()).count == 0
            stranger = trustme.CA()
            with pytest.raises(RuntimeError, match=r"(?i)connect|certificate|tls"):
                await connect(written(tmp_path, stranger, port), overrides={})
    finally:
        server.stop()


async def test_certificate_that_is_not_there_is_said_at_once_by_every_door(tmp_path: Path) -> None:
    settings = written(tmp_path, trustme.CA(), 7233, client="forgotten")
    with pytest.raises(ValueError, match=r"Temporal's configuration cannot be used: .*forgotten\.pem"):
        await connect(settings, overrides={})
    with pytest.raises(InvalidInputError, match=r"forgotten\.pem") as refused:
        async with open_doors(settings, environment={}):
            pass
    assert refused.value.details["field"] == "temporal_profile"
