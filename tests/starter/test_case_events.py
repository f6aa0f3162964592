"""Events of cases out of the read model: each new line once, with the case as it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.store.database import open_database
from readmodel.migrating import migrate
from readmodel.model import ReadModel
from starter.case_events import ShownCaseEvents
from tests.readmodel.projections import NOW, entry, projection


@pytest.fixture
async def model(tmp_path: Path) -> AsyncIterator[ReadModel]:
    engine = open_database(f"sqlite+aiosqlite:///{tmp_path}/rows.db")
    await migrate(engine)
    yield ReadModel(engine)
    await engine.dispose()


async def test_every_new_line_is_an_event_without_the_words(model: ReadModel) -> None:
    events = ShownCaseEvents(model)
    await model.write(projection("C1", entries=(entry(1, text="It leaks", what="received"),)))
    place = await events.newest()
    await model.write(projection("C1", seq=3, at=NOW + 3, entries=(entry(2), entry(3)), status="closed", due=NOW + 9))
    await model.write(projection("C1", seq=3, at=NOW + 4, status="closed", due=NOW + 9))
    happened = await events.behind(place)
    assert [(one.id, one.what) for one in happened.events] == [
        (f"C1-2-{NOW + 2}", "task_offered"),
        (f"C1-3-{NOW + 3}", "task_offered"),
    ]
    case = happened.events[0].case
    assert (case.case_id, case.status, case.due, case.team) == ("C1", "closed", NOW + 9, "online")
    assert happened.place == await events.newest()
    assert await events.behind(happened.place) == ([], happened.place)
    first = (await events.behind(place - 1)).events[0]
    assert (first.what, "It leaks" in first.model_dump_json()) == ("received", False)


async def test_case_that_was_removed_meanwhile_is_no_event(model: ReadModel) -> None:
    await model.write(projection("C1", entries=(entry(1),)))
    await model.remove("C1")
    assert (await ShownCaseEvents(model).behind(0)).events == []
