"""From a YAML file to a policy: read, extended, validated, compiled, checked and paced, or refused in full."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from domain.errors import InvalidInputError
from domain.policy import Horizon, Policy
from domain.policy_check import find_problems
from domain.sla.calendar import WorkingCalendar
from domain.sla.rule_check import FieldPath
from starter.policies.calendars import CalendarDefinition, compile_calendar
from starter.policies.members import expand_members
from starter.policies.pace import Pace, at_pace, renamed
from starter.policies.refusals import Draft, place_of, refusal
from starter.policies.source import SHIPPED, Node, Problem, find_policy, read_tree
from starter.policies.wording import find_wording_problems

ROUNDS = 3
"""How often a broken policy is mended in order to look for further problems."""

_CALENDARS = TypeAdapter(dict[str, CalendarDefinition])


class PolicyFile(Policy, Pace):
    """What a policy file may hold: the policy, its pace, and the name or path of a policy that it `extends`."""

    extends: str | None = None


_FILE_ONLY = PolicyFile.model_fields.keys() - Policy.model_fields.keys()


class LoadedPolicy(NamedTuple):
    """A policy that may be published, and what whoever publishes it should know."""

    policy: Policy
    warnings: tuple[str, ...]


def load_policy(source: str | Path, pace: float | None = None) -> LoadedPolicy:
    """Read a policy by its file or, of those that are shipped, by its name.

    Args:
        source: path of a YAML file, or the name of a shipped policy.
        pace: makes everything this many times faster, on top of the file's own `pace`, and shows in the name.

    Raises:
        PolicyUnknownError: there is no such file or shipped policy.
        PolicyInvalidError: it must not be published; `details["problems"]` lists file, line, field and problem.
        InvalidInputError: the pace is not a number above 0.
    """
    try:
        asked = Pace.model_validate({} if pace is None else {"pace": pace}).pace
    except ValidationError:
        raise InvalidInputError(f"expected a pace above 0, got {pace}", field="pace") from None
    path = find_policy(source)
    problems: list[Problem] = []
    tree = read_tree(path, problems)
    loaded = _built(Draft(expand_members(tree, problems), problems), asked) if tree else None
    if problems or loaded is None:
        raise refusal(path, problems)
    return loaded


def _built(draft: Draft, asked: float) -> LoadedPolicy | None:
    """The policy at its pace; None, with the reasons among the draft's problems, when there is none."""
    pace = _pace(draft)
    calendars, warnings = _calendars(draft)
    policy = _checked(draft)
    if policy is None or draft.problems:
        return None
    policy = policy.model_copy(update={"calendars": calendars})
    faster = at_pace(policy, pace.model_copy(update={"pace": pace.pace * asked}))
    if asked == 1:
        return LoadedPolicy(faster, warnings)
    try:
        return LoadedPolicy(renamed(faster, asked), warnings)
    except ValidationError as error:
        draft.refuse_all(error, PolicyFile)
        return None


def _pace(draft: Draft) -> Pace:
    written = {str(key): node.plain() for key, node in draft.tree.children.items() if key in Pace.model_fields}
    try:
        return Pace.model_validate(written)
    except ValidationError as error:
        draft.refuse_all(error, PolicyFile)
        return Pace()


def _calendars(draft: Draft) -> tuple[dict[str, WorkingCalendar], tuple[str, ...]]:
    """The compiled calendars; what cannot be compiled is refused and left out."""
    node, horizon = draft.tree.find(("calendars",)), draft.tree.find(("horizon",))
    try:
        written = _CALENDARS.validate_python(node.plain() if node else {})
    except ValidationError as error:
        draft.refuse_all(error, dict[str, CalendarDefinition], ("calendars",))
        return {}, ()
    try:
        days = Horizon.model_validate(horizon.plain() if horizon else None)
    except ValidationError:  # why, is said when the whole policy is validated
        return {}, ()
    return _compiled(draft, written, days)


def _compiled(
    draft: Draft, written: dict[str, CalendarDefinition], horizon: Horizon
) -> tuple[dict[str, WorkingCalendar], tuple[str, ...]]:
    compiled: dict[str, WorkingCalendar] = {}
    warnings: list[str] = []
    for name, definition in written.items():
        path: FieldPath = ("calendars", name)
        try:
            compiled[name], found = compile_calendar(definition, horizon)
            warnings += [str(draft.tree.problem((*path, *where), text)) for where, text in found]
        except ValueError as error:
            draft.refuse(path, str(error))
    return compiled, tuple(warnings)


def _checked(draft: Draft) -> Policy | None:
    """The policy with calendars that are always open, after everything wrong with it was noted.

    What is malformed is replaced by the charter's value, so that the rest can be checked in the same run.
    """
    tree, replaced = draft.tree, list[FieldPath]()
    for _ in range(ROUNDS):
        try:
            policy = Policy.model_validate(_without_calendars(tree))
        except ValidationError as error:
            draft.refuse_all(error, PolicyFile, besides=replaced)
            if (better := _mended(tree, error, replaced)) is None:
                return None
            tree = better
        else:
            for path, problem in (*find_problems(policy), *find_wording_problems(policy)):
                draft.refuse(path, problem, besides=replaced)
            return policy
    return None


def _without_calendars(tree: Node) -> dict[str, Any]:
    """The fields of the policy itself; of its calendars only the names."""
    names = tree.children["calendars"].children if "calendars" in tree.children else ()
    fields = {str(key): node.plain() for key, node in tree.children.items() if key not in _FILE_ONLY}
    return {**fields, "calendars": {name: {"zone": "UTC", "always": True} for name in names}}


def _mended(tree: Node, error: ValidationError, replaced: list[FieldPath]) -> Node | None:
    """The tree without the errors, None where the charter has nothing to put in their place."""
    for details in error.errors():
        path = place_of(details)
        if details["type"] == "extra_forbidden" or details["loc"][-1] == "[key]":
            tree = tree.put(path, None)
        elif donor := _charter().find(path):
            tree = tree.put(path, donor)
            replaced.append(path)
        elif tree.find(path[:-1]):  # otherwise it went with an unknown key
            return None
    return tree


@cache
def _charter() -> Node:
    problems: list[Problem] = []
    tree = read_tree(SHIPPED / "charter.yaml", problems)
    assert tree is not None
    return expand_members(tree, problems)
