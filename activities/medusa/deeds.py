"""Our record of what was asked of Medusa under each key: what was planned, how things stood before, what was shown.

Medusa keeps our keys as notes but looks at none of them, and forgets withdrawn edits altogether. So what a key stands
for is written here first, and becomes a document only when Medusa's own orders, payments and stock have shown it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop.documents import fingerprint
from activities.shop.transactions import ShopBooks
from activities.shop_input import check_key
from activities.store.database import AnyRow, insert_new
from activities.store.medusa_tables import MEDUSA_DEEDS, MEDUSA_MOVEMENTS
from domain.shop.errors import KeyReusedError, NothingUnderKeyError, ShopUnavailableError
from domain.shop.values import ShopDocument
from domain.sla.spans import Instant

Document = TypeVar("Document", bound=ShopDocument)


class Plan(BaseModel):
    """What is to be done under a key, and how things stood before: what later evidence is compared with."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PlanT = TypeVar("PlanT", bound=Plan)


@dataclass(frozen=True)
class Kind(Generic[Document, PlanT]):
    """A kind of deed: what its document and its plan are."""

    document: type[Document]
    plan: type[PlanT]

    @property
    def name(self) -> str:
        """What the record calls it."""
        return self.document.kind


@dataclass(frozen=True)
class Deed(Generic[Document, PlanT]):
    """A row of the record.

    Attributes:
        about: the order or variant.
        asked_at: since when a call that must not run twice may be running at Medusa.
        document: what was done, None until it was shown.
        doubted: somebody was told to count the stock; what is there now is taken as counted.
    """

    key: str
    about: str
    plan: PlanT
    begun_at: Instant
    asked_at: Instant | None = None
    document: Document | None = None
    doubted: bool = False


