"""A supervisor at the board in a real browser: what is ticked stays ticked, and many cases get what was asked, once."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.house import House


async def test_supervisor_sends_an_update_to_several_cases_while_the_board_moves(house: House) -> None:
    lost, torn = [await house.world.open(subject=subject) for subject in ("Lost in the post", "Torn at the seam")]
    async with house.desk_of("supervisor-01") as page:
        await page.goto("/desk/board?sight=all")
        for subject in ("Lost in the post", "Torn at the seam"):
            await page.get_by_label(f"Choose {subject}").check()
        await page.get_by_label("Act on several").select_option("Send an update now")
        # A new case comes onto the board by itself, and leaves alone what was chosen.
        await house.world.open(subject="Came in meanwhile")
        await expect(page.get_by_role("link", name="Came in meanwhile")).to_be_visible()
        await expect(page.locator("input[name=case]:checked")).to_have_count(2)
        await page.get_by_role("button", name="Those that I ticked…").click()
        await expect(page.locator(".targets li")).to_have_count(2)
        await page.get_by_label("Reason").fill("The carrier is on strike")
        await page.get_by_role("button", name="Send an update now (2)").click()
        await expect(page.get_by_role("status")).to_have_text("Done: 2. Not done: 0.")
        await page.get_by_role("link", name="Lost in the post").click()
        await expect(page.locator(".timeline")).to_contain_text("update ordered")
        await page.get_by_role("link", name="The history in Temporal as a story").click()
        await expect(page.locator(".story")).to_contain_text("supervisor-01 asked: Send an update now")
    for case in (lost, torn):
        entries = await house.world.service.timeline(case.case_id)
        orders = [(entry.by, entry.facts["reason"]) for entry in entries if entry.what == "update_ordered"]
        assert orders == [("supervisor-01", "The carrier is on strike")]
