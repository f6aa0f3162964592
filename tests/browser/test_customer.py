"""The customer's page in a real browser: behind the link of a letter, without signing in, in their own words."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.house import NARROW, House, link_in_letter
from tests.world import AGENT


async def test_customer_follows_the_link_of_a_letter_writes_and_accepts_the_solution(house: House) -> None:
    case = await house.world.open(subject="The vase has a crack")
    await case.claim()
    await case.solve(solution="A new vase is on its way.")
    async with house.stranger(size=NARROW) as page, house.desk_of(AGENT.id) as desk:
        await desk.goto(f"/desk/cases/{case.case_id}")
        await page.goto(await link_in_letter(case))
        await expect(page.get_by_role("heading", level=1)).to_have_text("The vase has a crack")
        await page.get_by_label("Your message").fill("When does it <b>come</b>?")
        await page.get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_text("Thank you, we have your message.")).to_be_visible()
        await expect(desk.locator(".timeline")).to_contain_text("When does it <b>come</b>?")
        await page.get_by_role("group", name="How satisfied are you?").get_by_label("5").check()
        await page.get_by_role("button", name="Yes, that settles it").click()
        await expect(page.get_by_text("Thank you for your answer.")).to_be_visible()
        await expect(desk.locator(".task")).to_contain_text("Summarise and record")
    view = await case.view()
    assert (view.facts["score"], view.status) == (5, "summarising")
