"""Search attributes: the one registry of names and types by which supervisors find cases in Temporal.

None holds personal data. A name must never be registered again with another type: the server ignores that silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

CASE_TYPE = SearchAttributeKey.for_keyword("CaseType")
CASE_STATUS = SearchAttributeKey.for_keyword("CaseStatus")
CASE_TEAM = SearchAttributeKey.for_keyword("CaseTeam")
CASE_PRIORITY = SearchAttributeKey.for_keyword("CasePriority")
CASE_CHANNEL = SearchAttributeKey.for_keyword("CaseChannel")
CASE_TIER = SearchAttributeKey.for_int("CaseTier")
CASE_DUE_AT = SearchAttributeKey.for_datetime("CaseDueAt")
CASE_BREACHED = SearchAttributeKey.for_bool("CaseBreached")

ALL: dict[str, str] = {
    "CaseType": "Keyword",
    "CaseStatus": "Keyword",
    "CaseTeam": "Keyword",
    "CasePriority": "Keyword",
    "CaseChannel": "Keyword",
    "CaseTier": "Int",
    "CaseDueAt": "Datetime",
    "CaseBreached": "Bool",
}
"""Name and type of each, as the server registers them."""


def at_start(case_type: str, channel: str, face: Mapping[str, object]) -> TypedSearchAttributes:
    """All attributes of a case that is opened, as its workflow will see them; in the start they cost no event."""
    pairs = [SearchAttributePair(CASE_TYPE, case_type), SearchAttributePair(CASE_CHANNEL, channel)]
    shown = {name: _as_shown(name, value) for name, value in face.items()}
    pairs += [SearchAttributePair(_KEYS[name], value) for name, value in shown.items() if value is not None]
    return TypedSearchAttributes(pairs)


def _as_shown(name: str, value: object) -> Any:
    if name == CASE_DUE_AT.name and isinstance(value, int):
        return as_datetime(value)
    return value


def as_datetime(instant_ms: int | None) -> datetime | None:
    """Milliseconds since 1970 as the server wants them."""
    return None if instant_ms is None else datetime.fromtimestamp(instant_ms / 1000, UTC)


_KEYS: dict[str, SearchAttributeKey[Any]] = {
    key.name: key for key in (CASE_STATUS, CASE_TEAM, CASE_PRIORITY, CASE_TIER, CASE_BREACHED, CASE_DUE_AT)
}


def changed_attributes(shown: TypedSearchAttributes, face: Mapping[str, object]) -> list[SearchAttributeUpdate[Any]]:
    """The updates that turn what is shown into what is so; None removes."""
    updates: list[SearchAttributeUpdate[Any]] = []
    for name, value in face.items():
        key, wanted = _KEYS[name], _as_shown(name, value)
        if shown.get(key) != wanted:
            updates.append(key.value_unset() if wanted is None else key.value_set(wanted))
    return updates
