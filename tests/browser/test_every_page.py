"""Every page in both languages, wide and on a phone, light and dark: axe finds nothing serious, nothing sticks out.

With PICTURES=1 those that the docs show are taken anew: `make pictures`.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import Page

from domain.people import Language
from starter.desk.replies import ReplyTemplate, ReplyTemplates
from tests.browser.axe import serious_faults
from tests.browser.house import NARROW, WIDE, House
from tests.world import AGENT, MINUTE

DOCS = Path(__file__).parents[2] / "docs"
SIGNED_OUT = ""


@dataclass(frozen=True)
class Shown:
    """A page as it is looked at.

    Attributes:
        who: looks; nobody signed in if empty.
        path: with `{case}` for a case that is worked on, `{late}` for one whose promises were broken.
        then: what is done before it is looked at.
    """

    name: str
    who: str
    path: str
    then: Callable[[Page], Awaitable[None]] | None = None


async def unfolded(page: Page) -> None:
    """With everything open that can be opened."""
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    await page.locator("#around-here #around").wait_for()


PAGES = (
    Shown("sign-in", SIGNED_OUT, "/desk/sign-in"),
    Shown("inbox", AGENT.id, "/desk"),
    Shown("case", AGENT.id, "/desk/cases/{case}"),
    Shown("case-unfolded", AGENT.id, "/desk/cases/{case}", unfolded),
    Shown("case-of-a-supervisor", "supervisor-01", "/desk/cases/{late}", unfolded),
    Shown("search", AGENT.id, "/desk/search?q=kettle"),
    Shown("replies", "manager-01", "/desk/replies"),
    Shown("refused", AGENT.id, "/desk/cases/CAAAAAAAAAAAAA"),
)
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
    return {"case": case.case_id, "late": late.case_id}


@pytest.mark.parametrize("way", WAYS)
async def test_page_is_for_everybody(house: House, cases: dict[str, str], way: str) -> None:
    how = WAYS[way]
    found: dict[str, list[str]] = {}
    for shown in PAGES:
        context = house.desk_of(shown.who, **how) if shown.who else house.stranger(**how)  # type: ignore[arg-type]
        async with context as page:
            await page.goto(shown.path.format(**cases))
            if shown.then:
                await shown.then(page)
            picture = f"pictures/{shown.name}-{way}.png"
            if "PICTURES" in os.environ and picture in _docs():
                await page.screenshot(path=DOCS / picture)
            found[shown.name] = [*await serious_faults(page), *await _sticking_out(page)]
    assert {name: faults for name, faults in found.items() if faults} == {}


@cache
def _docs() -> str:
    return "".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))


async def _sticking_out(page: Page) -> list[str]:
    """The page's width, if it is more than the screen has."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} px too wide"] if wide > 0 else []
