"""Every page in both languages, wide and on a phone, light and dark: axe finds nothing serious, nothing sticks out.

With PICTURES=1 those that the docs show are taken anew: `make pictures`.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from activities.subscriptions.outgoing import OutgoingEvents
from activities.subscriptions.subscriptions import Subscriptions
from domain.people import Language
from starter.desk.replies import ReplyTemplate, ReplyTemplates
from tests.browser.axe import serious_faults
from tests.browser.house import NARROW, WIDE, House, link_in_letter
from tests.world import AGENT, MINUTE, SUPERVISOR

DOCS = Path(__file__).parents[2] / "docs"
SIGNED_OUT = ""


@dataclass(frozen=True)
class Shown:
    """A page as it is looked at.

    Attributes:
        who: looks; nobody signed in if empty.
        path: with `{case}` for a case that is worked on, `{late}` for one whose promises were broken, `{policy}` for
            theirs, and `{link}` for the page of the first one's customer.
        then: what is done before it is looked at.
    """

    name: str
    who: str
    path: str
    then: Callable[[Page], Awaitable[None]] | None = None


async def all_open(page: Page) -> None:
    """With everything open that can be opened."""
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


async def unfolded(page: Page) -> None:
    """The same, with what is fetched then."""
    await all_open(page)
    await page.locator("#around-here #around").wait_for()


PAGES = (
    Shown("sign-in", SIGNED_OUT, "/desk/sign-in"),
    Shown("customer", SIGNED_OUT, "{link}"),
    Shown("inbox", AGENT.id, "/desk"),
    Shown("case", AGENT.id, "/desk/cases/{case}"),
    Shown("case-unfolded", AGENT.id, "/desk/cases/{case}", unfolded),
    Shown("search", AGENT.id, "/desk/search?q=kettle"),
    Shown("figures", SUPERVISOR.id, "/desk/figures?days=365&figure=opened"),
    Shown("refused", AGENT.id, "/desk/cases/CAAAAAAAAAAAAA"),
    Shown("case-of-a-supervisor", SUPERVISOR.id, "/desk/cases/{late}", unfolded),
    Shown("history", SUPERVISOR.id, "/desk/cases/{late}/history"),
    Shown("board", SUPERVISOR.id, "/desk/board?sight=all&counts=1"),
    Shown("board-act", SUPERVISOR.id, "/desk/board/act?verb=extend_clock&case={case}&case={late}"),
    Shown("figures", SUPERVISOR.id, "/desk/figures"),
    Shown("policies", SUPERVISOR.id, "/desk/policies"),
    Shown("policy", SUPERVISOR.id, "/desk/policies/{policy}"),
    Shown("try-policy", SUPERVISOR.id, "/desk/policies/try?changes=complaint.tiers.1.time+%3D+45m"),
    Shown("replies", SUPERVISOR.id, "/desk/replies"),
    Shown("webhooks", SUPERVISOR.id, "/desk/webhooks", all_open),
)
BAD = """<!doctype html><html lang=en><title>Bad</title><main><h1 style="width: 600px; margin: 0 -8px">Bad</h1>
<img src="data:,"><input><button></button><p style="color: #aaa; background: #fff">grey</p></main>"""
WAYS = {
    "wide": {"language": "en", "size": WIDE, "scheme": "light"},
    "phone": {"language": "zh-CN", "size": NARROW, "scheme": "dark"},
}


@pytest.fixture(scope="module")
async def cases(house: House) -> dict[str, str]:
    """Something to look at: a case that is worked on, and a late one, with an order, letters and notes."""
    world = house.world
    kept = ReplyTemplate(name="Sorry", language=Language.EN, text="We are sorry about {subject}.")
    await ReplyTemplates(world.engine).save(kept, "manager-01")
    hooks = Subscriptions(world.engine)
    await hooks.put("my-shop", SUPERVISOR.id, "https://shop.example/hooks/of-the-desk", ["received", "breached"], 0)
    await OutgoingEvents(world.engine, "duecourse").ping("my-shop", "ping-1")
    customer = await world.customer()
    order = await world.order(customer)
    about = "It leaks from the lid, since the first day."
    case = await world.open(customer=customer, order_id=order, subject="The kettle leaks", description=about)
    await case.claim()
    await case.reply(text="Good morning. We are sorry about the kettle and look into it at once.")
    for subject in ("Two cups are missing", "Charged twice for one lamp"):
        await world.open(subject=subject)
    late = await world.open(customer=customer, subject="The second kettle leaks, too")
    await late.forward(31 * MINUTE)
    policy = (await late.view()).policy
    return {"case": case.case_id, "late": late.case_id, "policy": policy, "link": await link_in_letter(case)}


@pytest.mark.parametrize("way", WAYS)
async def test_page_is_for_everybody(house: House, cases: dict[str, str], way: str) -> None:
    found: dict[str, list[str]] = {}
    for who, theirs in groupby(PAGES, key=lambda shown: shown.who):
        how: dict[str, Any] = WAYS[way]
        async with house.desk_of(who, **how) if who else house.stranger(**how) as page:
            for shown in theirs:
                await page.goto(shown.path.format(**cases))
                if shown.then:
                    await shown.then(page)
                await _picture(page, f"pictures/{shown.name}-{way}.png")
                found[shown.name] = [*await serious_faults(page), *await sticking_out(page)]
    assert {name: faults for name, faults in found.items() if faults} == {}


async def test_what_is_wrong_with_a_page_is_found(house: House) -> None:
    async with house.stranger(size=NARROW) as page:
        await page.set_content(BAD)
        faults = [fault.partition(":")[0] for fault in await serious_faults(page)]
        assert {"image-alt", "label", "button-name", "color-contrast"} <= {*faults}
        assert await sticking_out(page) == ["210 px too wide"]


async def _picture(page: Page, name: str) -> None:
    if "PICTURES" in os.environ and name in _docs():
        await page.screenshot(path=DOCS / name)


@cache
def _docs() -> str:
    return "".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))


async def sticking_out(page: Page) -> list[str]:
    """The page's width, if it is more than the screen has."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} px too wide"] if wide > 0 else []
