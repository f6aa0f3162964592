"""The board: who sees what, acting on many with one reason, and what each case answered."""

from __future__ import annotations

import re
from typing import Any

import pytest

from activities.assignment.duty_book import DutyBook
from activities.clock import wall_clock
from domain.assignment.duty import Presence
from domain.errors import NotEligibleError, WrongStatusError
from domain.projection import ShownTask
from domain.sla.clock import ClockEvent, ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from domain.tasks import TaskState
from readmodel.board import Load
from starter.desk.board.crew import crew, members
from starter.refusals import UnavailableError
from starter.staffing import staff_of
from tests.readmodel.projections import clock, projection, task
from tests.starter.api.calling import AGENT, AUDITOR, CASE, LEAD, NOON, SUPERVISOR, Api, view_of
from tests.starter.command_line import charter
from tests.starter.desk.customer.visiting import ticking
from tests.starter.desk.test_pages import NASTY, post

FIRST, SECOND = "CBQARDAAAAAAA2", "CBQARDAAAAAAA3"
LONG_AGO = 1_000_000


async def put(api: Api, case_id: str, *tasks: ShownTask, **fields: Any) -> None:
    given = {"clocks": (clock(budget=HOUR, due=LONG_AGO),), "due": LONG_AGO, "subject": case_id, "tasks": tasks}
    await api.store.readmodel.remove(case_id)
    assert await api.store.readmodel.write(projection(case_id, at=NOON, **{**given, **fields}))


def numbered(number: int) -> str:
    """A number that a case may have."""
    return f"CTICK{number:09}".translate(str.maketrans("0189", "AIJK"))


def listed(page: str) -> list[str]:
    return re.findall(r'<li class="entry" id="(C\w+)"', page)


async def test_board_shows_what_is_at_risk_and_whom_it_waits_on(api: Api) -> None:
    await put(api, FIRST, task(owner=AGENT, state=TaskState.IN_PROGRESS), subject=NASTY)
    await put(api, SECOND, clocks=(), due=None)
    answered = await api.get("/desk/board", await api.person(SUPERVISOR))
    assert answered.status_code == 200
    assert FIRST in listed(answered.text)
    assert SECOND not in listed(answered.text)
    assert re.search(rf"a colleague: \w[\w ]* – {AGENT}", answered.text)
    assert "<script>alert" not in answered.text
    assert re.findall(r"<style| style=| on[a-z]+=", answered.text) == []


async def test_looks_find_what_is_broken_and_what_nobody_has(api: Api) -> None:
    await put(api, FIRST, task(), breached=True)
    await put(api, SECOND, task(owner=AGENT, state=TaskState.RESERVED))
    who = await api.person(SUPERVISOR)
    for look in ("breached", "unassigned"):
        found = listed((await api.get(f"/desk/board?sight={look}", who)).text)
        assert FIRST in found
        assert SECOND not in found


async def test_what_is_still_owed_and_late_is_a_look_and_says_by_how_much(api: Api) -> None:
    over = wall_clock() - 32 * MINUTE - 1
    late = clock(kind=ClockKind.FIRST_RESPONSE, state=ClockState.BREACHED, due=over, breached_at=over)
    await put(api, FIRST, clocks=(late,), due=None, breached=True)
    await put(api, SECOND, clocks=(), due=wall_clock() + 20 * MINUTE)
    who = await api.person(SUPERVISOR)
    overdue = (await api.get("/desk/board?sight=overdue", who)).text
    assert (FIRST in listed(overdue), SECOND in listed(overdue)) == (True, False)
    assert "Still owed: first response, 32 min over" in overdue
    soon = listed((await api.get("/desk/board?sight=due_soon", who)).text)
    assert (FIRST in soon, SECOND in soon) == (False, True)


async def test_lead_sees_own_teams_and_asks_nothing_of_many(api: Api) -> None:
    await put(api, FIRST, team="management")
    await put(api, SECOND, team="online")
    page = (await api.get("/desk/board", await api.person(LEAD))).text
    assert FIRST in listed(page)
    assert SECOND not in listed(page)
    auditors = (await api.get("/desk/board", await api.person(AUDITOR))).text
    assert {FIRST, SECOND} <= {*listed(auditors)}
    assert 'name="verb"' not in auditors
    assert (await api.get("/desk/board", await api.person(AGENT))).status_code == 403


async def test_what_was_ticked_stays_ticked_while_the_board_comes_up_to_date(api: Api) -> None:
    await put(api, FIRST)
    await put(api, SECOND)
    page = (await api.get(f"/desk/board?case={FIRST}", await api.person(SUPERVISOR))).text
    ticked = re.findall(r'name="case" value="(\w+)" checked', page)
    assert ticked == [FIRST]


