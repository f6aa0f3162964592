"""The compose file: that docker compose reads it, and that nothing in it is open, floating or left to hang."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from runtime.settings import Settings
from tests.deploy.reading import COMPOSE, OURS, PASSWORDS, compose, composed, memory_of_cases, services
from tests.repository import ROOT, project

ONCE = {"policy", "temporal-namespace", "temporal-schema"}
"""Services that do one thing and end."""

RUNNING = sorted(services().keys() - ONCE)
MULTIPLES = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def seconds(span: str) -> float:
    """A span as docker compose writes it, such as 1m30s."""
    return sum(float(number) * MULTIPLES[unit] for number, unit in re.findall(r"([\d.]+)(ms|[smh])", span))


@pytest.mark.parametrize("missing", PASSWORDS)
def test_without_a_password_nothing_starts_and_it_is_named(missing: str) -> None:
    answer = compose("config", "--quiet", **{name: "x" for name in PASSWORDS if name != missing})
    assert answer.returncode != 0
    assert f"required variable {missing} is missing a value: is not set, see .env.example" in answer.stderr


def test_examples_of_env_files_name_what_is_needed_and_give_nothing_away() -> None:
    lines = (COMPOSE / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and line[0] != "#"] == [f"{name}=" for name in PASSWORDS]
    optional = (COMPOSE / "duecourse.env.example").read_text().splitlines()
    assert [line for line in optional if line and line[0] != "#"] == []
    assert [line for line in optional if re.search(r"(PASSWORD|KEY|SECRETS?|USER)=.", line)] == []


@pytest.mark.parametrize("name", [".env", "duecourse.env"])
def test_env_files_with_secrets_are_never_committed(name: str) -> None:
    asked = ["git", "check-ignore", "--no-index", "--quiet", str(COMPOSE / name)]
    assert subprocess.run(asked, cwd=ROOT, check=False).returncode == 0


def test_only_this_machine_reaches_what_is_published() -> None:
    ports = {name: one["ports"] for name, one in services().items() if "ports" in one}
    assert ports.keys() == {"api", "temporal", "temporal-ui", "webhooks"}
    assert {port["host_ip"] for many in ports.values() for port in many} == {"127.0.0.1"}


def test_database_is_on_a_network_without_a_way_out() -> None:
    assert services()["postgres"]["networks"].keys() == {"inside"}
    assert composed()["networks"]["inside"]["internal"]
    assert not composed()["networks"]["outside"].get("internal")


@pytest.mark.parametrize("name", sorted(services()))
def test_image_of_a_service_is_of_an_exact_version(name: str) -> None:
    image, _, version = services()[name]["image"].partition(":")
    assert re.fullmatch(r"\d+(\.\d+)+(-[a-z]+)?", version)
    if image == OURS:
        assert version == project()["project"]["version"]
        assert services()[name]["build"]["dockerfile"] == "deploy/Containerfile"


def test_temporal_and_its_tools_are_of_one_release() -> None:
    ours = [one["image"] for name, one in services().items() if name in {"temporal", *ONCE - {"policy"}}]
    assert len({image.partition(":")[2] for image in ours}) == 1


@pytest.mark.parametrize("name", RUNNING)
def test_service_that_runs_comes_back_and_says_how_it_is(name: str) -> None:
    service = services()[name]
    assert service["restart"] == "unless-stopped"
    # A worker has the check of its image; Temporal's Web UI holds nothing that could be ill.
    assert ("healthcheck" in service) == (name not in {"worker", "temporal-ui"})


@pytest.mark.parametrize("name", sorted(ONCE))
def test_service_that_ends_is_tried_again_a_few_times_only(name: str) -> None:
    assert re.fullmatch(r"on-failure:\d+", services()[name]["restart"])


@pytest.mark.parametrize("name", sorted(services()))
def test_service_has_no_rights_to_spare_and_no_endless_log(name: str) -> None:
    service = services()[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"max-size", "max-file"} == service["logging"]["options"].keys()
    assert ("cap_add" in service) == (name == "postgres")
    if service["image"].startswith(f"{OURS}:"):
        assert service["read_only"]
        assert "/var/lib/duecourse" in service["tmpfs"]


def test_nobody_starts_before_what_it_needs() -> None:
    awaited = {
        (name, other): wanted["condition"]
        for name, service in services().items()
        for other, wanted in service.get("depends_on", {}).items()
    }
    for (name, other), condition in awaited.items():
        assert condition == ("service_completed_successfully" if other in ONCE else "service_healthy"), (name, other)
    needed = {name: {other for one, other in awaited if one == name} for name in services()}
    assert needed["worker"] == needed["api"] == {"policy", "temporal-namespace"}
    assert needed["temporal"] == {"temporal-schema"}
    assert needed["temporal-schema"] == needed["policy"] == needed["webhooks"] == {"postgres"}


def test_only_the_door_that_needs_a_secret_of_its_own_is_left_out_unless_asked_for() -> None:
    assert {name: one["profiles"] for name, one in services().items() if "profiles" in one} == {
        "webhooks": ["webhooks"]
    }


def test_two_workers_get_more_time_to_stop_than_they_take() -> None:
    worker = services()["worker"]
    assert worker["deploy"]["replicas"] == 2
    grace = float(worker["environment"]["DUECOURSE_SHUTDOWN_GRACE"])
    assert grace == Settings.model_fields["shutdown_grace"].default
    assert seconds(worker["stop_grace_period"]) >= grace + 10
    assert seconds(services()["api"]["stop_grace_period"]) >= grace + 10


def test_worker_has_memory_for_the_cases_it_holds() -> None:
    limit = int(services()["worker"]["deploy"]["resources"]["limits"]["memory"])
    assert limit >= 1.5 * memory_of_cases(Settings.model_fields["open_cases"].default)


def test_what_is_mounted_lies_beside_the_compose_file() -> None:
    mounted = [one for service in services().values() for one in service.get("volumes", []) if one["type"] == "bind"]
    assert len(mounted) == 4
    assert [one["source"] for one in mounted if Path(one["source"]).parent != COMPOSE] == []
    assert [one["source"] for one in mounted if not Path(one["source"]).is_file() or not one["read_only"]] == []


def test_temporal_finds_its_dynamic_configuration() -> None:
    temporal = services()["temporal"]
    (mounted,) = temporal["volumes"]
    assert temporal["environment"]["DYNAMIC_CONFIG_FILE_PATH"] == mounted["target"]
