"""Everything that can be asked of a case: each verb with its request, found where the domain defines the requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType

from domain import messages, requests
from domain.catalog import CASE_TYPES
from domain.messages import Request, TaskRequest

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def _verbs_of(module: ModuleType) -> Iterator[tuple[str, type[Request]]]:
    for found in vars(module).values():
        own = isinstance(found, type) and found.__module__ == module.__name__
        if own and issubclass(found, Request) and found not in (Request, TaskRequest):
            yield _CAPITAL.sub("_", found.__name__).lower(), found


VERBS_OF_ALL: dict[str, type[Request]] = {**dict(_verbs_of(messages)), **dict(_verbs_of(requests))}
"""What every case can be asked, whatever its type."""

VERBS_OF_TYPES: dict[str, dict[str, type[Request]]] = {
    case_type.name: dict(_verbs_of(case_type.messages)) for case_type in CASE_TYPES.values()
}
"""What only cases of one type can be asked, by type."""

VERBS: dict[str, type[Request]] = {
    **VERBS_OF_ALL,
    **{verb: request for verbs in VERBS_OF_TYPES.values() for verb, request in verbs.items()},
}
"""All of them: `claim_task` is asked with a `ClaimTask`."""


def asked_of(verb: str) -> tuple[str, ...]:
    """The types of case that take this verb."""
    return tuple(name for name in CASE_TYPES if verb in VERBS_OF_ALL or verb in VERBS_OF_TYPES[name])
