"""The repository itself: what it installs from, what it may name, which arrows its code may draw."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
CODE = ("activities", "domain", "readmodel", "runtime", "starter", "worker.py", "workflows")
PURE = ("domain", "workflows")

ABSOLUTE_HOME = re.compile(r"(?<![\w.$}~])/(?:(?:home|Users)/\w|(?:root|work/main|work/shared)(?:/|\b))")
REGISTRY_HOST = re.compile(
    r"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|registry[.]yarnpkg|deb[.]debian|proxy[.]golang|static[.]crates"
)

CLOCKS_DICE_AND_DISKS = (
    "asyncio.create_subprocess_exec",
    "asyncio.open_connection",
    "asyncio.to_thread",
    "concurrent.futures",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "importlib.resources",
    "io",
    "multiprocessing",
    "os",
    "pathlib.Path",
    "random",
    "secrets",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uuid.uuid1",
    "uuid.uuid4",
)
IMPURE_BUILTINS = {"breakpoint", "input", "open", "print"}
FILE_METHODS = {"read_bytes", "read_text", "write_bytes", "write_text"}

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


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or would be committed, relative to the root; without git, all that was written."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        answer = ""
    named = [Path(name) for name in answer.split("\0") if name] or list(walked(Path()))
    return tuple(sorted(path for path in named if (ROOT / path).is_file()))


def walked(folder: Path) -> Iterator[Path]:
    """The files below a folder, leaving out hidden folders and what is made rather than written."""
    for entry in sorted((ROOT / folder).iterdir()):
        path = folder / entry.name
        if not entry.is_dir():
            yield path
        elif entry.name == ".ci" or not (
            entry.name.startswith(".") or entry.name in {"__pycache__", "build", "dist", "node_modules", "var"}
        ):
            yield from walked(path)


def modules(*tops: str) -> list[Path]:
    """The Python files below these top-level names."""
    return [path for path in files() if path.suffix == ".py" and path.parts[0] in tops]


def text(path: Path | str) -> str | None:
    """A file's text, or None for a picture and the like."""
    raw = (ROOT / path).read_bytes()
    try:
        return None if b"\0" in raw else raw.decode()
    except UnicodeDecodeError:
        return None


def parsed(path: Path) -> ast.Module:
    """A Python file as a tree."""
    return ast.parse((ROOT / path).read_bytes(), filename=str(path))


def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pinned(requirement: str) -> tuple[str, str]:
    """Name and version of `Name[extra]==1.2 ; marker`, the name in its normal form."""
    match = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+]+)(?: *;.*)?", requirement.strip())
    assert match, f"not pinned to one version: {requirement}"
    return re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]


def locked(lock: str) -> dict[str, str]:
    """Name and version of each package in a lock file."""
    lines = (ROOT / lock).read_text().splitlines()
    return dict(pinned(line.rstrip(" \\")) for line in lines if line[:1].isalnum())


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each imported thing: its full dotted name, and the name that the file binds for it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, alias.asname or ""
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield f"{node.module or ''}.{alias.name}", alias.asname or alias.name


def is_impure(name: str) -> bool:
    """Whether a dotted name is a clock, dice or a disk, or something of theirs."""
    return any(name == banned or name.startswith(f"{banned}.") for banned in CLOCKS_DICE_AND_DISKS)


def dotted(node: ast.expr, meaning: dict[str, str]) -> str:
    """What `a.b.c` stands for, with `a` as it was imported; empty for anything but names."""
    match node:
        case ast.Name(id=name):
            return meaning.get(name, name)
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value, meaning)}.{attr}"
        case _:
            return ""


def impurities(tree: ast.AST) -> list[str]:
    """What in a file asks a clock, rolls dice or touches a disk, whatever it was imported as."""
    imports = list(imported(tree))
    meaning = {bound: name for name, bound in imports if bound}
    found = [name for name, _ in imports if is_impure(name)]
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=method) if method in FILE_METHODS or is_impure(dotted(node, meaning)):
                found.append(ast.unparse(node))
            case ast.Call(func=ast.Name(id=name)) if name in IMPURE_BUILTINS - meaning.keys():
                found.append(f"{name}()")
    return found


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
    assert dict(pinned(pin) for pin in asked).items() - locked(lock).items() == set(), "run `make lock`"


def test_development_installs_what_runs_in_production() -> None:
    assert locked(LOCKS[0]).items() - locked(LOCKS[1]).items() == set()


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


# --- which arrows code may draw -----------------------------------------------------------------------------


def test_domain_and_workflows_touch_no_clock_no_dice_and_no_disk() -> None:
    found = {str(path): impurities(parsed(path)) for path in modules(*PURE)}
    assert {path: impure for path, impure in found.items() if impure} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import datetime as d\nd.datetime.now()",
        "from datetime import datetime as dt\nstarted = dt.utcnow()",
        "from datetime import date\nfield(default_factory=date.today)",
        "import uuid\nuuid.uuid4()",
        "from uuid import uuid4 as new_id",
        "from random import choice",
        "import os.path",
        "from pathlib import Path",
        "import pathlib\npathlib.Path('x')",
        "import concurrent.futures",
        "with open('x') as file: ...",
        "where.read_text()",
        "def inner():\n    import secrets",
    ],
)
def test_guard_sees(source: str) -> None:
    assert impurities(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, time\ndatetime.fromtimestamp(0, tz)\ntime(9, 30)",
        "from temporalio import workflow\nworkflow.now(), workflow.uuid4(), workflow.random()",
        "from uuid import UUID\nUUID(int=1)",
        "from pathlib import PurePath",
        "def run(self, input): return input.case_id",
        "case.open()",
        "from domain.complaint.machine import open\nopen(case)",
    ],
)
def test_guard_lets_pass(source: str) -> None:
    assert impurities(ast.parse(source)) == []


def test_domain_needs_pydantic_transitions_and_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"domain", "pydantic", "pydantic_core", "transitions"}
    tops = {(str(path), name.partition(".")[0]) for path in modules("domain") for name, _ in imported(parsed(path))}
    assert sorted((path, top) for path, top in tops if top not in allowed) == []


def imports_between(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    """For each module, which of the others it imports, at run time or for type checking only."""
    found: dict[str, set[str]] = {}
    for module, tree in trees.items():
        names = {name for name, _ in imported(tree)}
        found[module] = {name if name in trees else name.rpartition(".")[0] for name in names} & trees.keys()
    return found


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other, the first of them again at the end; empty when there are none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_through_others() -> None:
    trees = {".".join(path.with_suffix("").parts): parsed(path) for path in modules(*CODE)}
    imports = imports_between(trees)
    assert "domain.worked_case" in imports["domain.complaint.standing"]
    assert circle(imports) == []


def test_circle_is_seen_although_one_import_is_for_type_checking() -> None:
    up = ast.parse("from domain.low import thing")
    down = ast.parse("if TYPE_CHECKING:\n    from domain import high")
    assert circle(imports_between({"domain.high": up, "domain.low": down}))


def test_nothing_imports_the_worker() -> None:
    trees = {path: parsed(path) for path in modules(*CODE)}
    names = {(str(path), name) for path, tree in trees.items() for name, _ in imported(tree)}
    assert sorted(path for path, name in names if name.partition(".")[0] == "worker") == []
