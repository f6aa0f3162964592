"""A day's work in a real browser: a complaint goes from the inbox to closed, and nobody ever reloads a page."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.house import PASSWORD, House


async def sign_in(page: Page, staff_id: str) -> None:
    await page.goto("/desk")
    await page.get_by_label("Staff id").fill(staff_id)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


async def unfold(page: Page, summary: str) -> None:
    await page.locator("summary").filter(has_text=summary).click()


async def test_agent_takes_a_complaint_from_the_inbox_to_closed(house: House) -> None:
    await house.account("online-07")
    async with house.stranger() as page:
        await sign_in(page, "online-07")
        case = await house.world.open(subject="<b>The kettle</b> leaks")
        await page.get_by_role("button", name="Claim – <b>The kettle</b> leaks").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("<b>The kettle</b> leaks")
        reply = page.get_by_role("form", name="Reply to the customer")
        await reply.get_by_label("Words").fill("We look into it.")
        await reply.get_by_role("button").click()
        await expect(page.locator(".timeline")).to_contain_text("We look into it.")
        task = page.get_by_role("form", name="Complete")
        await task.get_by_label("Solution").fill("A new one is on its way.")
        await task.get_by_role("button", name="Complete").click()
        await expect(page.locator("hgroup")).to_contain_text("solution offered")
        await unfold(page, "The customer's answer to the solution")
        answer = page.get_by_role("form", name="The customer's answer to the solution")
        await answer.get_by_label("Satisfied?").select_option("Yes")
        await answer.get_by_label("Satisfaction (1 to 5)").select_option("5")
        await answer.get_by_role("button").click()
        await task.get_by_label("Summary").fill("The lid was loose.")
        await task.get_by_label("Cause").fill("defect")
        await task.get_by_role("button", name="Complete").click()
        await expect(page.locator("hgroup")).to_contain_text("closed")
    view = await case.view()
    assert (view.status, {task.owner for task in view.tasks}) == ("closed", {"online-07"})
    letters = [letter.body for letter in await case.letters()]
    assert sum("We look into it." in letter for letter in letters) == 1