async def test_what_was_ticked_on_one_page_of_the_board_stays_ticked_on_the_next(api: Api) -> None:
    for number in range(51):
        await put(api, numbered(number))
    who = await api.person(SUPERVISOR)
    first = (await api.get(f"/desk/board?sight=all&case={numbered(0)}", who)).text
    [cursor] = re.findall(r'name="after" value="([^"]+)" formaction="/desk/board"', first)
    second = (await api.get(f"/desk/board?sight=all&case={numbered(0)}&case=%3Cb%3E&after={cursor}", who)).text
    assert numbered(0) not in listed(second)
    assert "not on this page: 1" in second
    assert re.findall(r'name="case" value="(\w+)" checked', second) == [numbered(0)]
    assert f"after={cursor}" in re.findall(r'hx-get="(/desk/board[^"]*)"', second)[0]
    assert "&lt;b&gt;" not in second


async def test_page_says_what_is_meant_in_each_case_before_anything_is_asked(api: Api) -> None:
    await put(api, FIRST)
    await put(api, SECOND, clocks=())
    who = await api.person(SUPERVISOR)
    page = (await api.get(f"/desk/board/act?verb=extend_clock&case={FIRST}&case={SECOND}", who)).text
    assert re.findall(r'name="on\.(\w+)" value="([^"]*)"', page) == [(FIRST, "tier:1")]
    assert "makes no sense for: 1" in page
    assert "no promise runs that a person must keep" in page
    assert api.service.asked == []


async def test_of_several_promises_one_chooses_which_gets_more_time(api: Api) -> None:
    first = clock(1, kind=ClockKind.FIRST_RESPONSE, due=LONG_AGO)
    await put(api, FIRST, clocks=(clock(2, due=LONG_AGO + HOUR), first))
    page = (await api.get(f"/desk/board/act?verb=extend_clock&case={FIRST}", await api.person(SUPERVISOR))).text
    chosen_among = page.split(f'<select id="on.{FIRST}"')[1].split("</select>")[0]
    assert re.findall(r'value="([^"]*)">([a-z ]+) ·', chosen_among) == [
        ("tier:1", "first response"),
        ("tier:2", "time of the tier"),
    ]


async def test_all_that_are_shown_may_be_meant_and_a_queue_before_a_colleague(api: Api) -> None:
    await put(api, FIRST, task(1, owner=AGENT, state=TaskState.RESERVED, due=1), task(2, due=9))
    asked = f"/desk/board/act?verb=reassign&which=all&shown={FIRST}&case={SECOND}"
    page = (await api.get(asked, await api.person(SUPERVISOR))).text
    assert re.findall(r'name="on\.(\w+)" value="([^"]*)"', page) == [(FIRST, "T2")]
    assert f'<option value="{AGENT}"' in page


async def test_task_is_offered_to_its_own_team_with_who_is_there_first(api: Api) -> None:
    await put(api, FIRST, task(1))
    await DutyBook(api.store.engine).say("online-09", Presence.AVAILABLE)
    page = (await api.get(f"/desk/board/act?verb=reassign&case={FIRST}", await api.person(SUPERVISOR))).text
    assert re.findall(r'<optgroup label="([^"]*)">', page) == ["Online service"]
    offered = re.findall(r'<option value="([\w-]+)">([^<]*)</option>', page)
    assert re.fullmatch(r"online-09 · available · 0 in hand · room \d+", offered[0][1])
    assert {one.rpartition("-")[0] for one, _ in offered} == {"online"}


async def test_many_are_asked_the_same_with_one_reason_each_on_its_own_clock(api: Api) -> None:
    filled = {f"on.{FIRST}": "tier:1", f"on.{SECOND}": "promise:2", "verb": "extend_clock", "request_id": "b-1"}
    answered = await post(
        api, "/desk/board/act", await api.person(SUPERVISOR), **filled, by="1h30m", reason="The shop was down"
    )
    assert answered.status_code == 200
    asked = [(case_id, request.model_dump()) for case_id, verb, request in api.service.asked if verb == "extend_clock"]
    assert [(case_id, one["clock"], one["by"], one["reason"]) for case_id, one in asked] == [
        (FIRST, "tier:1", 5_400_000, "The shop was down"),
        (SECOND, "promise:2", 5_400_000, "The shop was down"),
    ]
    assert {(one["request_id"], one["actor"]["id"]) for _, one in asked} == {("b-1", SUPERVISOR)}
    assert "Done: 2. Not done: 0." in answered.text


