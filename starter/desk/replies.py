"""Templates of replies: words that are written again and again, kept by those who lead, used by all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import wall_clock
from activities.store.database import insert_new
from activities.store.desk_tables import REPLY_TEMPLATES
from domain.errors import LimitExceededError
from domain.messages import CaseView
from domain.people import Language
from domain.sla.spans import Instant

MOST = 500
"""How many there may be: all of them stand in one list."""

_VALUE = re.compile(r"\{([^{}]*)\}")
VALUES = ("case", "order", "subject", "me")
"""What may stand in braces: the case, its order as the customer knows it, its subject, and who replies."""

GAP = "____"
"""Stands where a case has nothing to fill in, for whoever replies to see before the customer does."""


class ReplyTemplate(BaseModel):
    """Words for customers who read one language; `{case}` and the like are filled in when they are used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]+$")]
    language: Language
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
    changed_by: str = Field(default="", max_length=64)
    changed_at: Instant = 0

    @field_validator("text")
    @classmethod
    def _only_known_values(cls, text: str) -> str:
        if unknown := [one for one in _VALUE.findall(text) if one not in VALUES]:
            known = ", ".join(f"{{{one}}}" for one in VALUES)
            raise ValueError(f"expected nothing but {known} in braces, not {{{unknown[0]}}}")
        return text

    @property
    def key(self) -> str:
        """What a form names it by."""
        return f"{self.name}:{self.language}"

    def filled(self, values: Mapping[str, str]) -> str:
        """The words for one case; braces that mean nothing stay as they are."""
        return _VALUE.sub(lambda found: values.get(found[1], found[0]), self.text)


def values_for(view: CaseView, staff_id: str) -> dict[str, str]:
    """What a template is filled with; a gap where the case is about no order."""
    order = view.order_number or view.order_id or GAP
    return dict(zip(VALUES, (view.case_id, order, view.subject, staff_id), strict=True))


class ReplyTemplates:
    """The `reply_templates` table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self) -> list[ReplyTemplate]:
        """All of them, by name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(REPLY_TEMPLATES).order_by(*REPLY_TEMPLATES.primary_key))
        return [ReplyTemplate.model_validate(dict(row._mapping)) for row in rows]

    async def save(self, template: ReplyTemplate, by: str) -> None:
        """Add one, or replace that of the same name and language.

        Raises:
            LimitExceededError: there are as many as can be shown.
        """
        changed = {"text": template.text, "changed_by": by, "changed_at": wall_clock()}
        key = {"name": template.name, "language": template.language.value}
        async with self._engine.begin() as connection:
            if await insert_new(connection, REPLY_TEMPLATES, **key, **changed):
                count = (await connection.execute(select(func.count()).select_from(REPLY_TEMPLATES))).scalar_one()
                if count > MOST:
                    raise LimitExceededError(f"expected at most {MOST} templates", field="name", limit=MOST)
            else:
                await connection.execute(update(REPLY_TEMPLATES).filter_by(**key).values(**changed))

    async def remove(self, name: str, language: str) -> None:
        """Forget one; harmless where there is none."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(REPLY_TEMPLATES).filter_by(name=name, language=language))
