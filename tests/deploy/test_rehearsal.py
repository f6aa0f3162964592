"""The compose file rehearsed without containers: its commands, with its environments, on its databases, in its order.

What cannot be had here is replaced: Temporal by the dev server, names of services by ports of this machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.programs import DevServer
from runtime.settings import host_and_port
from starter.server import free_port
from tests.deploy.conftest import Databases
from tests.deploy.reading import COMPOSE, image_environment, said, services
from tests.deploy.test_compose import seconds

BINARIES = Path(sys.executable).parent
PATIENCE_S = 60.0
PORTS = ("DUECOURSE_HEALTH_ADDRESS", "DUECOURSE_METRICS_ADDRESS")


def words(service: str) -> list[str | Path]:
    """What the container would run."""
    entry, *arguments = services()[service].get("entrypoint") or json.loads(said("ENTRYPOINT")[0])
    return [BINARIES / entry, *arguments, *(services()[service].get("command") or [])]


class House:
    """The services of the compose file as programs of this machine."""

    def __init__(self, temporal: DevServer, databases: Databases, folder: Path) -> None:
        self._places = {
            "temporal:7233": temporal.address,
            "@postgres:5432": f"@127.0.0.1:{databases.port}",
        }
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []

    def environment(self, service: str) -> dict[str, str]:
        """What the image and the service set, with other ports for each container."""
        home = self._folder / service
        home.mkdir(exist_ok=True)
        told = {**image_environment(), **services()[service]["environment"]}
        for here, there in self._places.items():
            told = {name: value.replace(here, there) for name, value in told.items()}
        told |= {name: f"127.0.0.1:{free_port()}" for name in PORTS}
        for door in ("API", "INBOUND"):
            told |= {f"DUECOURSE_{door}_HOST": "127.0.0.1", f"DUECOURSE_{door}_PORT": str(free_port())}
        told |= {"DUECOURSE_INBOUND_SECRETS": "whsec_c2VjcmV0IHRoYXQgaXMgbm9uZQ=="}
        return told | {"DUECOURSE_HOME": str(home), "PATH": f"{BINARIES}{os.pathsep}{os.defpath}"}

    def once(self, service: str) -> str:
        """Run what runs once; returns what it printed."""
        command = words(service)
        told = self.environment(service)
        done = subprocess.run(
            command, env=told, cwd=told["DUECOURSE_HOME"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, service: str) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
        """Start what keeps running."""
        told = self.environment(service)
        command = words(service)
        with (self._folder / f"{service}.log").open("wb") as log:
            child = subprocess.Popen(
                command, env=told, cwd=told["DUECOURSE_HOME"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._started.append(child)
        return child, told

    def log(self, service: str) -> str:
        """What it has said."""
        return (self._folder / f"{service}.log").read_text()

    def stop(self) -> None:
        """Whatever still runs."""
        for child in self._started:
            child.kill()
            child.wait()


@pytest.fixture
def house(tmp_path: Path, databases: Databases) -> Iterator[House]:
    """Temporal with the namespace, and nothing else yet."""
    temporal = DevServer(tmp_path)
    temporal.start()
    house = House(temporal, databases, tmp_path)
    told = services()["temporal-namespace"]["environment"] | {"TEMPORAL_ADDRESS": temporal.address}
    path = f"{BINARIES}{os.pathsep}{os.defpath}"
    try:
        subprocess.run(
            ["/bin/sh", COMPOSE / "temporal-namespace.sh"],
            env={**told, "PATH": path, "HOME": str(tmp_path)},
            check=True,
            capture_output=True,
        )
        yield house
    finally:
        house.stop()
        temporal.stop()


def becomes_healthy(house: House, service: str, child: subprocess.Popen[bytes], probe: list[str]) -> None:
    """Ask as the container would until the answer is well."""
    deadline = time.monotonic() + PATIENCE_S
    asking = [sys.executable, *probe[1:]]
    while (asked := subprocess.run(asking, capture_output=True, text=True, check=False)).returncode != 0:
        assert child.poll() is None, house.log(service)
        assert time.monotonic() < deadline, asked.stderr + house.log(service)
        time.sleep(0.2)


def test_programs_start_from_their_environment_alone_become_healthy_and_stop_in_time(house: House) -> None:
    assert "published" in house.once("policy")
    (check,) = said("HEALTHCHECK")
    of_the_image = json.loads(check.partition("CMD ")[2])
    running = {service: house.start(service) for service in ("worker", "api", "webhooks")}
    own = {service: services()[service]["healthcheck"]["test"][1:] for service in ("api", "webhooks")}
    health = str(host_and_port(running["worker"][1]["DUECOURSE_HEALTH_ADDRESS"])[1])
    probes = {
        "worker": [word.replace("9465", health) for word in of_the_image],
        "api": [word.replace("8235", running["api"][1]["DUECOURSE_API_PORT"]) for word in own["api"]],
        "webhooks": [
            word.replace("8234", running["webhooks"][1]["DUECOURSE_INBOUND_PORT"]) for word in own["webhooks"]
        ],
    }
    for service, (child, _) in running.items():
        becomes_healthy(house, service, child, probes[service])
    for service, (child, _) in running.items():
        child.send_signal(signal.SIGTERM)
        assert child.wait(seconds(services()[service].get("stop_grace_period", "10s"))) == 0, house.log(service)
        assert '"level": "error"' not in house.log(service)
