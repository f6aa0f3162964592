"""What is said to be all names of timeline lines is all that the domain writes, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from domain.complaint import tasks as kinds
from domain.lines import LINE_NAMES, LINES
from tests.repository import ROOT, modules, parsed


def literals(node: ast.expr) -> Iterator[str]:
    """The names that an expression can be."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))


def assigned(tree: ast.AST, name: str) -> Iterator[str]:
    """What stands in a variable, wherever in the file it gets one of two names."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.IfExp() as value) if target == name:
                yield from literals(value)


def written() -> Iterator[str]:
    for path in (*modules("domain"), *modules("workflows")):
        tree = parsed(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                what = node.args[1]
                found = [*assigned(tree, what.id)] if isinstance(what, ast.Name) else [*literals(what)]
                # Only what is recorded of a complaint that was accepted has its name from its task.
                yield from found or [f"{kind}_recorded" for kind in (kinds.SUMMARISE, kinds.ROOT_CAUSE)]


def test_every_line_that_is_written_has_its_name_here_and_no_other() -> None:
    assert sorted(LINE_NAMES) == sorted({*written()})


def test_page_about_the_api_names_every_line() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for about, names in LINES.items():
        assert f"| {about} | {', '.join(f'`{name}`' for name in names)} |" in page
