"""What publishing needs of a policy: its version, and the document that the version names."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from domain.policy import Policy
from starter.policies.loader import load_policy


class Published(NamedTuple):
    """A policy ready for the archive: `document` is the JSON that `version` (`name@hash`) is computed from."""

    policy: Policy
    version: str
    document: str
    warnings: tuple[str, ...]


def publishable(name_or_path: str | Path, pace: float | None = None) -> Published:
    """Load a policy and make it ready for publishing; the same file gives the same version everywhere.

    Raises:
        PolicyUnknownError: there is no such file or shipped policy.
        PolicyInvalidError: it must not be published; details list file, line, field and problem.
        InvalidInputError: the pace is not a number above 0.
    """
    policy, warnings = load_policy(name_or_path, pace)
    return Published(policy, policy.version, policy.model_dump_json(), warnings)
