"""How a policy is refused: every problem with its file, line and field, in words that say what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.errors import PolicyInvalidError
from domain.sla.rule_check import FieldPath, expected_one_of
from starter.policies.fields import allowed_keys
from starter.policies.source import Node, Problem

_SHOULD = re.compile(r"^\w+ should ")
_PLAIN = {
    "missing": "expected a value, but it is missing",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "tuple_type": "expected a list",
}


class Draft:
    """A file's tree on its way to a policy, with the problems found so far.

    What could not even be read is not judged again: those `problems` would only be told a second time.
    """

    def __init__(self, tree: Node, problems: list[Problem]) -> None:
        self.tree = tree
        self.problems = problems
        self._unread = tuple(f"{problem.field}." for problem in problems if problem.field)

    def refuse(self, path: FieldPath, problem: str, besides: Iterable[FieldPath] = ()) -> None:
        """Note one problem at its place in the file, unless it touches one of the places `besides`."""
        found = self.tree.problem(path, problem)
        read = not f"{found.field}.".startswith(self._unread)
        if read and not any(_touch(path, place) for place in besides):
            self.problems.append(found)

    def refuse_all(
        self, error: ValidationError, kind: Any, below: FieldPath = (), besides: Iterable[FieldPath] = ()
    ) -> None:
        """Note all that pydantic found wrong with the value at `below`, which should be of type `kind`."""
        for details in error.errors():
            path = place_of(details)
            self.refuse((*below, *path), _sentence(details, path, kind), besides)


def _touch(one: FieldPath, other: FieldPath) -> bool:
    """Whether one of two places lies within the other; keys count as texts."""
    return all(str(part) == str(counterpart) for part, counterpart in zip(one, other, strict=False))


def place_of(details: ErrorDetails) -> FieldPath:
    """Where pydantic found an error, without its marks for keys."""
    return tuple(part for part in details["loc"] if part != "[key]")


def _sentence(details: ErrorDetails, path: FieldPath, kind: Any) -> str:
    if details["type"] == "extra_forbidden":
        return f"unknown key: {expected_one_of(allowed_keys(kind, path[:-1]), path[-1])}"
    if details["type"] in _PLAIN:
        return _PLAIN[details["type"]]
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    got = details["input"]
    shown = f", got {got!r}" if isinstance(got, (str, int, float)) else ""
    return _SHOULD.sub("expected it to ", details["msg"]) + shown


def refusal(path: Path, problems: list[Problem]) -> PolicyInvalidError:
    """The error that tells all problems of a policy file at once, line by line."""
    ordered = sorted(set(problems))
    count = "1 problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    lines = "\n".join(f"  {problem}" for problem in ordered)
    return PolicyInvalidError(
        f"the policy {path} must not be published, it has {count}:\n{lines}",
        problems=[problem._asdict() for problem in ordered],
    )
