"""Policies by whatever a person calls them: a file, a shipped one, or a version that was published."""

from __future__ import annotations

from dataclasses import dataclass

from activities.policies.archive import PolicyArchive
from domain.errors import InvalidInputError, PolicyUnknownError
from domain.policy import Policy
from domain.sla.spans import Instant
from starter.policies.loader import load_policy
from starter.policies.publish import publishable


@dataclass(frozen=True)
class Published:
    """What publishing led to. `returned`: the version was published before, and is in force again."""

    version: str
    new: bool
    returned: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """A version that was put into force, and as far as they said who did that and why."""

    version: str
    name: str
    published_at: Instant
    latest: bool
    by: str | None
    reason: str | None


async def publish_if_new(archive: PolicyArchive, name_or_path: str) -> Published:
    """Publish a policy that was never published; one that was, and replaced since then, stays replaced.

    Raises:
        PolicyUnknownError: no such file or shipped policy.
        PolicyInvalidError: it must not be published; details list file, line, field and problem.
    """
    ready = publishable(name_or_path)
    new = await archive.publish(ready.version, ready.policy.name, ready.document)
    return Published(ready.version, new, warnings=ready.warnings)


async def publish_first(
    archive: PolicyArchive,
    called: str,
    pace: float | None = None,
    *,
    by: str | None = None,
    reason: str | None = None,
) -> Published:
    """Put a policy into force if none of its name ever was: what an installation may do whenever it starts.

    Raises:
        PolicyUnknownError: no such file or shipped policy.
        PolicyInvalidError: it must not be published; details list file, line, field and problem.
    """
    try:
        known = await archive.latest(load_policy(called, pace).policy.name)
    except PolicyUnknownError:
        return await publish(archive, called, pace, by=by, reason=reason)
    return Published(known.version, new=False)


async def publish(
    archive: PolicyArchive,
    called: str,
    pace: float | None = None,
    *,
    by: str | None = None,
    reason: str | None = None,
) -> Published:
    """Put a policy into force: cases that are opened from now on are pinned to it.

    Args:
        archive: where it is published.
        called: a file, a shipped policy, or the version (`name@hash`) of one that was published before.
        pace: makes a file or shipped policy so many times faster.
        by: who does this, for the record.
        reason: why, for the record.

    Raises:
        PolicyUnknownError: no such file, shipped policy or version.
        PolicyInvalidError: it must not be published; details list file, line, field and problem.
        InvalidInputError: a pace for a version, whose pace is part of it.
    """
    if _is_version(called):
        if pace is not None:
            raise InvalidInputError(f"{called} has its pace; give the file instead", field="pace")
        await find(archive, called)  # refuses what this release can no longer read
        return Published(called, new=False, returned=await archive.return_to(called, by=by, reason=reason))
    ready = publishable(called, pace)
    new = await archive.publish(ready.version, ready.policy.name, ready.document, by=by, reason=reason)
    returned = not new and await archive.return_to(ready.version, by=by, reason=reason)
    return Published(ready.version, new, returned, ready.warnings)


async def versions(archive: PolicyArchive) -> list[Version]:
    """Everything that was put into force, newest first; a version that was returned to stands there again."""
    found = await archive.publications()
    newest = {one.name: one.published_at for one in found}
    return [
        Version(one.version, one.name, one.published_at, newest[one.name] == one.published_at, one.by, one.reason)
        for one in reversed(found)
    ]


async def find(archive: PolicyArchive, called: str) -> Policy:
    """The policy of a published version (`name@hash`), of a file, or the shipped one of this name.

    Raises:
        PolicyUnknownError: there is none.
        PolicyInvalidError: the file is not valid.
    """
    if _is_version(called):
        return Policy.model_validate_json((await archive.load(called)).document)
    return load_policy(called).policy


def _is_version(called: str) -> bool:
    return "@" in called and not called.endswith((".yaml", ".yml"))
