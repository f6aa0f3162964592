"""The repository itself: what it installs from, and what it may name."""

import ast
import re

import pytest

from tests.repository import CODE, ROOT, files, modules, parsed, project, text

LOCKS = ("requirements.lock", "requirements-dev.lock")
ABSOLUTE_HOME = re.compile(r"(?<![\w.$}~])/(?:(?:home|Users)/\w|(?:root|work/main|work/shared)(?:/|\b))")
REGISTRY_HOST = re.compile(
    r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|registry[.]yarnpkg|deb[.]debian|proxy[.]golang|static[.]crates"
)
SAYS_NOTHING = {
    "common",
    "data",
    "helper",
    "helpers",
    "manager",
    "managers",
    "process",
    "shared",
    "util",
    "utils",
}


def pinned(requirement: str) -> tuple[str, str]:
    """Name and version of `Name[extra]==1.2 ; marker`, the name in its normal form."""
    match = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+]+)(?: *;.*)?", requirement.strip())
    assert match, f"not pinned to one version: {requirement}"
    return re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]


def locked(lock: str) -> set[tuple[str, str]]:
    """Name and version of each package in a lock file; one may be there twice, for several versions of Python."""
    lines = (ROOT / lock).read_text().splitlines()
    return {pinned(line.rstrip(" \\")) for line in lines if line[:1].isalnum()}


# --- what it installs from ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_names_no_address(lock: str) -> None:
    addressed = re.compile(r"://|@ |--(?:extra-)?index-url|--find-links|--trusted-host")
    assert [line for line in (ROOT / lock).read_text().splitlines() if addressed.search(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    entries = re.split(r"^(?=\w)", (ROOT / lock).read_text(), flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(lock)) > 0
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(("lock", "groups"), [(LOCKS[0], ["build"]), (LOCKS[1], ["build", "dev"])])
def test_lock_file_has_the_versions_that_pyproject_asks_for(lock: str, groups: list[str]) -> None:
    asked = list(project()["project"]["dependencies"])
    for group in groups:
        asked += project()["dependency-groups"][group]
    if "dev" in groups:
        asked += [pin for pins in project()["project"]["optional-dependencies"].values() for pin in pins]
    assert {pinned(pin) for pin in asked} - locked(lock) == set(), "run `make lock`"


def test_development_installs_what_runs_in_production() -> None:
    assert locked(LOCKS[0]) - locked(LOCKS[1]) == set()


def test_build_backend_is_the_locked_one() -> None:
    assert project()["build-system"]["requires"] == project()["dependency-groups"]["build"]


# --- what it may name ---------------------------------------------------------------------------------------


def test_no_text_file_names_a_home_or_a_registry() -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in files()
        for number, line in enumerate((text(path) or "").splitlines(), 1)
        if ABSOLUTE_HOME.search(line) or REGISTRY_HOST.search(line)
    ]
    assert found == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    python = [path for path in files() if path.suffix == ".py"]
    assert [str(path) for path in python if SAYS_NOTHING & {*path.parent.parts, path.stem}] == []


def test_every_module_says_what_it_is_for() -> None:
    assert [str(path) for path in modules(*CODE) if not ast.get_docstring(parsed(path))] == []


def test_every_switched_off_rule_has_its_reason() -> None:
    entry = re.compile(
        r'^    "[A-Z]+\d*",|^"[^"]+" = \["[A-Z]+\d*"|ignore_missing_imports|disable_error_code|["\']ignore:'
    )
    config = (ROOT / "pyproject.toml").read_text()
    ignores = config[config.index("\nignore = [") : config.index("[tool.ruff.lint.flake8-tidy-imports]")]
    mypy_and_pytest = config[config.index("[tool.mypy]") :]
    lines = [line for line in (ignores + mypy_and_pytest).splitlines() if entry.search(line)]
    assert len(lines) > 5
    assert [line for line in lines if not re.search(r"# \S", line)] == []
