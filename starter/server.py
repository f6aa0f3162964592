"""Temporal's dev server on a SQLite file, made fit for cases: retention of a year, search attributes, chosen ports."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.connection import register_search_attributes
from runtime.logs import telemetry
from starter.kept_running import KeptRunning
from starter.refusals import UnavailableError
from starter.temporal_binary import temporal_executable

LOCALHOST = "127.0.0.1"
FRONTEND_PORT, UI_PORT = 7233, 8233
"""Temporal's own defaults."""

ANSWERS_WITHIN = 60.0
"""Seconds that a server gets to come up; the first time it creates its tables."""

RETENTION = timedelta(hours=8_760)
"""How long closed cases stay inspectable; the dev server's own 24 hours would leave supervisors with nothing."""

PRAGMAS = ("journal_mode=WAL", "synchronous=1")
"""With a database file these give 0.9 of the throughput in memory; the defaults give less than half."""


@dataclass(frozen=True)
class Ports:
    """Where the server listens; without `ui` it has no Web UI."""

    frontend: int
    ui: int | None

    @property
    def address(self) -> str:
        """The frontend as clients name it."""
        return f"{LOCALHOST}:{self.frontend}"

    @property
    def web_ui(self) -> str:
        """The Web UI's address, empty without one."""
        return f"http://{LOCALHOST}:{self.ui}" if self.ui else ""


def is_taken(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((LOCALHOST, port)) == 0:
            return True
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port


def dev_server(
    ports: Ports,
    *,
    database: Path,
    log: Path,
    inherit: tuple[int, ...] = (),
    dynamic_config: Mapping[str, str] | None = None,
) -> KeptRunning:
    """The server as a program to keep running; it is not started yet.

    Raises:
        UnavailableError: the `temporal` command is not installed.
    """
    try:
        executable = temporal_executable()
    except FileNotFoundError as error:
        raise UnavailableError(str(error)) from None
    listening = ["--ip", LOCALHOST, "--port", str(ports.frontend)]
    listening += ["--ui-port", str(ports.ui)] if ports.ui else ["--headless"]
    stored = ["--db-filename", str(database), *(word for pragma in PRAGMAS for word in ("--sqlite-pragma", pragma))]
    tuned = [
        word for key, value in (dynamic_config or {}).items() for word in ("--dynamic-config-value", f"{key}={value}")
    ]
    command = [executable, "server", "start-dev", "--log-level", "warn", *listening, *stored, *tuned]
    return KeptRunning(command, log, os.environ, inherit, grace=15.0)


async def made_ready(server: KeptRunning, ports: Ports) -> Client:
    """Wait until a started server answers, and prepare its namespace.

    Raises:
        UnavailableError: it has ended, or does not answer in time; the end of its log says why.
    """
    client = await _answering(server, ports)
    await keep_closed_cases(client)
    await register_search_attributes(client)
    return client


async def _answering(server: KeptRunning, ports: Ports) -> Client:
    loop, runtime = asyncio.get_running_loop(), telemetry()
    deadline = loop.time() + ANSWERS_WITHIN
    while server.running and loop.time() < deadline:
        try:
            # A bare client: settings of the outside must not lead it to another server.
            client = await Client.connect(ports.address, runtime=runtime)
            await client.count_workflows()
        except (RuntimeError, RPCError):
            await asyncio.sleep(0.1)
        else:
            return client
    raise UnavailableError(
        f"Temporal's server does not come up; {server.log} ends with:\n{server.last_words()}", log=str(server.log)
    )


async def keep_closed_cases(client: Client) -> None:
    """Raise the namespace's retention to `RETENTION`, where it is shorter.

    Raises:
        RuntimeError: the server did not take it.
    """
    if await _retention(client) >= RETENTION:
        return
    wanted = Duration()
    wanted.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=wanted)
        )
    )
    if (taken := await _retention(client)) < RETENTION:
        raise RuntimeError(f"Temporal's server keeps closed cases for {taken} only, {RETENTION} was asked for")


async def _retention(client: Client) -> timedelta:
    found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return found.config.workflow_execution_retention_ttl.ToTimedelta()
