"""The folder of an installation: who has it, what it tells other commands, and whose word counts more."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from temporalio.envconfig import ClientConfig

from domain.errors import InvalidInputError
from runtime.settings import Settings
from starter.installation import OWN_CONNECTION, Installation, InUseError, present_settings
from starter.server import FRONTEND_PORT, free_port, is_taken
from starter.upkeep import Plan


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and nothing else that says where a server is."""
    for name in os.environ:
        if name.startswith(("TEMPORAL_", "DUECOURSE_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUECOURSE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_second_occupant_is_told_who_the_first_is(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "home")
    with installation.occupied():
        with pytest.raises(InUseError, match=f"process {os.getpid()}"), installation.occupied():
            pass
        assert installation.folder.stat().st_mode & 0o077 == 0
    with installation.occupied():
        pass


def test_folder_stays_occupied_while_a_child_lives_that_inherited_the_lock(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    with installation.occupied() as lock:
        child = subprocess.Popen([sys.executable, "-c", "input()"], pass_fds=(lock,), stdin=subprocess.PIPE)
    with pytest.raises(InUseError), installation.occupied():
        pass
    child.communicate()
    with installation.occupied():
        pass


def test_other_commands_find_server_and_policy_without_settings(home: Path) -> None:
    home.mkdir()
    Installation(home).tell_others(
        Settings(policy="rehearsal", web_ui="http://127.0.0.1:4712", customer_url="http://127.0.0.1:4713"),
        "127.0.0.1:4711",
    )
    settings = present_settings()
    assert (settings.policy, settings.web_ui) == ("rehearsal", "http://127.0.0.1:4712")
    assert settings.customer_url == "http://127.0.0.1:4713"
    assert target(settings) == "127.0.0.1:4711"


def test_environment_wins_over_what_up_wrote_down(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    Installation(home).tell_others(Settings(policy="rehearsal"), "127.0.0.1:4711")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere:7233")
    monkeypatch.setenv("DUECOURSE_POLICY", "charter")
    assert present_settings().policy == "charter"
    assert target(present_settings()) == "elsewhere:7233"


@pytest.mark.parametrize("name", OWN_CONNECTION)
def test_who_names_a_connection_of_their_own_gets_it(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    home.mkdir()
    Installation(home).tell_others(Settings(policy="rehearsal"), "127.0.0.1:4711")
    monkeypatch.setenv(name, "mine")
    assert present_settings() == Settings()


def test_worker_of_an_installation_hears_of_no_other_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere:7233")
    monkeypatch.setenv("TEMPORAL_API_KEY", "secret")
    monkeypatch.setenv("DUECOURSE_TEMPORAL_PROFILE", "cloud")
    home.mkdir()
    installation = Installation(home)
    installation.tell_others(Settings(policy="charter"), "127.0.0.1:4711")
    environment = installation.own_environment(Settings())
    for name in [name for name in os.environ if name.startswith(("TEMPORAL_", "DUECOURSE_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert target(Settings()) == "127.0.0.1:4711"
    assert "TEMPORAL_API_KEY" not in environment


def target(settings: Settings) -> str | None:
    """The server that these settings lead to."""
    config = ClientConfig.load_client_connect_config(
        settings.temporal_profile, config_file=str(settings.temporal_config) if settings.temporal_config else None
    )
    return config.get("target_host")


def test_taken_port_is_refused_when_it_was_asked_for_and_avoided_when_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert is_taken(port)
        with pytest.raises(InvalidInputError, match=f"port {port} is taken"):
            Plan(port=port).ports()
        monkeypatch.setattr("starter.upkeep.FRONTEND_PORT", port)
        plan = Plan(web_ui=False)
        ports = plan.ports()
    assert ports.frontend != port
    assert ports.ui is None
    assert plan.notices == [f"port {port} is taken, so Temporal listens on {ports.frontend}"]
    assert FRONTEND_PORT == 7233


def test_port_that_was_taken_instead_is_taken_again_after_a_restart(tmp_path: Path) -> None:
    installation, first = Installation(tmp_path), Plan()
    assert installation.ports() == {}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        usual = taken.getsockname()[1]
        instead = first.port_of_hooks(usual)
        installation.keep_ports(first.instead)
    again = Plan(instead=installation.ports())
    assert again.port_of_hooks(usual) == instead != usual
    assert again.notices == []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", instead))
        taken.listen()
        assert again.port_of_hooks(usual) == usual
    (tmp_path / "ports.json").write_text("{")
    assert installation.ports() == {}


def test_web_ui_gives_way_to_a_frontend_on_its_usual_port(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr("starter.upkeep.UI_PORT", port)
    ports = Plan(port=port).ports()
    assert ports.frontend == port
    assert ports.ui not in (None, port)


def test_port_is_free_again_when_nobody_listens() -> None:
    port = free_port()
    deadline = time.monotonic() + 5
    while is_taken(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_taken(port)
