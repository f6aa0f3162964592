"""Cases are followed live: by whoever may see them, from where they were, at two hundred desks at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport

from domain.tasks import TaskState
from starter import live
from starter.access.principals import Scope
from starter.api import following
from starter.api.guarded import SESSION_COOKIE
from starter.api.serving import listening, running
from starter.doors import Store
from tests.readmodel.projections import entry, projection, task
from tests.starter.api.calling import AGENT, AUDITOR, COLLEAGUE, SUPERVISOR, Api, Who, problem

STREAM = "/v1/events/stream"
ONE, OTHER, FORMER = "CAAAAAAAAAAAAB", "CAAAAAAAAAAAAC", "CAAAAAAAAAAAAD"
DESKS = 200


def events(content: str) -> list[dict[str, str]]:
    """Server-sent events, field by field."""
    return [
        dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        for block in content.split("\n\n")
        if block
    ]


async def told(api: Api, who: Who, after: int, **query: str) -> list[str]:
    """What somebody is told of what happened behind a number."""
    answered = await api.http.get(
        STREAM, params={"seconds": "0", **query}, headers={**who, "Last-Event-ID": str(after)}
    )
    assert answered.status_code == 200, answered.text
    return [event["data"] for event in events(answered.text) if event.get("event") == following.CHANGED]


@pytest.fixture
async def before(store: Store) -> AsyncIterator[int]:
    """The number behind which a case of the online team changes, and one of others in which the agent has a task."""
    await store.readmodel.write(projection(FORMER))
    turn = await store.readmodel.newest_change()
    held: dict[str, Any] = {"owner": AGENT, "state": TaskState.RESERVED}
    await store.readmodel.write(projection(ONE, team="online", entries=(entry(1, what="case_opened"),)))
    await store.readmodel.write(projection(OTHER, team="phone", tasks=(task(team="legal", **held),)))
    yield turn
    for case_id in (ONE, OTHER, FORMER):
        await store.readmodel.remove(case_id)


async def test_event_names_the_case_and_what_its_timeline_says(api: Api, before: int, store: Store) -> None:
    answered = await api.http.get(
        STREAM, params={"seconds": "0"}, headers={**(await api.system()), "Last-Event-ID": str(before)}
    )
    assert answered.headers["content-type"].startswith("text/event-stream")
    first, second, place = events(answered.text)
    assert first["event"] == "case_changed"
    assert f'"case_id":"{ONE}"' in first["data"]
    assert '"seq":1,"what":["case_opened"]' in first["data"]
    assert int(first["id"]) < int(second["id"]) == int(place["id"]) == await store.readmodel.newest_change()
    assert "data" not in place


async def test_agent_follows_their_teams_and_their_own_tasks_and_others_follow_all(api: Api, before: int) -> None:
    of_agent = await told(api, await api.person(AGENT), before)
    assert [ONE in data for data in of_agent] == [True, False]
    assert [OTHER in data for data in await told(api, await api.person(COLLEAGUE), before)] == [True]
    assert await told(api, await api.person("logistics-01"), before) == []
    for who in (await api.person(SUPERVISOR), await api.person(AUDITOR), await api.system(Scope.READ_CASES)):
        assert len(await told(api, who, before)) == 2


async def test_one_case_is_followed_alone(api: Api, before: int) -> None:
    assert [OTHER in one for one in await told(api, await api.system(), before, case_id=OTHER)] == [True]
    wrong = await api.http.get(STREAM, params={"case_id": "x' OR 1"}, headers=await api.system())
    assert problem(wrong, 422, "invalid_input")["field"] == "case_id"


async def test_who_comes_back_too_late_is_told_so(api: Api, before: int) -> None:
    answered = await api.http.get(
        STREAM, params={"seconds": "0"}, headers={**(await api.system()), "Last-Event-ID": "1"}
    )
    assert events(answered.text)[0]["event"] == "changes_missed"


async def test_page_that_follows_keeps_nobody_signed_in(
    api: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    right = api.gate.sessions.staff_id

    async def noted(token: str, *, used: bool = True) -> str | None:
        asked.append(used)
        return await right(token, used=used)

    monkeypatch.setattr(api.gate.sessions, "staff_id", noted)
    who = await api.person(AGENT)
    await api.http.get(STREAM, params={"seconds": "0"}, headers={**who, "Accept": "text/html, text/event-stream"})
    await api.get("/v1/me", who)
    assert asked == [False, True]


async def test_who_may_not_any_more_is_told_nothing_more(
    api: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "KNOWN_AGAIN_AFTER", 0.0)
    who = await api.person(AGENT)
    following_now = asyncio.create_task(api.http.get(STREAM, params={"seconds": "20"}, headers=who))
    await asyncio.sleep(0.1)
    await api.gate.sessions.end_all(AGENT)
    await store.readmodel.write(projection(ONE, team="online"))
    answered = await asyncio.wait_for(following_now, 5)
    assert [event for event in events(answered.text) if "event" in event] == []
    await store.readmodel.remove(ONE)


async def test_one_principal_has_so_many_streams_and_no_more(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_EACH", 1)
    who, other = await api.person(AGENT), await api.person(COLLEAGUE)
    first = asyncio.create_task(api.http.get(STREAM, params={"seconds": "1"}, headers=who))
    await asyncio.sleep(0.2)
    refused = await api.http.get(STREAM, params={"seconds": "0"}, headers=who)
    problem(refused, 429, "rate_limited")
    assert refused.headers["retry-after"] == "15"
    assert (await api.http.get(STREAM, params={"seconds": "0"}, headers=other)).status_code == 200
    await first
    assert (await api.http.get(STREAM, params={"seconds": "0"}, headers=who)).status_code == 200


async def test_two_hundred_desks_hear_of_a_change_at_once(api: Api, store: Store) -> None:
    transport = api.http._transport
    assert isinstance(transport, ASGITransport)
    await api.gate.accounts.create(AGENT, "correct horse battery")
    sessions = [await api.gate.sessions.begin(AGENT) for _ in range(DESKS)]
    with listening("127.0.0.1", 0) as opened:
        async with running(transport.app, opened) as port:
            desks = await asyncio.gather(*(_opened(port, session) for session in sessions))
            await store.readmodel.write(projection(ONE, team="online"))
            heard = await asyncio.gather(*(_hears(reader) for reader, _ in desks))
            for _, writer in desks:
                writer.close()
    assert heard == [True] * DESKS
    await store.readmodel.remove(ONE)


async def _opened(port: int, session: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (f"GET {STREAM} HTTP/1.1", "Host: desk", "Accept: text/event-stream", f"Cookie: {SESSION_COOKIE}={session}")
    writer.write("\r\n".join((*head, "", "")).encode())
    await reader.readuntil(b"\r\n\r\n")
    await reader.readuntil(b"id: ")
    return reader, writer


async def _hears(reader: asyncio.StreamReader) -> bool:
    return ONE.encode() in await asyncio.wait_for(reader.readuntil(ONE.encode()), 10)
