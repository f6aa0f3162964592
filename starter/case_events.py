"""What happened in cases, out of the read model, for those who are told of it elsewhere."""

from __future__ import annotations

from activities.subscriptions.port import CaseEvent, CaseNow, Happened
from domain.timeline import Entry
from readmodel.model import ReadModel
from readmodel.rows import CaseRow, Change

AT_ONCE = 100
"""Changes that are read at a time."""


class ShownCaseEvents:
    """Every new line of a timeline is an event, in the order in which the read model got them."""

    def __init__(self, model: ReadModel) -> None:
        self._model = model

    async def newest(self) -> int:
        return await self._model.newest_change()

    async def behind(self, place: int) -> Happened:
        changes = await self._model.changes(place, limit=AT_ONCE)
        events = [event for change in changes if change.lines for event in await self._events(change)]
        return Happened(events, changes[-1].number if changes else place)

    async def forget(self, up_to: int) -> int:
        return await self._model.forget_changes(up_to)

    async def _events(self, change: Change) -> list[CaseEvent]:
        case = await self._model.case(change.case_id)
        if case is None:
            return []
        wanted = {line.seq for line in change.lines}
        entries = await self._model.timeline(change.case_id, after=min(wanted) - 1)
        now = _now(case)
        return [_event(entry, now) for entry in entries if entry.seq in wanted]


def _event(entry: Entry, case: CaseNow) -> CaseEvent:
    return CaseEvent(
        # Of a workflow that was reset the same number may stand for something else.
        id=f"{case.case_id}-{entry.seq}-{entry.at}",
        seq=entry.seq,
        at=entry.at,
        what=entry.what,
        by=entry.by,
        public=entry.public,
        facts=entry.facts,
        case=case,
    )


def _now(case: CaseRow) -> CaseNow:
    return CaseNow.model_validate(case.model_dump(include=set(CaseNow.model_fields)))
