"""What every case can be asked, asked of order changes: words to and fro, and supervisors who step in."""

from __future__ import annotations

from datetime import timedelta

from domain import requests as r
from domain.complaint import messages as c
from domain.sla.rules import ClockKind
from tests.changes import EXPERT, Shop, more
from tests.world import HOUR, SUPERVISOR, refused

LATE = timedelta(hours=3)


async def test_supervisor_gives_a_decision_more_time_and_has_the_customer_told(shop: Shop) -> None:
    customer, order = await shop.order(ago=LATE)
    case = await shop.change(customer, order, cancel="too late after all")
    clock = await case.clock(ClockKind.TASK_DUE)
    await case.ask("extend_clock", r.ExtendClock, SUPERVISOR, clock=clock.id, by=3_600_000, reason="storm")
    await case.ask("send_update_now", r.SendUpdateNow, SUPERVISOR, reason="the customer worries")
    await case.claim(EXPERT, "decide_change")
    await case.ask("reply", r.Reply, EXPERT, text="I am asking the warehouse.")
    await case.quiet()
    assert "A colleague is looking at" in (await case.letters())[-2].body
    assert "I am asking the warehouse." in (await case.letters())[-1].body
    await case.forward(2.5 * HOUR)
    assert not (await case.view()).breached
    await case.forward(0.6 * HOUR)
    assert (await case.view()).breached


async def test_customer_who_writes_while_the_change_waits_for_them_is_answered(shop: Shop) -> None:
    customer, order = await shop.order(100)
    case = await shop.change(customer, order, **more(await shop.offer(50)))
    await case.ask("customer_reply", r.CustomerReply, customer, text="Why so much?")
    await case.claim(EXPERT, "answer_customer")
    await case.complete(EXPERT, "answer_customer", text="It is the larger one.")
    await case.quiet()
    assert "It is the larger one." in (await case.letters())[-1].body
    await case.agree()
    assert await case.status() == "awaiting_payment"


async def test_supervisor_closes_a_change_and_what_was_reserved_is_free_again(shop: Shop) -> None:
    customer, order = await shop.order(100)
    kettle = await shop.offer(50, pieces=3)
    case = await shop.change(customer, order, **more(kettle))
    assert await shop.free(kettle) == 2
    await case.ask("close_case", r.CloseCase, SUPERVISOR, reason="suspected fraud")
    assert await case.status() == "refused"
    assert await shop.free(kettle) == 3


async def test_order_change_has_no_tiers_to_climb_and_says_so(shop: Shop) -> None:
    customer, order = await shop.order(ago=LATE)
    case = await shop.change(customer, order, cancel="too late after all")
    with refused("other_case_type") as said:
        await case.ask("escalate", c.Escalate, EXPERT, reason="too hard")
    assert "escalate" in said[0].message
    assert "withdraw_change" in str(said[0].details["possible"])
