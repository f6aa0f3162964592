"""What language somebody chose to read."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.people import Language
from starter.access.languages import Languages


async def test_choice_is_remembered_and_may_change(engine: AsyncEngine) -> None:
    languages = Languages(engine)
    assert await languages.of("online-01") is None
    for language in (Language.ZH_CN, Language.ZH_CN, Language.EN):
        await languages.choose("online-01", language)
        assert await languages.of("online-01") is language
    assert await languages.of("online-02") is None
