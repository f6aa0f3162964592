"""Systems subscribe: under a name of theirs, with a secret that is told once, to addresses that may be reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete, update

from activities.store.subscription_tables import OUTGOING_EVENTS, SUBSCRIPTIONS
from activities.subscriptions.subscriptions import Subscriptions
from starter.access.principals import Scope
from starter.doors import Store
from tests.readmodel.projections import projection
from tests.starter.api.calling import NOON, SUPERVISOR, Api, Who, problem

HOOK = "https://93.184.215.14/hooks"


@pytest.fixture(autouse=True)
async def emptied(store: Store) -> AsyncIterator[None]:
    yield
    async with store.engine.begin() as connection:
        for table in (SUBSCRIPTIONS, OUTGOING_EVENTS):
            await connection.execute(delete(table))


async def subscribed(api: Api, who: Who, name: str = "hook", status: int = 201, **body: Any) -> dict[str, Any]:
    answered = await api.http.put(f"/v1/webhooks/{name}", headers=who, json={"url": HOOK, **body})
    assert answered.status_code == status, answered.text
    content: dict[str, Any] = answered.json()
    return content


async def test_secret_is_told_once_and_never_shown_again(api: Api) -> None:
    who = await api.system(Scope.SUBSCRIBE)
    new = await subscribed(api, who, events=["task_offered"])
    assert new["secret"].startswith("whsec_")
    assert (new["name"], new["owner"], new["url"], new["events"]) == ("hook", "system:shop", HOOK, ["task_offered"])
    again = await subscribed(api, who, status=200)
    assert (again["secret"], again["events"]) == (None, [])
    listed = (await api.get("/v1/webhooks", who)).json()["webhooks"]
    assert listed == [(await api.get("/v1/webhooks/hook", who)).json()]
    assert new["secret"] not in str(listed)
    renewed = (await api.http.post("/v1/webhooks/hook/secret", headers=who)).json()["secret"]
    assert renewed.startswith("whsec_")
    assert renewed != new["secret"]


async def test_webhook_of_another_system_is_not_touched_but_supervisors_see_all(api: Api) -> None:
    await subscribed(api, await api.system(Scope.SUBSCRIBE))
    till = await api.system(Scope.SUBSCRIBE, name="till")
    assert (await api.get("/v1/webhooks", till)).json() == {"webhooks": []}
    problem(await api.get("/v1/webhooks/hook", till), 403, "not_allowed")
    problem(await api.http.delete("/v1/webhooks/hook", headers=till), 403, "not_allowed")
    taken = await api.http.put("/v1/webhooks/hook", headers=till, json={"url": HOOK})
    problem(taken, 403, "not_allowed")
    assert len((await api.get("/v1/webhooks", await api.person(SUPERVISOR))).json()["webhooks"]) == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1:9/", "address_refused"),
        ("http://93.184.215.14/", "address_refused"),
        ("https://169.254.169.254/latest", "address_refused"),
        ("file:///etc/passwd", "invalid_input"),
    ],
)
async def test_address_that_may_not_be_reached_is_refused(api: Api, url: str, code: str) -> None:
    who = await api.system(Scope.SUBSCRIBE)
    answered = await api.http.put("/v1/webhooks/hook", headers=who, json={"url": url})
    assert problem(answered, 422, code)["field"] == "url"
    problem(await api.get("/v1/webhooks/hook", who), 404, "webhook_not_found")


async def test_trial_is_put_on_its_way_and_listed(api: Api, store: Store) -> None:
    who = await api.system(Scope.SUBSCRIBE)
    await subscribed(api, who)
    assert (await api.http.post("/v1/webhooks/hook/ping", headers=who)).status_code == 202
    [one] = (await api.get("/v1/webhooks/hook/deliveries?state=waiting", who)).json()["deliveries"]
    assert (one["kind"], one["attempts"]) == ("duecourse.ping", 0)
    assert (await api.get("/v1/webhooks/hook/deliveries?state=given_up", who)).json() == {"deliveries": []}
    assert (await api.http.post("/v1/webhooks/hook/send-again", headers=who)).json() == {"events": 0}
    assert (await api.http.delete("/v1/webhooks/hook", headers=who)).status_code == 204
    problem(await api.get("/v1/webhooks/hook", who), 404, "webhook_not_found")


async def test_subscription_begins_with_what_happens_next(api: Api, store: Store) -> None:
    await store.readmodel.write(projection("C-before"))
    await subscribed(api, await api.system(Scope.SUBSCRIBE))
    found = await Subscriptions(store.engine).get("hook")
    assert found is not None
    assert found.place == await store.readmodel.newest_change()
    await store.readmodel.remove("C-before")


async def test_event_that_no_case_has_is_refused_with_those_that_there_are(api: Api) -> None:
    who = await api.system(Scope.SUBSCRIBE)
    body = {"url": HOOK, "events": ["task_offered", "nonsense_event"]}
    said = problem(await api.http.put("/v1/webhooks/hook", headers=who, json=body), 422, "invalid_input")
    assert said["field"] == "events.1"
    assert "task_offered, task_assigned" in said["detail"]
    problem(await api.get("/v1/webhooks/hook", who), 404, "webhook_not_found")


async def noted(store: Store, **fields: int) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(update(SUBSCRIPTIONS).values(**fields))


async def test_subscription_that_has_ended_is_pinged_no_more_until_it_is_put_again(api: Api, store: Store) -> None:
    who = await api.system(Scope.SUBSCRIBE)
    await subscribed(api, who)
    await noted(store, disabled_at=NOON)
    for way in ("ping", "send-again"):
        problem(await api.http.post(f"/v1/webhooks/hook/{way}", headers=who), 409, "webhook_ended")
    await subscribed(api, who, status=200)
    assert (await api.http.post("/v1/webhooks/hook/ping", headers=who)).status_code == 202


async def test_rest_is_shown_while_it_lasts_and_a_ping_ends_it(api: Api, store: Store) -> None:
    who = await api.system(Scope.SUBSCRIBE)
    await subscribed(api, who)
    await noted(store, rests_until=1_000)
    assert (await api.get("/v1/webhooks/hook", who)).json()["rests_until"] is None
    later = 2**52
    await noted(store, rests_until=later)
    assert (await api.get("/v1/webhooks/hook", who)).json()["rests_until"] == later
    assert (await api.http.post("/v1/webhooks/hook/ping", headers=who)).json()["rests_until"] is None
