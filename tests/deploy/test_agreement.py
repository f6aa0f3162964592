"""What deploy/ asks of the programs exists: every variable, every command, every path, every answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
import yaml
from temporalio.envconfig import ClientConfig

from runtime.settings import Settings
from starter.api.standing import router
from starter.cli import app
from starter.webhooks.server import LIVE
from tests.deploy.reading import (
    COMPOSE,
    DEPLOY,
    OURS,
    OVERLAYS,
    PASSWORDS,
    Document,
    container,
    image_environment,
    of_kind,
    pods,
    said,
    services,
    tool,
)
from tests.repository import ROOT, files, text

OUR_SETTINGS = {f"DUECOURSE_{name.upper()}" for name in Settings.model_fields}

TEMPORAL_CLIENTS = {
    "TEMPORAL_ADDRESS",
    "TEMPORAL_API_KEY",
    "TEMPORAL_NAMESPACE",
    "TEMPORAL_TLS",
}
"""Variables of Temporal's environment configuration that deploy/ uses; a test sees that the SDK reads each."""

OF_OTHERS = {
    "postgres": {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"},
    "temporalio/admin-tools": {"SQL_PLUGIN", "SQL_HOST", "SQL_PORT", "SQL_USER", "SQL_PASSWORD"} | TEMPORAL_CLIENTS,
    "temporalio/server": {
        "BIND_ON_IP",
        "DB",
        "DB_PORT",
        "DYNAMIC_CONFIG_FILE_PATH",
        "LOG_LEVEL",
        "NUM_HISTORY_SHARDS",
        "POSTGRES_PWD",
        "POSTGRES_SEEDS",
        "POSTGRES_USER",
    },
    "temporalio/ui": {"TEMPORAL_ADDRESS", "TEMPORAL_DEFAULT_NAMESPACE"},
}
"""What the images of others document, as far as it is used. The rest of a service's variables is for our scripts."""

FOR_OUR_SCRIPTS = {
    "postgres": {"TEMPORAL_DB_PASSWORD", "DUECOURSE_DB_PASSWORD"},
    "temporal-namespace": {"RETENTION"},
}


def commands(group: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Every command of the command line, as words."""
    found: set[tuple[str, ...]] = set()
    for name, command in group.commands.items():
        below = (*path, name)
        found |= commands(command, below) if hasattr(command, "commands") else {below}
    return found


def command(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The command among these words, and what is said to it."""
    known = commands(typer.main.get_command(app))
    (called,) = (path for path in known if tuple(words[: len(path)]) == path)
    return called, words[len(called) :]


def variables() -> dict[str, set[str]]:
    """The variables that reach our own programs, by where they are set."""
    found = {"the container file": {name for name in image_environment() if name.startswith("DUECOURSE_")}}
    found |= {name: set(one["environment"]) for name, one in services().items() if one["image"].startswith(f"{OURS}:")}
    found |= {overlay: set(of_kind("ConfigMap", overlay).popitem()[1]["data"]) for overlay in OVERLAYS}
    secret = yaml.safe_load((DEPLOY / "kubernetes" / "secret.example.yaml").read_text())
    optional = re.findall(r"^#?([A-Z_]+)=", (COMPOSE / "duecourse.env.example").read_text(), flags=re.MULTILINE)
    return found | {"the secret": set(secret["stringData"]), "the env file": set(optional)}


@pytest.mark.parametrize("place", sorted(variables()))
def test_every_variable_of_our_programs_is_a_setting_or_one_of_temporals(place: str) -> None:
    assert variables()[place] - OUR_SETTINGS - TEMPORAL_CLIENTS == set()
    assert variables()[place]


@pytest.mark.parametrize("place", sorted(variables()))
def test_examples_are_values_that_the_settings_take(place: str) -> None:
    lines = (COMPOSE / "duecourse.env.example").read_text().splitlines()
    values: dict[str, dict[str, str]] = {
        "the container file": image_environment(),
        "the env file": dict(line[1:].split("=", 1) for line in lines if re.match(r"#[A-Z_]+=", line)),
        **{name: one["environment"] for name, one in services().items()},
        **{overlay: of_kind("ConfigMap", overlay).popitem()[1]["data"] for overlay in OVERLAYS},
    }
    given = {name: value for name, value in values.get(place, {}).items() if name in OUR_SETTINGS and value}
    if place == "the env file":
        # Two that only make sense together, of which the secret one is left empty.
        given["DUECOURSE_MEDUSA_API_KEY"] = "sk_1"
    Settings.model_validate({name.removeprefix("DUECOURSE_").lower(): value for name, value in given.items()})


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("TEMPORAL_ADDRESS", "there:7233", "target_host", "there:7233"),
        ("TEMPORAL_NAMESPACE", "service.a1b2c", "namespace", "service.a1b2c"),
        ("TEMPORAL_API_KEY", "secret", "api_key", "secret"),
        ("TEMPORAL_TLS", "true", "tls", None),
    ],
)
def test_temporals_sdk_reads_what_is_set_for_it(name: str, value: str, field: str, read: str | None) -> None:
    assert name in TEMPORAL_CLIENTS
    config: dict[str, Any] = dict(ClientConfig.load_client_connect_config(override_env_vars={name: value}))
    assert config[field]
    assert read is None or config[field] == read


@pytest.mark.parametrize("name", sorted(name for name in services() if not services()[name]["image"].startswith(OURS)))
def test_every_variable_of_another_image_is_one_that_it_documents(name: str) -> None:
    service = services()[name]
    known = OF_OTHERS[service["image"].partition(":")[0]] | FOR_OUR_SCRIPTS.get(name, set())
    assert set(service["environment"]) - known == set()


