"""What deploy/ says, as the tools that will read it understand it: docker compose, kustomize, and a container file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from tests.repository import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE, KUBERNETES = DEPLOY / "compose", DEPLOY / "kubernetes"
OVERLAYS = ("base", "overlays/example")

PASSWORDS = ("POSTGRES_PASSWORD", "TEMPORAL_DB_PASSWORD", "DUECOURSE_DB_PASSWORD")
"""What whoever runs the compose file must set."""

OURS = "duecourse"
"""The name of the image that is built here."""

Document: TypeAlias = dict[str, Any]


def tool(name: str, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program that came with the development wheels, in an environment with nothing in it but `more`."""
    program = Path(sys.executable).with_name(name)
    own = {"PATH": os.defpath, "HOME": os.devnull}
    return subprocess.run([program, *arguments], env=own | more, cwd=ROOT, capture_output=True, text=True, check=False)


def compose(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Let docker compose read the file, without what a developer may have written beside it."""
    files = ("--env-file", COMPOSE / ".env.example", "--file", COMPOSE / "compose.yaml", "--profile", "*")
    return tool("docker-compose", *files, *arguments, **variables)


@cache
def composed() -> Document:
    """The compose file as docker compose understands it: merged, with every default spelled out."""
    answer = compose("config", "--format", "json", **{name: f"{name.lower()}_value" for name in PASSWORDS})
    assert answer.returncode == 0, answer.stderr
    read: Document = json.loads(answer.stdout)
    return read


def services() -> dict[str, Document]:
    """The services of the compose file."""
    found: dict[str, Document] = composed()["services"]
    return found


@cache
def built(overlay: str) -> tuple[Document, ...]:
    """What kustomize makes of a folder."""
    answer = tool("kubectl", "kustomize", KUBERNETES / overlay)
    assert answer.returncode == 0, answer.stderr
    return tuple(yaml.safe_load_all(answer.stdout))


def of_kind(kind: str, overlay: str = "base") -> dict[str, Document]:
    """The objects of a kind, by name."""
    return {one["metadata"]["name"]: one for one in built(overlay) if one["kind"] == kind}


def pods(overlay: str = "base") -> dict[str, Document]:
    """The template of each Deployment's pods."""
    return {name: one["spec"]["template"] for name, one in of_kind("Deployment", overlay).items()}


def container(pod: Document) -> Document:
    """The one container of a pod."""
    (only,) = pod["spec"]["containers"]
    found: Document = only
    return found


@cache
def instructions() -> tuple[tuple[str, str], ...]:
    """The container file's instructions with their arguments, comments and line ends taken out."""
    lines = [line for line in (DEPLOY / "Containerfile").read_text().splitlines() if not line.startswith("#")]
    whole = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return tuple((word, rest) for word, _, rest in (line.partition(" ") for line in whole.splitlines() if line))


def said(instruction: str) -> list[str]:
    """The arguments of each such instruction of the last stage, which is the image."""
    last = max(number for number, (word, _) in enumerate(instructions()) if word == "FROM")
    return [rest for word, rest in instructions()[last:] if word == instruction]


def image_environment() -> dict[str, str]:
    """What the image sets by itself."""
    return dict(pair.split("=", 1) for line in said("ENV") for pair in line.split())


def measured(figure: str) -> float:
    """A figure of ours as docs/performance.md has it."""
    (found,) = re.findall(rf"^\| `{figure}` .*?\| ([\d.,e+]+) \|", (ROOT / "docs" / "performance.md").read_text(), re.M)
    return float(found.replace(",", ""))


def memory_of_cases(number: int) -> float:
    """Bytes that a worker needs for so many open cases."""
    return measured("complaint_open_memory") * 1024 * number
