"""Published policies in the store: a version, once published, stays as it is for as long as cases are pinned to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.database import AnyRow, AnySelect, insert_new
from activities.store.tables import POLICIES, PUBLICATIONS
from domain.errors import PolicyInvalidError, PolicyUnknownError
from domain.sla.spans import Instant


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """A policy as it was published: `version` names its content, `document` is that content as JSON.

    `published_at` is when it was put into force last.
    """

    version: str
    name: str
    document: str
    published_at: Instant


@dataclass(frozen=True, slots=True)
class Publication:
    """A version was put into force: when, by whom and why, as far as they said."""

    version: str
    name: str
    published_at: Instant
    by: str | None
    reason: str | None


# A store of an older release knows when each version was published first, and no more.
_PUBLISHED = POLICIES.outerjoin(PUBLICATIONS, PUBLICATIONS.c.version == POLICIES.c.version)
_IN_FORCE = func.coalesce(PUBLICATIONS.c.published_at, POLICIES.c.published_at)
_POLICIES_IN_FORCE: AnySelect = select(
    POLICIES.c.version,
    POLICIES.c.name,
    POLICIES.c.document,
    PUBLICATIONS.c.published_by,
    PUBLICATIONS.c.reason,
    _IN_FORCE.label("in_force_at"),
).select_from(_PUBLISHED)


class PolicyArchive:
    """The `policies` table, and in `publications` each time that one of them was put into force."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def publish(
        self, version: str, name: str, document: str, *, by: str | None = None, reason: str | None = None
    ) -> bool:
        """Publish a version; it becomes the latest of its name. Publishing it again changes nothing.

        Returns:
            Whether it is new.

        Raises:
            PolicyInvalidError: the version was published with another document.
        """
        async with self._engine.begin() as connection:
            now = await self._moment(connection)
            new = await insert_new(
                connection, POLICIES, version=version, name=name, document=document, published_at=now
            )
            if new:
                await insert_new(
                    connection, PUBLICATIONS, version=version, published_at=now, published_by=by, reason=reason
                )
            else:
                before = (await connection.execute(_of_version(version))).one()
                if (before.name, before.document) != (name, document):
                    raise PolicyInvalidError(f"{version} was published with other content", version=version)
        return new

    async def return_to(self, version: str, *, by: str | None = None, reason: str | None = None) -> bool:
        """Make a version that was published before the latest of its name again.

        Returns:
            Whether that changed anything: it does not if it is the latest.

        Raises:
            PolicyUnknownError: never published.
        """
        name = (await self.load(version)).name
        if (await self.latest(name)).version == version:
            return False
        async with self._engine.begin() as connection:
            now = await self._moment(connection)
            return await insert_new(
                connection, PUBLICATIONS, version=version, published_at=now, published_by=by, reason=reason
            )

    async def _moment(self, connection: AsyncConnection) -> Instant:
        """The present, or later: two publications of one millisecond would leave open which is the latest."""
        last = (await connection.execute(select(func.max(_IN_FORCE)).select_from(_PUBLISHED))).scalar_one()
        return max(self._clock(), (last or 0) + 1)

    async def load(self, version: str) -> PublishedPolicy:
        """A version.

        Raises:
            PolicyUnknownError: never published.
        """
        return await self._one(_of_version(version), f"the policy version {version} was never published")

    async def latest(self, name: str) -> PublishedPolicy:
        """The version of this name that was published last, or returned to.

        Raises:
            PolicyUnknownError: none was published.
        """
        own = _POLICIES_IN_FORCE.where(POLICIES.c.name == name)
        return await self._one(own.order_by(_IN_FORCE.desc()).limit(1), f"no policy {name} was published")

    async def load_all(self) -> list[PublishedPolicy]:
        """Every version once, in the order in which they were published last."""
        async with self._engine.connect() as connection:
            rows = list(await connection.execute(_POLICIES_IN_FORCE.order_by(_IN_FORCE)))
        last = {row.version: number for number, row in enumerate(rows)}
        return [_published(row) for number, row in enumerate(rows) if last[row.version] == number]

    async def publications(self) -> list[Publication]:
        """Every time that a version was put into force, oldest first."""
        async with self._engine.connect() as connection:
            rows = list(await connection.execute(_POLICIES_IN_FORCE.order_by(_IN_FORCE)))
        return [Publication(row.version, row.name, row.in_force_at, row.published_by, row.reason) for row in rows]

    async def _one(self, wanted: AnySelect, otherwise: str) -> PublishedPolicy:
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            raise PolicyUnknownError(otherwise)
        return _published(row)


def _of_version(version: str) -> AnySelect:
    return _POLICIES_IN_FORCE.where(POLICIES.c.version == version).order_by(_IN_FORCE.desc()).limit(1)


def _published(row: AnyRow) -> PublishedPolicy:
    return PublishedPolicy(row.version, row.name, row.document, row.in_force_at)
