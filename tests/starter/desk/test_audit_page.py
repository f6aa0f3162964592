"""The audit page: what was promised, what became of it, when it was due and by how much it was late."""

from __future__ import annotations

import re

from domain.sla.spans import MINUTE, SECOND
from starter.audit.findings import CaseAudit, Finding, Promise, Verdict
from starter.audit.record import EventRef
from tests.domain.cases import MONDAY
from tests.starter.api.calling import AGENT, CASE, LEAD, SUPERVISOR, Api, view_of
from tests.starter.desk.test_pages import NASTY

PAGE = f"/desk/cases/{CASE}/audit"

FOUND = (
    Finding(CASE, Promise.ENDING, Verdict.KEPT, NASTY),
    Finding(CASE, Promise.TIER_TIME, Verdict.RUNNING, "time of tier 2", tier=2, due_at=MONDAY),
    Finding(CASE, Promise.TIER_TIME, Verdict.MISSED, "time of tier 1", (EventRef(1, 7),), 1, 14 * MINUTE + 45 * SECOND),
)


async def test_page_shows_what_was_missed_first_with_due_time_lateness_and_proof(api: Api) -> None:
    api.service.audited = CaseAudit(CASE, "complaint", FOUND, (), ended=False, outcome=None)
    page = (await api.get(PAGE, await api.person(SUPERVISOR))).text
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
    assert [re.findall(r"[✗…✓] ([a-z, ]+)", row) for row in rows] == [["missed, on record"], ["running"], ["kept"]]
    assert "14 min 45 s" in rows[0]
    assert "#1/7" in rows[0]
    assert '<time datetime="' in rows[1]
    assert "<script>alert" not in page
    assert "missed, on record 1 · running 1 · kept 1" in page


async def test_page_is_there_in_chinese_and_for_a_case_of_which_nothing_is_known_yet(api: Api) -> None:
    who = {**(await api.person(SUPERVISOR)), "Accept-Language": "zh-CN"}
    api.service.audited = CaseAudit(CASE, "complaint", FOUND, (), ended=False, outcome=None)
    assert "未兑现（已记录）" in (await api.get(PAGE, who)).text
    api.service.audited = CaseAudit(CASE, "complaint", (), (), ended=False, outcome=None)
    assert "本工单尚无任何承诺" in (await api.get(PAGE, who)).text


async def test_every_line_is_said_in_the_readers_language_and_what_has_no_other_words_is_marked_as_english(
    api: Api,
) -> None:
    who = {**(await api.person(SUPERVISOR)), "Accept-Language": "zh-CN"}
    api.service.audited = CaseAudit(CASE, "complaint", FOUND, (), ended=False, outcome=None)
    page = (await api.get(PAGE, who)).text
    assert "第 1 级处理时限" in page
    assert "time of tier" not in page
    assert page.count('lang="en">&lt;script') == 1
    english = (await api.get(PAGE, {**who, "Accept-Language": "en"})).text
    assert "time of tier 1" in english


async def test_who_leads_is_led_there_from_the_case_and_agents_are_not(api: Api) -> None:
    link = f'href="{PAGE}"'
    assert link in (await api.get(f"/desk/cases/{CASE}", await api.person(SUPERVISOR))).text
    who = await api.person(AGENT)
    assert link not in (await api.get(f"/desk/cases/{CASE}", who)).text
    assert (await api.get(PAGE, who)).status_code == 403
    api.service.view = view_of("management")
    api.service.audited = CaseAudit(CASE, "complaint", FOUND, (), ended=False, outcome=None)
    assert (await api.get(PAGE, await api.person(LEAD))).status_code == 200
