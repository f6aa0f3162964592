"""Published policies as a door needs them: each is loaded once, since what a version names never changes."""

from __future__ import annotations

from activities.policies.archive import PolicyArchive
from domain.policy import Policy


class PolicyShelf:
    """The policies that were asked for here, over the archive."""

    def __init__(self, archive: PolicyArchive) -> None:
        self._archive = archive
        self._loaded: dict[str, Policy] = {}

    async def latest(self, name: str) -> str:
        """The version of this name that was published last.

        Raises:
            PolicyUnknownError: none of this name was published.
        """
        return (await self._archive.latest(name)).version

    async def policy(self, version: str) -> Policy:
        """A published policy.

        Raises:
            PolicyUnknownError: never published here.
        """
        if version not in self._loaded:
            self._loaded[version] = Policy.model_validate_json((await self._archive.load(version)).document)
        return self._loaded[version]
