"""Several people at their desks at once: who is quicker, what a supervisor does, and what four eyes see."""

from __future__ import annotations

import asyncio

from playwright.async_api import Page, expect

from domain.people import Channel
from domain.sla.rules import ClockKind
from tests.browser.house import House
from tests.world import CALLED, MINUTE, OpenCase


async def unfold(page: Page, summary: str) -> None:
    """Open what is folded under a name."""
    await page.locator("summary").filter(has_text=summary).first.click()


async def at(page: Page, case: OpenCase) -> None:
    await page.goto(f"/desk/cases/{case.case_id}")


async def test_of_two_agents_who_claim_at_once_one_has_it_and_the_other_is_told(house: House) -> None:
    case = await house.world.open(subject="Two cups, one of them broken")
    async with house.desk_of("online-01") as one, house.desk_of("online-02") as other:
        claims = [page.get_by_role("button", name="Claim – Two cups, one of them broken") for page in (one, other)]
        await asyncio.gather(one.goto("/desk"), other.goto("/desk"))
        await asyncio.gather(*(claim.wait_for() for claim in claims))
        await asyncio.gather(*(claim.click() for claim in claims))
        owner = (await case.task()).owner
        first, second = (one, other) if owner == "online-01" else (other, one)
        await expect(first.get_by_text("Done: Claim")).to_be_visible()
        await expect(second.get_by_role("alert")).to_contain_text("Somebody else was quicker")
        await expect(second.get_by_role("alert")).to_contain_text(f"was taken by {owner} at ")
    assert owner in ("online-01", "online-02")


async def test_time_of_a_tier_runs_out_while_the_page_is_open_and_no_typed_word_is_lost(house: House) -> None:
    case = await house.world.open(Channel.PHONE, subject="The lamp hums")
    async with house.desk_of("phone-01") as page, house.desk_of("expert-01") as next_tier:
        await at(page, case)
        await page.get_by_role("button", name="Claim", exact=True).click()
        await page.get_by_text("Done: Claim").wait_for()
        await case.reply(CALLED)
        await page.get_by_label("Solution").fill("Half an hour of careful words")
        await next_tier.goto("/desk")
        await case.forward(31 * MINUTE)
        await expect(page.locator("hgroup")).to_contain_text("tier 2")
        await expect(page.locator("#moved")).to_contain_text("The case has moved on:")
        await expect(page.locator("#kept textarea")).to_have_value("Half an hour of careful words")
        await expect(next_tier.locator("#news")).to_contain_text("New: The lamp hums")
        await expect(next_tier.locator(".fresh")).to_contain_text("The lamp hums")


async def test_agent_whose_case_went_on_without_them_is_told_where_it_is_and_keeps_their_words(house: House) -> None:
    case = await house.world.open(Channel.PHONE, subject="The bell does not ring")
    async with house.desk_of("phone-02") as page:
        await at(page, case)
        await page.get_by_role("button", name="Claim", exact=True).click()
        await page.get_by_label("Solution").fill("Written for half an hour")
        await case.forward(31 * MINUTE)
        await expect(page.locator("#stale")).to_contain_text("This case is now with: Specialist team")
        # The form may have been seen to go before the case did; then its words stand beside.
        words = page.locator("[name=solution], #kept textarea")
        await expect(words).to_have_value("Written for half an hour")


async def test_supervisor_extends_a_clock_with_a_reason_that_stays_on_record(house: House) -> None:
    case = await house.world.open(subject="The parcel is in the storm")
    before = (await case.clock(ClockKind.TIER)).budget
    async with house.desk_of("supervisor-01") as page:
        await at(page, case)
        await unfold(page, "Extend a clock")
        form = page.get_by_role("form", name="Extend a clock")
        await form.get_by_label("Clock").select_option((await case.clock(ClockKind.TIER)).id)
        await form.get_by_label("By how much").fill("1h")
        await form.get_by_role("button").click()
        assert await form.get_by_label("Reason").evaluate("field => !field.validity.valid")
        await form.get_by_label("Reason").fill("storm")
        await form.get_by_role("button").click()
        await expect(page.get_by_text("Done: Extend a clock")).to_be_visible()
        await unfold(page, "time of the tier")
        await expect(page.locator(".why").filter(has_text="storm")).to_contain_text("extended by supervisor-01: storm")
    assert (await case.clock(ClockKind.TIER)).budget == before + 3_600_000


async def test_goodwill_above_the_limit_is_decided_by_other_eyes(house: House) -> None:
    case = await house.world.open(subject="Three pots, all dented")
    await case.claim()
    async with house.desk_of("online-01") as page, house.desk_of("supervisor-01") as supervisor:
        await at(page, case)
        task = page.get_by_role("form", name="Complete")
        await task.get_by_label("Solution").fill("Money back")
        await task.get_by_label("Goodwill").fill("300.00 CNY")
        await task.get_by_role("button", name="Complete").click()
        await expect(page.locator(".task")).to_contain_text("Decide on goodwill")
        await expect(page.get_by_role("button", name="Claim", exact=True)).to_have_count(0)
        await at(supervisor, case)
        await supervisor.get_by_role("button", name="Claim", exact=True).click()
        decision = supervisor.get_by_role("form", name="Complete")
        await decision.get_by_label("Approved?").select_option("Yes")
        await decision.get_by_label("Remarks").fill("fair")
        await decision.get_by_role("button", name="Complete").click()
        await expect(supervisor.locator("hgroup")).to_contain_text("solution offered")
        await expect(page.locator("hgroup")).to_contain_text("solution offered")
    assert {task.kind: task.owner for task in (await case.view()).tasks} == {
        "resolve_complaint": "online-01",
        "approve_goodwill": "supervisor-01",
    }
