"""A policy that differs from another one by a few fields, checked as one that is to be published."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from domain.errors import PolicyInvalidError
from domain.policy import Policy
from domain.policy_check import find_problems

TRIED = "tried"
"""The name of a policy that is only tried out."""


def changed(base: Policy, changes: dict[str, Any]) -> Policy:
    """A policy with some fields changed.

    Args:
        base: what it differs from.
        changes: as a merge patch (RFC 7396): mappings are merged, null takes a field away, the rest replaces.

    Raises:
        PolicyInvalidError: it could not be published; `details["problems"]` names each field.
    """
    try:
        policy = Policy.model_validate(_merged(base.model_dump(mode="json"), {**changes, "name": TRIED}))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise _refused([(".".join(map(str, one["loc"])), one["msg"]) for one in found]) from None
    if problems := [(".".join(map(str, path)), problem) for path, problem in find_problems(policy)]:
        raise _refused(problems)
    return policy


def _refused(problems: list[tuple[str, str]]) -> PolicyInvalidError:
    field, problem = problems[0]
    return PolicyInvalidError(
        f"the policy cannot be tried: {field}: {problem}",
        field=field,
        problems=[{"field": field, "problem": problem} for field, problem in problems],
    )


def _merged(whole: Any, changes: Any) -> Any:
    if not isinstance(changes, dict):
        return changes
    kept = dict(whole) if isinstance(whole, dict) else {}
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = _merged(kept.get(name), value)
    return kept
