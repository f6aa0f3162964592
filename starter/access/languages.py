"""Which language somebody of the staff chose for what they read; without a choice, their browser says it."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.access_tables import STAFF_LANGUAGES
from activities.store.database import insert_new
from domain.people import Language


class Languages:
    """The `staff_languages` table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def choose(self, staff_id: str, language: Language) -> None:
        """Remember what somebody chose."""
        chosen = STAFF_LANGUAGES.c
        async with self._engine.begin() as connection:
            if not await insert_new(connection, STAFF_LANGUAGES, staff_id=staff_id, language=language.value):
                own = update(STAFF_LANGUAGES).where(chosen.staff_id == staff_id)
                await connection.execute(own.values(language=language.value))

    async def of(self, staff_id: str) -> Language | None:
        """What somebody chose, or None."""
        own = select(STAFF_LANGUAGES.c.language).where(STAFF_LANGUAGES.c.staff_id == staff_id)
        async with self._engine.connect() as connection:
            found = (await connection.execute(own)).scalar_one_or_none()
        return Language(found) if found else None


def preferred(accepted: str) -> Language:
    """The language of ours that an `Accept-Language` header puts first; English where it names none of them."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate(accepted.split(",")):
        tag, _, weight = part.strip().partition(";")
        ours = _OURS.get(tag.strip().lower().partition("-")[0])
        if ours is not None and (share := _share(weight)) > 0:
            wanted.append((-share, place, ours))
    return min(wanted)[2] if wanted else Language.EN


_OURS = {"zh": Language.ZH_CN, "en": Language.EN}


def _share(weight: str) -> float:
    """`q=0.8` as 0.8; what is no number counts as unwanted."""
    try:
        return float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
