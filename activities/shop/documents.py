"""What was done under each key: the embedded shop's evidence, and what makes a repeat harmless."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop_input import check_key
from activities.store.database import insert_new
from activities.store.shop_tables import SHOP_DOCUMENTS
from domain.shop.errors import KeyReusedError, NothingUnderKeyError
from domain.shop.values import ShopDocument

Document = TypeVar("Document", bound=ShopDocument)


def fingerprint(*content: object) -> str:
    """Identity of what is asked for; values and models by their JSON."""
    said = [part.model_dump_json() if isinstance(part, BaseModel) else str(part) for part in _flat(content)]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def id_for(prefix: str, key: str) -> str:
    """The shop's own id for what is done under a key: the same for the same key."""
    return f"{prefix}_{hashlib.sha256(key.encode()).hexdigest()[:16]}"


async def repeated(connection: AsyncConnection, kind: type[Document], key: str, content: str) -> Document | None:
    """What was done under this key before, for the same content; None if the key is new.

    Raises:
        KeyReusedError: something else was done under it.
        InvalidInputError: it is no key.
    """
    check_key(key)
    wanted = select(SHOP_DOCUMENTS).where(SHOP_DOCUMENTS.c.key == key)
    row = (await connection.execute(wanted)).one_or_none()
    if row is None:
        return None
    if (row.kind, row.fingerprint) != (kind.kind, content):
        raise _reused(key, row.kind)
    return kind.model_validate_json(row.document)


async def file(connection: AsyncConnection, document: Document, about: str, content: str) -> Document:
    """Write down what is done under a key; of several at once one is written, and all get that one.

    The caller acts on what comes back only if it is the document that it gave.

    Raises:
        KeyReusedError: something else was done under the key.
        InvalidInputError: it is no key.
    """
    check_key(document.key)
    row = document.model_dump(include={"key", "id", "status", "at"})
    body = {"kind": document.kind, "about": about, "fingerprint": content, "document": document.model_dump_json()}
    if await insert_new(connection, SHOP_DOCUMENTS, **row, **body):
        return document
    before = await repeated(connection, type(document), document.key, content)
    assert before is not None, "documents are never deleted, and their ids follow from their keys"
    return before


async def refile(connection: AsyncConnection, document: Document, **changes: object) -> Document:
    """Write down how a document stands now."""
    changed = document.model_copy(update=changes)
    own = update(SHOP_DOCUMENTS).where(SHOP_DOCUMENTS.c.key == document.key)
    await connection.execute(own.values(status=changed.status, document=changed.model_dump_json()))
    return changed


async def find(
    connection: AsyncConnection, kind: type[Document], key: str, about: str | None = None
) -> Document | None:
    """What was done under a key, if it is of this kind, and about this order where one is given."""
    wanted = select(SHOP_DOCUMENTS.c.document).where(
        (SHOP_DOCUMENTS.c.key == key) & (SHOP_DOCUMENTS.c.kind == kind.kind)
    )
    if about is not None:
        wanted = wanted.where(SHOP_DOCUMENTS.c.about == about)
    found = (await connection.execute(wanted)).scalar_one_or_none()
    return None if found is None else kind.model_validate_json(found)


async def must_find(connection: AsyncConnection, kind: type[Document], key: str, about: str | None = None) -> Document:
    """What was done under a key.

    Raises:
        NothingUnderKeyError: nothing of this kind, or not about this order.
    """
    if found := await find(connection, kind, key, about):
        return found
    raise NothingUnderKeyError(f"no {kind.kind} has the key {key}", field="key", key=key)


async def all_about(connection: AsyncConnection, kind: type[Document], about: str) -> list[Document]:
    """All documents of a kind about one order, oldest first."""
    own = (SHOP_DOCUMENTS.c.about == about) & (SHOP_DOCUMENTS.c.kind == kind.kind)
    wanted = select(SHOP_DOCUMENTS.c.document).where(own).order_by(SHOP_DOCUMENTS.c.at, SHOP_DOCUMENTS.c.key)
    return [kind.model_validate_json(found) for found in (await connection.execute(wanted)).scalars()]


def _flat(content: Iterable[object]) -> Iterable[object]:
    for part in content:
        if isinstance(part, (list, tuple)):
            yield len(part)
            yield from _flat(part)
        else:
            yield part


def _reused(key: str, kind: str | None) -> KeyReusedError:
    return KeyReusedError(f"the key {key} stands for something else already", field="key", key=key, stands_for=kind)