class Deeds:
    """The `medusa_deeds` table. Whoever writes to a deed holds the lease on what it is about."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def find(
        self, kind: Kind[Document, PlanT], key: str, about: str | None = None
    ) -> Deed[Document, PlanT] | None:
        """What was begun under a key, if it is of this kind, and about this where it is given."""
        row = await self._row(key)
        if row is None or row.kind != kind.name or about not in (None, row.about):
            return None
        return _deed(kind, row)

    async def must_find(self, kind: Kind[Document, PlanT], key: str, about: str | None = None) -> Document:
        """What was done under a key.

        Raises:
            NothingUnderKeyError: nothing of this kind, or not about this.
        """
        deed = await self.find(kind, key, about)
        if deed and deed.document:
            return deed.document
        raise NothingUnderKeyError(f"no {kind.name} has the key {key}", field="key", key=key)

    async def repeated(
        self, kind: Kind[Document, PlanT], key: str, about: str, *content: object
    ) -> Deed[Document, PlanT] | None:
        """What was begun under this key before, for the same content; None if the key is new.

        Raises:
            KeyReusedError: the key stands for something else.
            InvalidInputError: it is no key.
        """
        check_key(key)
        row = await self._row(key)
        if row is None:
            return None
        if (row.kind, row.fingerprint) != (kind.name, fingerprint(kind.name, about, *content)):
            raise KeyReusedError(
                f"the key {key} stands for something else already", field="key", key=key, stands_for=row.kind
            )
        return _deed(kind, row)

    async def begin(
        self,
        kind: Kind[Document, PlanT],
        key: str,
        about: str,
        plan: PlanT,
        *content: object,
        moving: Iterable[str] = (),
    ) -> Deed[Document, PlanT]:
        """Write down what is about to be done, before anything is asked of Medusa.

        `moving` are the variants whose stock it moves; nothing else of ours moves them until it is shown.

        Raises:
            ShopUnavailableError: the stock of one is being moved under another key.
        """
        now = self._books.clock()
        row = {"fingerprint": fingerprint(kind.name, about, *content), "begun_at": now, "plan": plan.model_dump_json()}
        async with self._books.writing() as connection:
            await insert_new(connection, MEDUSA_DEEDS, key=key, kind=kind.name, about=about, doubted=False, **row)
            await _move(connection, key, moving)
        begun = await self.repeated(kind, key, about, *content)
        assert begun is not None, "a deed is forgotten only by the holder of its lease"
        return begun

    async def planned(
        self, deed: Deed[Document, PlanT], plan: PlanT, *, moving: Iterable[str] = ()
    ) -> Deed[Document, PlanT]:
        """Write down a plan that has become clearer, before it is carried out.

        Raises:
            ShopUnavailableError: the stock of one of `moving` is being moved under another key.
        """
        async with self._books.writing() as connection:
            own = update(MEDUSA_DEEDS).where(MEDUSA_DEEDS.c.key == deed.key)
            await connection.execute(own.values(plan=plan.model_dump_json()))
            await _move(connection, deed.key, moving)
        return replace(deed, plan=plan)

    async def shown(self, deed: Deed[Document, PlanT], document: Document) -> Document:
        """Write down what has been done, as it stands now: Medusa has shown that it is so."""
        await self._change(deed.key, moved=True, document=document.model_dump_json(), asked_at=None)
        return document

    async def doubt(self, deed: Deed[Document, PlanT]) -> None:
        """Somebody is told to count the stock that this moved; the next attempt takes what is there as counted."""
        await self._change(deed.key, moved=True, doubted=True)

    async def forget(self, deed: Deed[Document, PlanT]) -> None:
        """Nothing was done under the key after all; it is free."""
        async with self._books.writing() as connection:
            await connection.execute(delete(MEDUSA_DEEDS).where(MEDUSA_DEEDS.c.key == deed.key))
            await connection.execute(delete(MEDUSA_MOVEMENTS).where(MEDUSA_MOVEMENTS.c.key == deed.key))

    async def asked(self, deed: Deed[Document, PlanT], at: Instant | None) -> Deed[Document, PlanT]:
        """Note that a call goes out that must not run twice; None when it was answered."""
        await self._change(deed.key, asked_at=at)
        return replace(deed, asked_at=at)

    async def all_about(self, kind: Kind[Document, PlanT], about: str) -> list[Deed[Document, PlanT]]:
        """All deeds of a kind about one thing, oldest first."""
        own = (MEDUSA_DEEDS.c.about == about) & (MEDUSA_DEEDS.c.kind == kind.name)
        wanted = select(MEDUSA_DEEDS).where(own).order_by(MEDUSA_DEEDS.c.begun_at, MEDUSA_DEEDS.c.key)
        async with self._books.reading() as connection:
            return [_deed(kind, row) for row in await connection.execute(wanted)]

    async def _row(self, key: str) -> AnyRow | None:
        async with self._books.reading() as connection:
            found = await connection.execute(select(MEDUSA_DEEDS).where(MEDUSA_DEEDS.c.key == key))
            return found.one_or_none()

    async def _change(self, key: str, *, moved: bool = False, **values: object) -> None:
        async with self._books.writing() as connection:
            await connection.execute(update(MEDUSA_DEEDS).where(MEDUSA_DEEDS.c.key == key).values(**values))
            if moved:
                await connection.execute(delete(MEDUSA_MOVEMENTS).where(MEDUSA_MOVEMENTS.c.key == key))


async def _move(connection: AsyncConnection, key: str, variants: Iterable[str]) -> None:
    for variant_id in sorted(variants):
        if await insert_new(connection, MEDUSA_MOVEMENTS, variant_id=variant_id, key=key):
            continue
        own = select(MEDUSA_MOVEMENTS.c.key).where(MEDUSA_MOVEMENTS.c.variant_id == variant_id)
        if (await connection.execute(own)).scalar_one() != key:
            raise ShopUnavailableError(f"it is still being found out what came of another movement of {variant_id}")


def _deed(kind: Kind[Document, PlanT], row: AnyRow) -> Deed[Document, PlanT]:
    return Deed(
        key=row.key,
        about=row.about,
        plan=kind.plan.model_validate_json(row.plan),
        begun_at=row.begun_at,
        asked_at=row.asked_at,
        doubted=row.doubted,
        document=None if row.document is None else kind.document.model_validate_json(row.document),
    )
