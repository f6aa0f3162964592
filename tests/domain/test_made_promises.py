"""Promises that somebody makes on the way: each has a clock, is watched by whoever made it, and is kept or missed."""

from __future__ import annotations

from typing import Any

from domain import promises
from domain import requests as r
from domain.deeds import NoticeKind
from domain.people import Actor
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR
from domain.views import view_case
from tests.domain.cases import AGENT, AUDITOR, CUSTOMER, EXPERT
from tests.domain.changes import CUP, changing
from tests.domain.returns import RunningReturn, returning
from tests.domain.shop_cases import RunningShopCase


def promise(running: RunningShopCase, actor: Actor = AGENT, **fields: Any) -> None:
    asked = {"text": "A courier on Friday", "within": 2 * DAY, **fields}
    running.ask(promises.make_promise, r.MakePromise, actor, **asked)


def keep(running: RunningShopCase, name: str = "P1") -> None:
    running.ask(promises.keep_promise, r.KeepPromise, EXPERT, promise=name)


def watched() -> RunningReturn:
    running = returning()
    running.deliver()
    promise(running)
    return running


def test_promise_is_recorded_told_and_kept() -> None:
    running = watched()
    assert running.messages[-1].words["text"] == "A courier on Friday"
    assert running.messages[-1].author == AGENT.id
    running.wait(DAY)
    keep(running)
    assert running.clock(ClockKind.PROMISE).state == "met"
    [shown] = view_case(running.case, "return", (), {}, running.now).promises
    assert (shown.id, shown.made_by, shown.kept_at) == ("P1", AGENT.id, running.now)
    assert "promise_kept" in running.story


def test_promise_that_was_spoken_already_is_not_written_again() -> None:
    running = returning()
    running.deliver()
    promise(running, tell=False)
    assert running.messages == []


def test_whoever_promised_is_reminded_and_a_miss_is_on_record_until_it_is_kept_after_all() -> None:
    running = watched()
    running.wait(2 * DAY + HOUR)
    mine = [notice for notice in running.notices if AGENT.id in notice.recipients]
    assert [notice.notice for notice in mine] == [NoticeKind.NEAR_DUE, NoticeKind.BREACH]
    assert all("promise P1" in notice.about for notice in mine)
    assert running.case.state.breached
    keep(running)
    assert running.clock(ClockKind.PROMISE).state == "breached"
    assert running.case.open_promises == []


def test_return_is_not_closed_before_its_promises_are_kept() -> None:
    running = watched()
    promise(running, tell=False, text="A voucher")
    running.comes_back()
    running.inspect()
    running.rate()
    keep(running, "P2")
    assert running.case.status == "confirming"
    keep(running)
    assert running.case.status == "closed"


def test_only_staff_promise_and_only_what_was_promised_is_kept() -> None:
    running = watched()
    for actor in (CUSTOMER, AUDITOR):
        with running.refused("not_allowed"):
            promise(running, actor)
    with running.refused("promise_not_found") as said:
        keep(running, "P7")
    assert said["open"] == ["P1"]
    keep(running)
    with running.refused("wrong_status"):
        keep(running)


def test_every_type_of_case_can_promise() -> None:
    running = changing(lines=CUP)
    promise(running)
    assert running.clock(ClockKind.PROMISE).state == "running"