def test_variables_of_our_scripts_are_those_that_they_read() -> None:
    scripts = {"postgres": "databases.sql", "temporal-namespace": "temporal-namespace.sh"}
    for service, script in scripts.items():
        read = (COMPOSE / script).read_text()
        assert [name for name in FOR_OUR_SCRIPTS[service] if name not in read] == []


def test_every_command_exists_and_takes_what_it_is_given() -> None:
    started = {name: one["command"] for name, one in services().items() if name in {"api", "policy", "worker"}}
    started |= {f"pod {name}": container(pod)["args"] for name, pod in pods().items()}
    (default,) = said("CMD")
    called = {place: command(words) for place, words in started.items()}
    assert {place: path for place, (path, _) in called.items()} == {
        "api": ("serve",),
        "pod api": ("serve",),
        "pod worker": ("worker",),
        "policy": ("policy", "publish"),
        "worker": ("worker",),
    }
    assert default == '["worker"]'
    group: Any = typer.main.get_command(app)
    options = {option for one in group.commands["policy"].commands["publish"].params for option in one.opts}
    assert called["policy"][1] == ["charter", "--first"]
    assert "--first" in options
    assert [words for path, words in called.values() if path != ("policy", "publish") and words] == []


def test_door_for_webhooks_is_a_module_of_ours_and_is_asked_for_what_it_answers() -> None:
    started = [services()["webhooks"]["entrypoint"], container(pods("overlays/example")["webhooks"])["command"]]
    assert started == 2 * [["python", "-m", "starter.webhooks"]]
    assert (ROOT / "starter" / "webhooks" / "__main__.py").exists()
    port = image_environment()["DUECOURSE_INBOUND_PORT"]
    probes = [f"http://127.0.0.1:{port}{LIVE}"]
    assert services()["webhooks"]["healthcheck"]["test"] == ["CMD", "python", "-m", "runtime.probe", *probes]
    (published,) = services()["webhooks"]["ports"]
    assert (str(published["target"]), published["published"]) == (port, port)
    pod = container(pods("overlays/example")["webhooks"])
    asked = [value["httpGet"] for key, value in pod.items() if key.endswith("Probe")]
    assert asked == 3 * [{"path": LIVE, "port": "http"}]


def test_paths_that_are_asked_for_the_apis_health_are_routes_of_it() -> None:
    routes = {getattr(route, "path", "") for route in router.routes}
    probes = [value["httpGet"] for key, value in container(pods()["api"]).items() if key.endswith("Probe")]
    assert {probe["path"] for probe in probes} <= routes
    assert {probe["port"] for probe in probes} == {"http"}
    asked = services()["api"]["healthcheck"]["test"]
    (published,) = services()["api"]["ports"]
    port = image_environment()["DUECOURSE_API_PORT"]
    assert asked[:4] == ["CMD", "python", "-m", "runtime.probe"]
    assert asked[4] == f"http://127.0.0.1:{port}/ready"
    assert "/ready" in routes
    assert (str(published["target"]), published["published"]) == (port, port)


def test_addresses_in_the_compose_file_lead_to_its_own_services() -> None:
    database = services()["worker"]["environment"]["DUECOURSE_STORE_URL"]
    assert re.search(r"@(\w+):5432/duecourse$", database)
    assert database.rpartition("@")[2].partition(":")[0] in services()
    for service in services().values():
        told: Document = service.get("environment", {})
        named = [told[name] for name in ("SQL_HOST", "POSTGRES_SEEDS") if name in told]
        named += [told["TEMPORAL_ADDRESS"].partition(":")[0]] if "TEMPORAL_ADDRESS" in told else []
        assert [host for host in named if host not in services()] == []


def test_yaml_files_are_well_formed_with_no_key_twice() -> None:
    style = (
        "{extends: default, rules: {line-length: {max: 120}, document-start: disable, braces: {max-spaces-inside: 0}}}"
    )
    answer = tool("yamllint", "--strict", "--config-data", style, DEPLOY)
    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


SECRETIVE = re.compile(r"PASSWORD|PWD|SECRET|KEY|TOKEN|STORE_URL|_USER$")


def test_passwords_of_the_compose_file_come_from_its_env_file_and_go_where_they_are_needed() -> None:
    given = {f"{name.lower()}_value": name for name in PASSWORDS}
    found: dict[str, set[str]] = {}
    for name, service in services().items():
        for variable, value in service.get("environment", {}).items():
            held = {password for written, password in given.items() if written in value}
            assert held or not SECRETIVE.search(variable.removesuffix("_USER")), (name, variable)
            found.setdefault(name, set()).update(held)
    assert {name: held for name, held in found.items() if held} == {
        "postgres": set(PASSWORDS),
        "temporal": {"TEMPORAL_DB_PASSWORD"},
        "temporal-schema": {"TEMPORAL_DB_PASSWORD"},
        "policy": {"DUECOURSE_DB_PASSWORD"},
        "worker": {"DUECOURSE_DB_PASSWORD"},
        "api": {"DUECOURSE_DB_PASSWORD"},
        "webhooks": {"DUECOURSE_DB_PASSWORD"},
    }


def test_settings_that_all_may_read_hold_no_secret() -> None:
    told = {*image_environment(), *(name for overlay in OVERLAYS for name in variables()[overlay])}
    assert [name for name in told if SECRETIVE.search(name)] == []


def test_nothing_floats_and_nothing_is_given_away() -> None:
    written = {path: text(path) or "" for path in files() if path.parts[0] == "deploy"}
    assert len(written) >= 18
    betrayed = re.compile(r":latest\b|whsec_\w|PRIVATE KEY|://(?!USER:PASSWORD@)[^\s/:$]+:[^\s/$\\]+@")
    found = {str(path): betrayed.findall(content) for path, content in written.items()}
    assert {path: many for path, many in found.items() if many} == {}
