"""The Kubernetes manifests: that kustomize builds them, that they are valid, and that what must agree agrees."""

from __future__ import annotations

from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from runtime.health import LIVE, READY
from runtime.settings import Settings
from tests.deploy.reading import (
    KUBERNETES,
    OURS,
    OVERLAYS,
    Document,
    built,
    container,
    image_environment,
    memory_of_cases,
    of_kind,
    pods,
    said,
)
from tests.repository import project

OLDEST, NEWEST = "1.30", "1.37"
"""Versions of Kubernetes for which the manifests are valid; 1.30 is the first that sleeps before it stops a pod."""

PROGRAMS = {"base": {"worker", "api"}, "overlays/example": {"worker", "api", "webhooks"}}
PLACES = [(overlay, program) for overlay in OVERLAYS for program in sorted(PROGRAMS[overlay])]
EVERYWHERE = pytest.mark.parametrize(("overlay", "program"), PLACES)
SECRETS = yaml.safe_load((KUBERNETES / "secret.example.yaml").read_text())


def labels(pod: Document) -> dict[str, str]:
    found: dict[str, str] = pod["metadata"]["labels"]
    return found


def chosen(selector: dict[str, Any], overlay: str = "base") -> set[str]:
    """The programs whose pods a selector chooses."""
    wanted = selector.get("matchLabels", {}).items()
    return {name for name, pod in pods(overlay).items() if wanted <= labels(pod).items()}


def ports(pod: Document) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for port in container(pod)["ports"]}


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_is_valid_and_has_no_field_that_does_not_exist(overlay: str, version: str) -> None:
    assert len(built(overlay)) >= 12
    for one in (*built(overlay), SECRETS):
        kubernetes_validate.validate(one, version, strict=True)