RAISED = {f"on.{FIRST}": "", "verb": "change_priority", "priority": "high", "reason": "VIP", "request_id": "b-3"}


async def put_with_a_tier(api: Api, used: int) -> None:
    ago = wall_clock() - used
    tier = clock(budget=30 * MINUTE, running_since=ago, started_at=ago, due=ago + 30 * MINUTE)
    await put(api, FIRST, clocks=(tier,), tier=1)


async def test_what_a_priority_would_break_is_said_first_and_asked_of_nobody_until_that_is_ticked(api: Api) -> None:
    await put_with_a_tier(api, 24 * MINUTE)
    who = await api.person(SUPERVISOR)
    asking = (await api.get(f"/desk/board/act?verb=change_priority&case={FIRST}", who)).text
    assert "time of the tier breaks at once and the case goes to tier 2" in asking
    assert 'name="sure"' in asking
    unsure = await post(api, "/desk/board/act", who, **RAISED)
    assert (unsure.status_code, api.service.asked) == (422, [])
    assert re.search(r'name="sure" value="true" required', unsure.text)
    done = (await post(api, "/desk/board/act", who, **RAISED, sure="true")).text
    assert [verb for _, verb, _ in api.service.asked] == ["change_priority"]
    assert "Cases in which a promise broke at once: 1." in done
    assert "broke at once and the case went to tier 2" in done


async def test_page_of_a_case_says_what_another_priority_would_break_and_offers_not_its_own(api: Api) -> None:
    await put_with_a_tier(api, 24 * MINUTE)
    policy = (await api.gate.staff.policy()).version
    api.service.view = view_of(case_id=FIRST, policy=policy)
    page = (await api.get(f"/desk/cases/{FIRST}", await api.person(SUPERVISOR))).text
    form = page.split('id="change_priority"')[1].split("</form>")[0]
    assert "time of the tier breaks at once and the case goes to tier 2" in form
    assert re.findall(r'<option value="([a-z]+)">([a-z]+)<', form) == [("high", "high")]
    assert f'href="/desk/board/act?verb=adopt_policy&amp;case={FIRST}"' in page
    chinese = {**(await api.person(SUPERVISOR)), "Accept-Language": "zh-CN"}
    assert ">高</option>" in (await api.get(f"/desk/cases/{FIRST}", chinese)).text
    agents = (await api.get(f"/desk/cases/{FIRST}", await api.person(AGENT))).text
    assert "breaks at once" not in agents


async def test_what_breaks_nothing_needs_no_tick_and_says_when_it_is_due_then(api: Api) -> None:
    await put_with_a_tier(api, 5 * MINUTE)
    who = await api.person(SUPERVISOR)
    looked = (await post(api, "/desk/board/act", who, **RAISED, look="1")).text
    assert ("next due" in looked, 'name="sure"' in looked, api.service.asked) == (True, False, [])
    done = (await post(api, "/desk/board/act", who, **RAISED)).text
    assert [verb for _, verb, _ in api.service.asked] == ["change_priority"]
    assert re.search(r"high:\s*next due .* \((10|9) min left\)", done)


async def test_each_refusal_stands_beside_its_case_and_the_others_are_done(api: Api) -> None:
    await put(api, FIRST, subject="Refused <one>")
    answers = iter([WrongStatusError("nothing to report"), None])
    api.service.refuses = lambda _: next(answers)
    filled = {f"on.{FIRST}": "", f"on.{SECOND}": "", "verb": "send_update_now", "reason": "Storm"}
    answered = await post(api, "/desk/board/act", await api.person(SUPERVISOR), **filled)
    assert "Done: 1. Not done: 1." in answered.text
    assert "Refused &lt;one&gt;" in answered.text
    assert [case_id for case_id, _, _ in api.service.asked] == [SECOND]
    assert 'name="request_id"' not in answered.text


async def test_who_did_not_answer_may_be_asked_again_under_the_same_name(api: Api) -> None:
    api.service.refuses = lambda _: UnavailableError("nobody answers")
    filled = {f"on.{FIRST}": "", "verb": "send_update_now", "reason": "Storm", "request_id": "b-2"}
    page = (await post(api, "/desk/board/act", await api.person(SUPERVISOR), **filled)).text
    assert dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)) | filled == filled | {
        "language": "zh-CN",
        "onward": "/desk/board",
    }


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"reason": " "}, 422),
        ({"by": "soon"}, 422),
        ({"verb": "reply"}, 422),
        ({"verb": "nominate_task"}, 422),
        ({"on.duecourse-digest": "tier:1"}, 404),
        ({f"on.{FIRST}": "<b>"}, 422),
    ],
)
async def test_what_is_not_as_expected_is_asked_of_nobody(api: Api, changed: dict[str, str], status: int) -> None:
    filled = {f"on.{FIRST}": "tier:1", "verb": "extend_clock", "by": "1h", "reason": "x" * 20, **changed}
    answered = await post(api, "/desk/board/act", await api.person(SUPERVISOR), **filled)
    assert answered.status_code == status
    assert '"refusal"' in answered.text
    assert api.service.asked == []


