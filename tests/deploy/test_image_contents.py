"""What the image installs is whole: built from what the build sees, it runs where there is no checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repository import ROOT, files

NOT_INSTALLED = {"LICENSE", "pyproject.toml", "requirements.lock"}


def seen_by_the_build() -> list[Path]:
    """The files that .dockerignore lets through."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    return [path for path in files() if path.parts[0] in let_in]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `pip install .` puts into the image, made from nothing but what the build sees."""
    place = tmp_path_factory.mktemp("image")
    for path in seen_by_the_build():
        (place / "build" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, place / "build" / path)
    building = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*building, "--wheel-dir", place, place / "build"], check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(place / "installed")
    return place / "installed"


def run(installed: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the installed code before this checkout's, in an empty folder."""
    home = installed.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {"PATH": os.defpath, "PYTHONPATH": str(installed), "DUECOURSE_HOME": str(home), **settings}
    return subprocess.run(
        [sys.executable, *arguments], cwd=home, env=environment, capture_output=True, text=True, check=False
    )


def test_every_file_of_the_code_is_installed(installed: Path) -> None:
    expected = {str(path) for path in seen_by_the_build()} - NOT_INSTALLED
    found = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    assert expected - found == set()
    assert {path for path in found - expected if ".dist-info/" not in path} == set()


def test_what_is_installed_runs_by_itself(installed: Path) -> None:
    asked = "import worker, starter.cli, starter.api.app; print(worker.__file__, starter.api.app.__file__)"
    done = run(installed, "-c", asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path for path in done.stdout.split() if not path.startswith(str(installed))] == []


def test_installed_command_publishes_the_policy_as_the_compose_file_does(installed: Path) -> None:
    begin = ("-c", "from starter.cli import main; main()", "policy", "publish", "charter", "--first")
    done = run(installed, *begin)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"charter@\w+ published\n", done.stdout)
