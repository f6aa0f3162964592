"""An agent's work at the desk, from signing in to a solution, over a real server, worker and socket."""

from __future__ import annotations

import re

from httpx import AsyncClient

from domain.projection import Projection, ShownCase, ShownTask
from readmodel.model import ReadModel
from tests.scenarios.serving_api import served
from tests.world import OpenCase, World

PASSWORD = "correct horse battery"


async def show_in_lists(world: World, case: OpenCase) -> None:
    """What the read model knows of the case as soon as it is open; whatever a worker tells it is newer."""
    view = await case.view()
    known = {"id", "kind", "title", "team", "tier", "state", "owner", "owned_since", "offered_at", "due"}
    tasks = tuple(ShownTask.model_validate(task.model_dump(include=known)) for task in view.tasks)
    copied = {"case_id", "case_type", "status", "tier", "team", "priority", "channel", "policy", "subject", "opened_at"}
    fields = view.model_dump(include=copied | {"due", "breached"})
    shown = ShownCase(**fields, open=True, customer_id=view.customer.id, tasks=tasks)
    await ReadModel(world.engine).write(Projection(seq=1, at=view.opened_at, case=shown))


def value_of(page: str, form: str, name: str) -> str:
    """What stands in a hidden field of a form."""
    found = re.search(rf'<form[^>]*action="[^"]*/{form}[#"].*?</form>', page, re.DOTALL)
    assert found, f"no form {form}"
    inside = re.search(rf'name="{name}" value="([^"]*)"', found[0])
    assert inside, f"no {name} in {form}"
    return inside[1]


async def test_agent_signs_in_takes_a_complaint_answers_it_and_resolves_it(world: World) -> None:
    case = await world.open(subject="<b>The kettle</b> leaks")
    async with served(world) as house:
        await show_in_lists(world, case)
        await house.gate.accounts.create("online-07", PASSWORD)
        async with AsyncClient(base_url=house.address, follow_redirects=True, timeout=30) as browser:
            inbox = await browser.post("/desk/sign-in", data={"staff_id": "online-07", "password": PASSWORD})
            assert "&lt;b&gt;The kettle&lt;/b&gt; leaks" in inbox.text
            sent = {name: value_of(inbox.text, "claim_task", name) for name in ("task_id", "request_id", "from")}
            path = f"/desk/cases/{case.case_id}"
            claimed = await browser.post(f"{path}/claim_task", data=sent)
            assert "Done: Claim" in claimed.text
            reply = {"text": "We look into it.", "request_id": value_of(claimed.text, "reply", "request_id")}
            replied = await browser.post(f"{path}/reply", data=reply)
            assert "We look into it." in replied.text
            twice = await browser.post(f"{path}/reply", data=reply)
            assert twice.status_code == 200
            empty = await browser.post(f"{path}/complete_task", data={"task_id": sent["task_id"]})
            assert empty.status_code == 422
            form = {"task_id": sent["task_id"], "solution": "A new one is on its way."}
            solved = await browser.post(f"{path}/complete_task", data=form)
            assert "Done: Complete" in solved.text
    view = await case.view()
    assert view.status == "solution_offered"
    assert (await case.story()).count("replied") == 1
    assert [task.owner for task in view.tasks] == ["online-07"]
