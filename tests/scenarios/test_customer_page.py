"""A customer's way through their complaint on their own page, from the link in a message to what they think of it."""

from __future__ import annotations

import re

from httpx import AsyncClient

from activities.surveys.answers import SurveyAnswers
from domain.people import Role
from tests.scenarios.serving_api import served
from tests.world import AGENT, OpenCase, World

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


async def newest_link(case: OpenCase) -> str:
    """Where the newest message leads to."""
    body = (await case.letters())[-1].body
    [path] = re.findall(r"http://127\.0\.0\.1:8235(/my/\S+)", body)
    return str(path)


async def test_customer_follows_the_link_sends_a_picture_accepts_and_says_what_they_think(world: World) -> None:
    case = await world.open(subject="<b>The kettle</b> leaks")
    async with served(world) as house, AsyncClient(base_url=house.address, timeout=30) as browser:
        path = await newest_link(case)
        page = (await browser.get(path)).text
        assert "&lt;b&gt;The kettle&lt;/b&gt; leaks" in page
        assert "waits for the next colleague who is free" in page
        assert "You hear from us by" in page
        await case.claim(AGENT)
        sent = await browser.post(
            f"{path}/reply", data={"text": "It looks like this."}, files={"files": ("kettle.png", PNG, "image/png")}
        )
        assert (sent.status_code, sent.headers["Location"]) == (303, f"{path}?language=en&done=reply#done")
        await case.solve(AGENT, "A new kettle is on its way.")
        path = await newest_link(case)
        page = (await browser.get(path)).text
        assert "A new kettle is on its way." in page
        assert "kettle.png</a>" in page
        form = {"satisfied": "true", "score": "5", "text": "Thank you", "request_id": "yes-1"}
        for _ in range(2):
            assert (await browser.post(f"{path}/answer_solution", data=form)).status_code == 303
        late = await browser.post(f"{path}/answer_solution", data={**form, "request_id": "yes-2"})
        assert (late.status_code, "The case has moved on" in late.text) == (409, True)
        await case.summarise()
        await case.quiet()
        page = (await browser.get(path)).text
        assert "Your complaint is resolved and closed." in page
        assert (await browser.post(f"{path}/survey", data={"nps": "9", "ces": "7"})).status_code == 303
    entries = {entry.what: entry for entry in await world.service.timeline(case.case_id)}
    assert {entries[what].by for what in ("customer_replied", "solution_accepted")} == {case.customer.id}
    assert (case.customer.role, entries["solution_accepted"].facts["score"]) == (Role.CUSTOMER, 5)
    [answer] = await SurveyAnswers(world.engine).of_case(case.case_id)
    assert (answer.csat, answer.nps, answer.ces) == (None, 9, 7)
