"""Which arrows code may draw, and which clocks, dice and disks it may not touch."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.repository import CODE, modules, parsed

PURE = ("domain", "workflows")
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
