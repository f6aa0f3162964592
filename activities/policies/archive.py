"""Published policies in the store: a version, once published, stays as it is for as long as cases are pinned to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.database import AnyRow, AnySelect, insert_new
from activities.store.tables import POLICIES
from domain.errors import PolicyInvalidError, PolicyUnknownError
from domain.sla.spans import Instant


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """A policy as it was published: `version` names its content, `document` is that content as JSON."""

    version: str
    name: str
    document: str
    published_at: Instant


class PolicyArchive:
    """The `policies` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def publish(self, version: str, name: str, document: str) -> bool:
        """Publish a version; it becomes the latest of its name. Publishing it again changes nothing.

        Returns:
            Whether it is new.

        Raises:
            PolicyInvalidError: the version was published with another document.
        """
        newest = select(func.max(POLICIES.c.published_at))
        async with self._engine.begin() as connection:
            # Two versions of one millisecond would leave open which is the latest.
            last = (await connection.execute(newest)).scalar_one() or 0
            new = await insert_new(
                connection,
                POLICIES,
                version=version,
                name=name,
                document=document,
                published_at=max(self._clock(), last + 1),
            )
            if not new:
                before = (await connection.execute(_of_version(version))).one()
                if (before.name, before.document) != (name, document):
                    raise PolicyInvalidError(f"{version} was published with other content", version=version)
        return new

    async def load(self, version: str) -> PublishedPolicy:
        """A version.

        Raises:
            PolicyUnknownError: never published.
        """
        return await self._one(_of_version(version), f"no policy {version} was published")

    async def latest(self, name: str) -> PublishedPolicy:
        """The version of this name that was published last.

        Raises:
            PolicyUnknownError: none was published.
        """
        own = select(POLICIES).where(POLICIES.c.name == name)
        newest = own.order_by(POLICIES.c.published_at.desc()).limit(1)
        return await self._one(newest, f"no policy {name} was published")

    async def load_all(self) -> list[PublishedPolicy]:
        """Every version, oldest first."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(POLICIES).order_by(POLICIES.c.published_at))
            return [_published(row) for row in rows]

    async def _one(self, wanted: AnySelect, otherwise: str) -> PublishedPolicy:
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            raise PolicyUnknownError(otherwise)
        return _published(row)


def _of_version(version: str) -> AnySelect:
    return select(POLICIES).where(POLICIES.c.version == version)


def _published(row: AnyRow) -> PublishedPolicy:
    return PublishedPolicy(row.version, row.name, row.document, row.published_at)