def test_validator_sees_what_is_wrong() -> None:
    (worker,) = (one for one in built("base") if one["kind"] == "Deployment" and one["metadata"]["name"] == "worker")
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate({**worker, "spec": {**worker["spec"], "replica": 2}}, NEWEST, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_everything_is_in_one_namespace_that_allows_restricted_pods_only(overlay: str) -> None:
    (namespace,) = of_kind("Namespace", overlay).values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    inside = {one["metadata"].get("namespace") for one in built(overlay) if one["kind"] != "Namespace"}
    assert inside == {namespace["metadata"]["name"]}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_image_is_that_of_this_version(overlay: str) -> None:
    versions = {container(pod)["image"].rpartition(":")[2] for pod in pods(overlay).values()}
    assert versions == {project()["project"]["version"]}
    assert {container(pod)["image"].rpartition(":")[0].rpartition("/")[2] for pod in pods(overlay).values()} == {OURS}


@EVERYWHERE
def test_pod_has_no_rights_and_writes_only_where_it_may(overlay: str, program: str) -> None:
    pod = pods(overlay)[program]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert said("USER") == [f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"]
    assert pod["automountServiceAccountToken"] is False
    assert container(pods(overlay)[program])["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {
        one["mountPath"] for one in container(pods(overlay)[program])["volumeMounts"] if not one.get("readOnly")
    }
    assert writable == {"/tmp", image_environment()["DUECOURSE_HOME"]}  # noqa: S108 - a folder of the pod's own


@EVERYWHERE
def test_no_service_of_the_namespace_gets_among_the_settings(overlay: str, program: str) -> None:
    assert pods(overlay)[program]["spec"]["enableServiceLinks"] is False


@EVERYWHERE
def test_pod_gets_more_time_to_stop_than_it_takes(overlay: str, program: str) -> None:
    (settings,) = of_kind("ConfigMap", overlay).values()
    grace = float(settings["data"]["DUECOURSE_SHUTDOWN_GRACE"])
    waits = container(pods(overlay)[program]).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    assert pods(overlay)[program]["spec"]["terminationGracePeriodSeconds"] >= grace + waits + 10


def test_worker_is_asked_for_its_health_where_it_tells_it() -> None:
    worker = container(pods()["worker"])
    asked = {kind: worker[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    assert asked == {
        "startup": {"path": LIVE, "port": "health"},
        "liveness": {"path": LIVE, "port": "health"},
        "readiness": {"path": READY, "port": "health"},
    }


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_ports_are_those_that_the_settings_name(overlay: str) -> None:
    (told,) = of_kind("ConfigMap", overlay).values()
    listening = {name.removeprefix("DUECOURSE_").lower(): value for name, value in told["data"].items()}
    settings = Settings.model_validate({name: listening[name] for name in listening.keys() & Settings.model_fields})
    assert ports(pods(overlay)["worker"]) == {
        "health": int(settings.health_address.rpartition(":")[2]),
        "metrics": int(settings.metrics_address.rpartition(":")[2]),
    }
    assert ports(pods(overlay)["api"]) == {"http": settings.api_port}
    if "webhooks" in PROGRAMS[overlay]:
        assert ports(pods(overlay)["webhooks"]) == {"http": settings.inbound_port}
    hosts = {address.rpartition(":")[0] for address in (settings.health_address, settings.metrics_address)}
    assert hosts | {settings.api_host, settings.inbound_host} == {"0.0.0.0"}  # noqa: S104 - within a pod


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_service_leads_to_the_program_of_its_name_and_nothing_else(overlay: str) -> None:
    found = of_kind("Service", overlay)
    assert found.keys() == PROGRAMS[overlay] - {"worker"}
    for name, service in found.items():
        assert chosen({"matchLabels": service["spec"]["selector"]}, overlay) == {name}
        assert [port["targetPort"] for port in service["spec"]["ports"]] == list(ports(pods(overlay)[name]))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_each_program_has_several_pods_of_which_one_at_a_time_may_be_evicted(overlay: str) -> None:
    budgets = of_kind("PodDisruptionBudget", overlay)
    assert {name: chosen(one["spec"]["selector"], overlay) for name, one in budgets.items()} == {
        name: {name} for name in PROGRAMS[overlay]
    }
    assert {one["spec"]["maxUnavailable"] for one in budgets.values()} == {1}
    for deployment in of_kind("Deployment", overlay).values():
        assert deployment["spec"]["replicas"] >= 2
        assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_worker_has_memory_for_the_cases_it_holds() -> None:
    (settings,) = of_kind("ConfigMap").values()
    cases = int(settings["data"]["DUECOURSE_OPEN_CASES"])
    limit = container(pods()["worker"])["resources"]["limits"]["memory"]
    assert int(limit.removesuffix("Gi")) * 2**30 >= 1.5 * memory_of_cases(cases)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_network_lets_through_what_is_named_and_nothing_else(overlay: str) -> None:
    policies = {name: one["spec"] for name, one in of_kind("NetworkPolicy", overlay).items()}
    everything = policies["nothing-else"]
    assert (everything["podSelector"], everything["policyTypes"]) == ({}, ["Ingress", "Egress"])
    assert not everything.keys() & {"ingress", "egress"}
    entries = {
        (program, port["port"])
        for one in policies.values()
        for rule in one.get("ingress", [])
        for program in chosen(one["podSelector"], overlay)
        for port in rule["ports"]
        if rule["from"]
    }
    assert entries == {(name, "metrics" if name == "worker" else "http") for name in PROGRAMS[overlay]}
    assert {(name, port) for name, pod in pods(overlay).items() for port in ports(pod)} >= entries
    ways_out = {port["port"] for rule in policies["way-out"]["egress"] for port in rule["ports"]}
    (settings,) = of_kind("ConfigMap", overlay).values()
    assert ways_out >= {53, 443, 5432, int(settings["data"]["TEMPORAL_ADDRESS"].rpartition(":")[2])}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_settings_come_from_a_config_map_that_a_change_renames_and_from_a_secret(overlay: str) -> None:
    (config,) = of_kind("ConfigMap", overlay)
    for pod in pods(overlay).values():
        sources = container(pod)["envFrom"]
        assert sources == [{"configMapRef": {"name": config}}, {"secretRef": {"name": SECRETS["metadata"]["name"]}}]
        assert "env" not in container(pod)
    assert config != OURS
    assert config.startswith(f"{OURS}-")


def test_no_secret_is_part_of_what_is_applied_and_the_example_holds_none() -> None:
    assert [one for overlay in OVERLAYS for one in built(overlay) if one["kind"] == "Secret"] == []
    assert set(SECRETS["stringData"].values()) == {""}


def test_overlay_changes_what_it_says() -> None:
    (settings,) = of_kind("ConfigMap", "overlays/example").values()
    assert settings["data"]["TEMPORAL_NAMESPACE"] == "service.a1b2c"
    assert settings["data"]["DUECOURSE_OPEN_CASES"] == "5000"
    assert of_kind("Deployment", "overlays/example")["worker"]["spec"]["replicas"] == 3
