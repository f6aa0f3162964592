"""Policies by whatever a person calls them: a file, a shipped one, or a version that was published."""

from __future__ import annotations

from dataclasses import dataclass

from activities.policies.archive import PolicyArchive
from domain.policy import Policy
from domain.sla.spans import Instant
from starter.policies.loader import load_policy
from starter.policies.publish import publishable


@dataclass(frozen=True)
class Publication:
    """What publishing led to. Not `latest` is a version that was published before and replaced since then."""

    version: str
    new: bool
    latest: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Version:
    """A published version."""

    version: str
    name: str
    published_at: Instant
    latest: bool


async def publish(archive: PolicyArchive, name_or_path: str, pace: float | None = None) -> Publication:
    """Publish a policy: cases that are opened from now on are pinned to it.

    Raises:
        PolicyUnknownError: no such file or shipped policy.
        PolicyInvalidError: it must not be published; details list file, line, field and problem.
    """
    ready = publishable(name_or_path, pace)
    new = await archive.publish(ready.version, ready.policy.name, ready.document)
    latest = await archive.latest(ready.policy.name)
    return Publication(ready.version, new, latest.version == ready.version, ready.warnings)


async def versions(archive: PolicyArchive) -> list[Version]:
    """Every version, newest first."""
    found = await archive.load_all()
    newest = {published.name: published.version for published in found}
    return [
        Version(one.version, one.name, one.published_at, newest[one.name] == one.version) for one in reversed(found)
    ]


async def find(archive: PolicyArchive, called: str) -> Policy:
    """The policy of a published version (`name@hash`), of a file, or the shipped one of this name.

    Raises:
        PolicyUnknownError: there is none.
        PolicyInvalidError: the file is not valid.
    """
    if "@" in called and not called.endswith((".yaml", ".yml")):
        return Policy.model_validate_json((await archive.load(called)).document)
    return load_policy(called).policy
