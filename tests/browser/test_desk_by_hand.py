"""What a browser adds: templates where one writes, times of its own clock, keys, and pages that cannot be refreshed."""

from __future__ import annotations

from playwright.async_api import Route, expect

from domain.people import Language
from starter.desk.replies import ReplyTemplate, ReplyTemplates
from tests.browser.house import PASSWORD, ZONE, House


async def test_template_goes_to_where_somebody_writes_and_ctrl_enter_sends_it(house: House) -> None:
    case = await house.world.open(subject="The mat is the wrong blue")
    await case.claim()
    kept = ReplyTemplate(name="Sorry", language=Language.EN, text="We are sorry about {subject}.")
    await ReplyTemplates(house.world.engine).save(kept, "manager-01")
    async with house.desk_of("online-01") as page:
        await page.goto(f"/desk/cases/{case.case_id}")
        form = page.get_by_role("form", name="Reply to the customer")
        words = form.get_by_label("Words")
        await page.get_by_label("Solution").fill("A new mat")
        await words.fill("Dear customer,")
        await form.get_by_role("button", name="Insert").click()
        await expect(words).to_have_value("Dear customer,\n\nWe are sorry about The mat is the wrong blue.")
        await words.press("Control+Enter")
        await expect(page.get_by_text("Done: Reply to the customer")).to_be_visible()
        await expect(words).to_have_value("")
        await expect(page.get_by_label("Solution")).to_have_value("A new mat")
    assert (await case.story()).count("replied") == 1


async def test_times_are_those_of_the_browsers_own_clock(house: House) -> None:
    case = await house.world.open(subject="The clock is wrong")
    async with house.desk_of("online-01") as page:
        for _ in range(2):
            await page.goto(f"/desk/cases/{case.case_id}")
        await expect(page.locator("footer")).to_contain_text(ZONE)
        opened = page.locator(".timeline time").last
        there = await opened.evaluate(
            "(shown, zone) => new Date(shown.dateTime).toLocaleTimeString('en-GB', {timeZone: zone}).slice(0, 5)", ZONE
        )
        await expect(opened).to_have_text(there)


async def test_page_that_cannot_be_refreshed_says_so_and_keeps_what_was_typed(house: House) -> None:
    case = await house.world.open(subject="The line is dead")
    await case.claim()

    async def unavailable(route: Route) -> None:
        await route.fulfill(status=503, body="gone")

    async with house.desk_of("online-01") as page:
        await page.goto(f"/desk/cases/{case.case_id}")
        await page.get_by_label("Solution").fill("Still here")
        await page.route("**/desk/cases/*since=*", unavailable)
        await case.reply()
        await expect(page.locator("#stale")).to_be_visible()
        await expect(page.get_by_label("Solution")).to_have_value("Still here")
        await page.unroute("**/desk/cases/*since=*")
        await case.reply(text="Here we are again.")
        await expect(page.locator("#stale")).to_be_hidden()
        await expect(page.get_by_label("Solution")).to_have_value("Still here")


async def test_what_was_typed_outlives_being_signed_out_but_not_signing_out(house: House) -> None:
    case = await house.world.open(subject="The door fell shut")
    await case.claim()
    async with house.desk_of("online-01") as page:
        await page.goto(f"/desk/cases/{case.case_id}")
        await page.get_by_label("Solution").fill("A new door")
        words = page.get_by_role("form", name="Reply to the customer").get_by_label("Words")
        await words.fill("Dear customer,")
        await page.context.clear_cookies()
        await words.press("Control+Enter")
        await expect(page.get_by_role("alert")).to_contain_text("What you typed is kept.")
        await page.get_by_label("Staff id").fill("online-01")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_label("Password").press("Enter")
        await expect(words).to_have_value("Dear customer,")
        await page.get_by_role("button", name="中文").click()
        await expect(page.get_by_label("解决方案")).to_have_value("A new door")
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_label("Solution")).to_have_value("A new door")
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_label("Password").wait_for()
        assert await page.evaluate("Object.keys(sessionStorage)") == []


async def test_day_can_be_worked_without_a_mouse(house: House) -> None:
    await house.world.open(subject="The keys stick")
    async with house.desk_of("online-03") as page:
        await page.goto("/desk")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await page.keyboard.press("Enter")
        claim = page.get_by_role("button", name="Claim – The keys stick")
        for _ in range(80):
            await page.keyboard.press("Tab")
            if await claim.evaluate("button => button === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Done: Claim")).to_be_visible()
        await page.locator("#surroundings > summary").press("Enter")
        await expect(page.locator("#around-here")).to_contain_text("The case is about no order.")
