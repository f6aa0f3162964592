"""Complaints with cases that come out of them, on the time-skipping server: followed, and told in one conversation."""

from __future__ import annotations

import pytest

from domain import requests as r
from domain.people import Channel
from domain.returns.wish import ReturnWish
from starter.new_return import NewReturn
from tests.changes import more, yuan
from tests.linked import complaint_about, everything_back
from tests.returns import ReturningShop
from tests.world import AGENT, DAY, HOUR, SUPERVISOR, World, refused


@pytest.fixture
def shop(world: World) -> ReturningShop:
    return ReturningShop(world)


async def test_return_comes_out_of_a_complaint_and_is_followed_to_its_end(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    back = await complaint.opens_return(shop, order)
    assert await back.status() == "awaiting_parcel"
    assert (await back.fact("complaint"), (await complaint.view()).linked) == (complaint.case_id, (back.case_id,))
    await back.comes_back()
    await back.inspect()
    assert await back.status() == "confirming"
    await back.rate()
    assert (await back.result()).outcome == "refunded"
    assert (await shop.account(order)).refunded == yuan(100)
    await complaint.sees(f"{back.case_id} return: refunded")
    assert any(back.case_id in row.items for row in await complaint.notices("answer"))
    await complaint.solve()
    await complaint.accept()
    await complaint.summarise()
    assert (await complaint.view()).status == "closed"


async def test_order_change_out_of_a_complaint_lapses_and_the_owner_is_told(shop: ReturningShop) -> None:
    customer, order = await shop.order(100)
    complaint = await complaint_about(shop, customer, order)
    change = await complaint.opens_change(**more(await shop.offer(50)))
    assert await change.status() == "awaiting_answer"
    await change.forward(3 * DAY + HOUR)
    assert (await change.result()).outcome == "lapsed"
    await complaint.sees(f"{change.case_id} order change: lapsed")
    assert any("lapsed" in row.items for row in await complaint.notices("answer"))


async def test_return_goes_on_by_itself_when_its_complaint_is_closed_first(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    back = await complaint.opens_return(shop, order)
    assert (await back.clock("status_update")).state == "paused"
    await back.comes_back()
    await complaint.ask("close_case", r.CloseCase, SUPERVISOR, reason="settled with the customer")
    await complaint.quiet()
    await back.until("informs_itself")
    assert (await back.clock("status_update")).state == "running"
    await back.forward(4 * HOUR)
    assert "where your return stands" in await back.told()
    await back.inspect()
    assert await back.status() == "confirming"
    await back.rate()
    assert (await back.result()).outcome == "refunded"


async def test_update_of_the_complaint_speaks_of_the_return_too(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    back = await complaint.opens_return(shop, order)
    await complaint.sees(f"{back.case_id} return: awaiting parcel")
    await complaint.ask("send_update_now", r.SendUpdateNow, SUPERVISOR, reason="the customer asked")
    letter = (await complaint.letters())[-1]
    assert "where it stands" in letter.subject
    assert f"Your return {back.case_id}: we are looking forward to your parcel." in letter.body
    assert "where your return stands" not in await back.told()


async def test_message_of_the_return_restarts_the_complaints_clock(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    back = await complaint.opens_return(shop, order)
    before = (await complaint.clock("status_update")).id
    await back.comes_back()
    await complaint.sees(f"{back.case_id} return: inspecting")
    clock = await complaint.clock("status_update")
    assert clock.id != before
    assert f"case {back.case_id} wrote to the customer" in clock.why[0].cause


async def test_words_that_reach_the_return_reach_the_owner_of_the_complaint(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    back = await complaint.opens_return(shop, order)
    await back.ask("customer_reply", r.CustomerReply, customer, text="Which door do I bring it to?")
    await complaint.until("customer_replied")
    assert any(row.recipient == AGENT.id for row in await complaint.notices("answer"))
    assert not [task for task in (await back.view()).tasks if task.kind == "answer_customer"]


async def test_door_answers_to_the_same_reference_with_the_linked_case(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    back = await complaint.opens_return(shop, order)
    again = NewReturn(
        source="complaint",
        reference=f"{complaint.case_id}:linked:1",
        channel=Channel.CHAT,
        customer_id=customer.id,
        order_id=order.id,
        wanted=everything_back(order),
    )
    opened = await shop.world.service.open_return(again)
    assert (opened.case_id, opened.created) == (back.case_id, False)


async def test_reference_that_a_door_has_used_before_is_not_taken_over(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    wanted: ReturnWish = everything_back(order)
    taken = NewReturn(
        source="complaint",
        reference=f"{complaint.case_id}:linked:1",
        channel=Channel.CHAT,
        customer_id=customer.id,
        order_id=order.id,
        wanted=wanted,
    )
    await shop.world.service.open_return(taken)
    await complaint.opens(wanted)
    await complaint.until("linked_case_not_opened")
    assert (await complaint.notices("alarm"))[0].recipient == AGENT.id


async def test_solution_waits_for_a_return_unless_the_agent_lets_it_go_on_by_itself(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    complaint = await complaint_about(shop, customer, order)
    back = await complaint.opens_return(shop, order)
    with refused("linked_case_open") as said:
        await complaint.solve()
    assert said[0].details["linked"] == [back.case_id]
    await complaint.solve(leave_linked=True)
    await back.until("informs_itself")
    await complaint.reject()
    await back.until("complaint_informs")
