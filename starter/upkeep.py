"""Everything on one machine: Temporal's server, a worker, the policy in force, the sample complaints.

Entered, it comes up in this order; left, it goes down in reverse, so that the worker hands over what it has in hand to
a server that still listens. All of it lies in one folder, and the next time goes on from there.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from domain.errors import InvalidInputError, PolicyUnknownError
from domain.policy import Policy
from runtime.settings import Settings
from starter import published
from starter.doors import Doors, open_doors
from starter.importing import ImportRow, Refusal
from starter.installation import PROFILE, Installation
from starter.intake import Intake, take_in
from starter.kept_api import KeptApi, kept_api
from starter.kept_running import KeptRunning
from starter.kept_secrets import kept_secret
from starter.policies.loader import load_policy
from starter.refusals import UnavailableError
from starter.sample_shop import bring_in_shop
from starter.server import FRONTEND_PORT, LOCALHOST, UI_PORT, Ports, dev_server, free_port, is_taken, made_ready
from starter.webhooks.opening import webhook_door

SAMPLE = Path(__file__).parent.parent / "examples" / "complaints.csv"
"""The complaints that the first start imports."""

WORKER_READY = "worker_ready"
"""What the worker logs when it takes work (`worker.READY`; nothing may import that module)."""

AGAIN_AFTER = 2.0
"""Seconds until an import that lost the server goes on."""


@dataclass
class Upkeep:
    """What runs, for whoever shows it."""

    installation: Installation
    settings: Settings
    ports: Ports
    server: KeptRunning
    worker: KeptRunning
    api: KeptApi | None
    doors: Doors
    policy: Policy
    version: str
    intake: Intake | None = None
    finished: int = 0
    at_the_shop: int = 0

    @property
    def worker_ready(self) -> bool:
        """Whether the worker takes work right now."""
        return self.worker.running and self.worker.has_said(WORKER_READY)

    @property
    def worker_state(self) -> Literal["ready", "starting", "down"]:
        """The worker in one word."""
        return "ready" if self.worker_ready else "starting" if self.worker.running else "down"


@dataclass(frozen=True)
class Plan:
    """What to run. Ports that are None: the usual ones, or free ones where those are taken.

    Attributes:
        instead: ports that were taken in place of the usual ones, by name. They are taken again as long as they are
            free, so that links in messages and addresses at the carrier's outlive a restart.
    """

    policy: str | None = None
    port: int | None = None
    ui_port: int | None = None
    api_port: int | None = None
    with_api: bool = True
    web_ui: bool = True
    notices: list[str] = field(default_factory=list)
    instead: dict[str, int] = field(default_factory=dict)

    def ports(self) -> Ports:
        """The ports, with a notice for each that is not the usual one.

        Raises:
            InvalidInputError: a port that was asked for is taken.
        """
        frontend = self._port("port", self.port, FRONTEND_PORT, "Temporal")
        ui = self._port("ui_port", self.ui_port, UI_PORT, "its Web UI", frontend) if self.web_ui else None
        return Ports(frontend, ui)

    def port_of_api(self, usual: int, ports: Ports) -> int:
        """The API's port, likewise.

        Raises:
            InvalidInputError: it was asked for and is taken.
        """
        return self._port("api_port", self.api_port, usual, "the API", ports.frontend, ports.ui or 0)

    def port_of_hooks(self, usual: int) -> int:
        """The port of the door for shop and carrier; `usual` may be 0, any one."""
        return self._port("inbound_port", None, usual, "the door for webhooks") if usual else 0

    def _port(self, name: str, wanted: int | None, usual: int, what: str, *not_these: int) -> int:
        for asked in (wanted,) if wanted else (self.instead.get(name, usual), usual):
            if asked not in not_these and not is_taken(asked):
                return asked
        if wanted is not None:
            raise InvalidInputError(f"port {wanted} is taken; name another one or none", field=name)
        self.instead[name] = port = free_port()
        self.notices.append(f"port {usual} is taken, so {what} listens on {port}")
        return port


@asynccontextmanager
async def running_house(settings: Settings, plan: Plan, say: Callable[[str], None]) -> AsyncIterator[Upkeep]:
    """Everything up and the policy published; the worker may still be on its way.

    Args:
        settings: of this installation; its connection to Temporal is replaced by the embedded server's.
        plan: what to run.
        say: is told each step.

    Raises:
        InUseError: the folder belongs to somebody else.
        UnavailableError: Temporal's server does not come up.
        CaseError: a port is taken, or the policy cannot be published.
    """
    installation = Installation(settings.home)
    policy = load_policy(plan.policy).policy.name if plan.policy else settings.policy
    with installation.occupied() as lock:
        plan.instead.update(installation.ports())
        ports = plan.ports()
        api_port = plan.port_of_api(settings.api_port, ports) if plan.with_api else None
        installation.keep_ports(plan.instead)
        for notice in plan.notices:
            say(notice)
        say(f"starting Temporal on {ports.address}, its database in {installation.temporal_database}")
        server = dev_server(
            ports, database=installation.temporal_database, log=installation.temporal_log, inherit=(lock,)
        )
        async with server.kept():
            await made_ready(server, ports)
            settings = _embedded(settings, installation, ports, policy, api_port)
            installation.tell_others(settings, ports.address)
            environment = installation.own_environment(settings)
            async with open_doors(settings, environment=environment) as doors:
                await _publish(doors, plan.policy or policy, say)
                worker = KeptRunning(
                    [sys.executable, "-m", "worker"],
                    installation.worker_log,
                    environment,
                    inherit=(lock,),
                    grace=settings.shutdown_grace + 10,
                )
                latest = await doors.store.policies.latest(policy)
                async with (
                    worker.kept(),
                    _webhooks(doors, installation, plan, say),
                    _api(doors, installation, api_port, lock, say) as api,
                ):
                    try:
                        yield Upkeep(
                            installation=installation,
                            settings=settings,
                            ports=ports,
                            server=server,
                            worker=worker,
                            api=api,
                            doors=doors,
                            policy=await doors.service.policy(latest.version),
                            version=latest.version,
                        )
                    finally:
                        say("stopping API and worker, then Temporal")


@asynccontextmanager
async def _api(
    doors: Doors, installation: Installation, port: int | None, lock: int, say: Callable[[str], None]
) -> AsyncIterator[KeptApi | None]:
    """The API, where it is wanted."""
    if port is None:
        yield None
        return
    async with kept_api(doors, installation, port, inherit=(lock,), say=say) as api:
        yield api


@asynccontextmanager
async def _webhooks(
    doors: Doors, installation: Installation, plan: Plan, say: Callable[[str], None]
) -> AsyncIterator[None]:
    """The door for what shop and carrier tell."""
    secret = doors.settings.inbound_secrets or kept_secret(installation.webhook_secret)
    # Chosen right before it is taken: whoever comes up at the same time has had seconds to take the usual one.
    told = len(plan.notices)
    port = plan.port_of_hooks(doors.settings.inbound_port)
    installation.keep_ports(plan.instead)
    for notice in plan.notices[told:]:
        say(notice)
    async with webhook_door(doors.store, secret, port) as listening:
        signed = "" if doors.settings.inbound_secrets else f", signed with what is in {installation.webhook_secret}"
        say(f"webhooks of shop and carrier come in at http://{LOCALHOST}:{listening}/webhooks/…{signed}")
        yield


def _embedded(
    settings: Settings, installation: Installation, ports: Ports, policy: str, api_port: int | None
) -> Settings:
    """The settings with the embedded server's connection, and with where customers find the API."""
    own = {"temporal_profile": PROFILE, "temporal_config": installation.profile, "web_ui": ports.web_ui}
    pages = settings.customer_url or settings.public_url or (f"http://{LOCALHOST}:{api_port}" if api_port else "")
    return settings.model_copy(update={**own, "policy": policy, "customer_url": pages})


async def _publish(doors: Doors, policy: str, say: Callable[[str], None]) -> None:
    """Publish; a policy that is neither shipped nor a file must have been published before."""
    try:
        publication = await published.publish_if_new(doors.store.policies, policy)
    except PolicyUnknownError:
        await doors.store.policies.latest(policy)
        return
    for warning in publication.warnings:
        say(f"warning: {warning}")


async def bring_in(house: Upkeep, rows: list[ImportRow | Refusal], *, shop: bool = False) -> None:
    """Finish what a crash left half opened, then import the missing rows, however often the server goes away.

    With `shop` the embedded shop gets its sample orders, and cases about some of them.
    """
    while True:
        try:
            while (finished := await house.doors.service.finish_openings()) > 0:
                house.finished += finished
            if rows:
                house.intake = Intake()
                await take_in(house.doors, rows, intake=house.intake, tell=lambda _: None)
            if shop:
                house.at_the_shop += await bring_in_shop(house.doors)
        except UnavailableError:
            await asyncio.sleep(AGAIN_AFTER)
        else:
            return
