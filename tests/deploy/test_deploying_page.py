"""What docs/deploying.md says is so: its commands, profiles, attributes, ports and figures."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from temporalio.envconfig import ClientConfig

from runtime import search_attributes
from tests.deploy.reading import image_environment, measured
from tests.deploy.test_agreement import command
from tests.repository import ROOT

PAGE = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
CONSOLE = [line[2:] for block in re.findall(r"```console\n(.*?)```", PAGE, re.S) for line in block.splitlines()]


def test_search_attributes_are_those_that_a_worker_needs() -> None:
    table = PAGE.partition("<!-- search attributes -->")[2].partition("\n\nOn a cluster")[0]
    assert dict(re.findall(r"^\| `(\w+)` \| (\w+) \|$", table, re.M)) == search_attributes.ALL


def test_profile_is_one_that_temporals_sdk_reads() -> None:
    (profile,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    read = ClientConfig.load(config_source=profile).profiles["prod"]
    assert (read.address, read.namespace) == ("service.a1b2c.tmprl.cloud:7233", "service.a1b2c")
    assert read.tls
    folder = Path("/etc/duecourse/temporal")
    assert (read.tls.client_cert, read.tls.client_private_key) == (folder / "client.pem", folder / "client.key")


@pytest.mark.parametrize("said", [line for line in CONSOLE if "access key" in line or "policy publish" in line])
def test_command_of_ours_exists(said: str) -> None:
    words = shlex.split(said, comments=True)
    begin = words.index("access") if "access" in words else words.index("policy")
    assert command(words[begin:])[0] in {("access", "key", "create"), ("policy", "publish")}


def test_files_that_are_named_are_there() -> None:
    named = set(re.findall(r"deploy/[\w./-]+", PAGE)) - {"deploy/kubernetes/overlays/mine", "deploy/worker"}
    assert len(named) >= 4
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_ports_are_those_of_the_image() -> None:
    told = image_environment()
    ports = [told["DUECOURSE_INBOUND_PORT"], told["DUECOURSE_API_PORT"]]
    ports += [told[f"DUECOURSE_{kind}_ADDRESS"].rpartition(":")[2] for kind in ("METRICS", "HEALTH")]
    said = "opens four ports: {} webhooks, {} the API, {} a worker's metrics, {} a worker's health".format(*ports)
    assert said in " ".join(PAGE.split())


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        (r"one worker brought (\d+) complaints a second", "complaint_tier1_throughput"),
        (r"needed about (\d+) KiB for each open case", "complaint_open_memory"),
        (r"complaint is (\d+) actions", "complaint_tier1_actions"),
        (r"waiting with its status updates (\d+) more", "waiting_12h_actions"),
        (r"99th percentile ran (\d+) s late", "due_step_lateness_p99_s"),
    ],
)
def test_figures_are_the_measured_ones_but_for_rounding(said: str, figure: str) -> None:
    (number,) = re.findall(said, " ".join(PAGE.split()))
    assert float(number) == pytest.approx(measured(figure), rel=0.2)


def test_open_cases_follow_from_the_charters_load() -> None:
    rate = 2_000_000 / (365 * 86_400)
    rows = re.findall(r"^\| (\d) days? \| ([\d,]+) \| ([\d.]+) GiB \|$", PAGE, re.M)
    assert len(rows) == 3
    for days, cases, memory in rows:
        assert float(cases.replace(",", "")) == pytest.approx(rate * 86_400 * int(days), rel=0.02)
        needed = rate * 86_400 * int(days) * measured("complaint_open_memory") / 2**20
        assert float(memory) == pytest.approx(needed, rel=0.2)
