"""The container file: what it is built from, who runs in it, and that a linter has nothing to say."""

from __future__ import annotations

import json
import re

from runtime.settings import Settings, host_and_port
from tests.deploy.reading import DEPLOY, OURS, image_environment, instructions, said, tool
from tests.repository import ROOT, project


def test_hadolint_finds_nothing_in_the_container_file() -> None:
    answer = tool("hadolint", "--no-color", "--failure-threshold", "style", DEPLOY / "Containerfile")
    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


def test_both_stages_stand_on_one_python_of_an_exact_version() -> None:
    bases = {rest.removesuffix(" AS build") for word, rest in instructions() if word == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+", bases.pop())
    assert project()["project"]["requires-python"] == ">=3.11"


def test_everything_is_installed_from_the_lock_file_with_its_hashes() -> None:
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    assert installs == [
        "pip install --require-hashes -r requirements.lock",
        "pip install --no-deps --no-build-isolation .",
    ]


def test_nothing_but_the_build_stage_gets_into_the_image() -> None:
    assert said("COPY") == ["--from=build /opt/duecourse /opt/duecourse"]
    assert not said("ADD")


def test_image_runs_as_a_user_without_rights_who_owns_its_home() -> None:
    (user,) = said("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    number = user.partition(":")[0]
    home = image_environment()["DUECOURSE_HOME"]
    (setting_up,) = said("RUN")
    assert f"useradd --uid {number} " in setting_up
    assert f"install --directory --owner=duecourse --group=duecourse --mode=0700 {home}" in setting_up
    assert said("WORKDIR") == [home]


def test_image_starts_the_script_of_this_project_with_signals_reaching_it() -> None:
    (entry,) = said("ENTRYPOINT")
    assert json.loads(entry) == list(project()["project"]["scripts"]) == [OURS]
    assert said("STOPSIGNAL") == ["SIGTERM"]


def test_image_exposes_where_it_listens_and_asks_a_worker_there() -> None:
    settings = Settings.model_validate(
        {name.removeprefix("DUECOURSE_").lower(): value for name, value in image_environment().items()}
    )
    health, metrics = host_and_port(settings.health_address), host_and_port(settings.metrics_address)
    assert {health[0], metrics[0], settings.api_host, settings.inbound_host} == {"0.0.0.0"}  # noqa: S104 - within a container
    (exposed,) = said("EXPOSE")
    assert {int(port) for port in exposed.split()} == {health[1], metrics[1], settings.api_port, settings.inbound_port}
    (check,) = said("HEALTHCHECK")
    asked = json.loads(check.partition("CMD ")[2])
    assert asked == ["python", "-m", "runtime.probe", f"http://127.0.0.1:{health[1]}/ready"]


def test_build_sees_nothing_but_code_and_what_installs_it() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    packages = {name for name in project()["tool"]["setuptools"]["packages"]["find"]["include"] if "." not in name}
    # What is measured with is no part of an installation.
    assert let_in == packages - {"bench"} | {"LICENSE", "pyproject.toml", "requirements.lock", "worker.py"}
    assert [name for name in let_in if not (ROOT / name).exists()] == []
    assert {line for line in lines if not line.startswith("!")} == {"*", "**/__pycache__", "**/*.pyc"}
