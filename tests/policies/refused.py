"""Policy files written for one test, and what is said about them when they are refused."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from domain.errors import PolicyInvalidError
from starter.policies.loader import load_policy

HERE = "# here"
"""Marks the line at which a problem is expected."""


def written(folder: Path, text: str, name: str = "policy.yaml") -> Path:
    """A policy file in a folder; its text may be indented."""
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def problems_of(path: Path) -> list[dict[str, Any]]:
    """Everything that a refused policy is refused for."""
    with pytest.raises(PolicyInvalidError) as refused:
        load_policy(path)
    problems = refused.value.details["problems"]
    assert isinstance(problems, list)
    assert all(problem["file"] in refused.value.message for problem in problems)
    assert all(problem["problem"] in refused.value.message for problem in problems)
    return problems


def only_problem(folder: Path, text: str) -> tuple[str, str]:
    """Field and sentence of the single problem of a policy that extends the charter, which is at the marked line."""
    path = written(folder, "extends: charter\nname: test\n" + textwrap.dedent(text))
    lines = path.read_text(encoding="utf-8").splitlines()
    [marked] = [number for number, line in enumerate(lines, 1) if HERE in line]
    [problem] = problems_of(path)
    assert (problem["file"], problem["line"]) == (str(path), marked)
    return problem["field"], problem["problem"]