async def test_whoever_ticks_too_many_loses_no_tick_and_whoever_ticks_nothing_is_told_so_on_the_same_board(
    api: Api,
) -> None:
    who = await api.person(SUPERVISOR)
    many = "&".join(f"case={numbered(number)}" for number in range(101))
    told = await api.get(f"/desk/board/act?verb=close_case&sight=all&which=chosen&{many}", who)
    board = (await api.get(told.headers["location"], who)).text
    assert "101 cases are ticked, and at most 100 can be asked at once" in board
    assert len(re.findall(r'name="case" value="\w+" checked', board)) == 101
    assert re.search(r'<option value="close_case" selected>', board)
    back = await api.get("/desk/board/act?verb=close_case&sight=overdue&team=online&which=chosen", who)
    assert back.headers["location"] == "/desk/board?sight=overdue&team=online&verb=close_case&none=1"
    assert "tick at least one case" in (await api.get(back.headers["location"], who)).text


async def test_whoever_cannot_take_a_task_is_named_to_whoever_gave_it(api: Api) -> None:
    api.service.refuses = lambda _: NotEligibleError("online-01 is not a member of team phone")
    filled = {f"on.{FIRST}": "T1", "verb": "reassign", "to": AGENT, "reason": "Storm"}
    page = (await post(api, "/desk/board/act", await api.person(SUPERVISOR), **filled)).text
    assert f"{AGENT} cannot take it</strong>" in page


async def test_crew_is_everybody_of_the_teams_with_most_work_first(api: Api) -> None:
    policy = charter()
    loads = [Load(owner=AGENT, tasks=2, aside=1, due=5), Load(owner="gone-01", tasks=3, aside=0, due=None)]
    await DutyBook(api.store.engine).say("online-09", Presence.AVAILABLE)
    people = await staff_of(api.store, policy, members(policy, ["online"]))
    own = crew(people, loads)
    assert [(mate.id, mate.tasks, mate.aside, mate.due) for mate in own[:2]] == [
        (AGENT, 2, 1, 5),
        ("online-09", 0, 0, None),
    ]
    assert {mate.id for mate in own} == {*policy.teams["online"].members}
    assert own[1].room > 0
    assert {mate.room for mate in own[2:]} == {0}
    everybody = crew(people, loads, ["gone-01"])
    assert [(mate.id, mate.person is None) for mate in everybody[:2]] == [("gone-01", True), (AGENT, False)]


async def test_who_is_at_work_or_has_tasks_stands_before_the_fold(api: Api) -> None:
    await put(api, FIRST, task(owner=AGENT, state=TaskState.IN_PROGRESS))
    await DutyBook(api.store.engine).say("online-09", Presence.BUSY)
    page = (await api.get("/desk/board?team=online", await api.person(SUPERVISOR))).text
    first, folded = page[page.index('id="crew"') :].split('<details id="others">')
    assert {AGENT, "online-09"} <= {*re.findall(r'<th scope="row">([\w-]+)</th>', first)}
    assert "online-20" in re.findall(r'<th scope="row">([\w-]+)</th>', folded)
    assert "online-20" not in first


async def test_board_says_who_is_there(api: Api) -> None:
    await DutyBook(api.store.engine).say("online-09", Presence.BUSY)
    page = (await api.get("/desk/board?team=online", await api.person(SUPERVISOR))).text
    assert re.search(r"online-09</th>\s*<td>busy", page)
    assert "phone-01</th>" not in page


async def test_page_of_a_case_says_what_is_still_owed(api: Api) -> None:
    over, ahead = wall_clock() - 32 * MINUTE - 1, wall_clock() + HOUR
    began = ClockEvent(
        at=NOON, what="started", cause="opened", consumed=0, budget=HOUR, calendar="always", policy="charter@1"
    )
    running = [ticking(ClockKind.TIER, ahead), ticking(ClockKind.FIRST_RESPONSE, over)]
    clocks = [one.model_copy(update={"why": [began]}) for one in running]
    api.service.view = view_of(clocks=clocks, due=ahead)
    page = (await api.get(f"/desk/cases/{CASE}", await api.person(SUPERVISOR))).text
    assert re.search(r'Still owed:</dt><dd>first response\s*<span class="due due-late">.*32 min over', page)
