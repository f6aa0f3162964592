"""The audit of a case: each promise with its verdict and the events that prove it."""

from __future__ import annotations

from starter.audit.findings import CaseAudit, Finding, Promise, Verdict
from starter.audit.record import EventRef
from tests.starter.api.calling import CASE, LEAD, Api, view_of
from tests.starter.auditing import audited, recorded

COUNTS = {"kept": 1, "missed": 1, "broken": 0, "running": 0}


async def test_audit_says_how_each_promise_was_treated_and_what_proves_it(api: Api) -> None:
    api.service.view = view_of("management")
    late = Finding(CASE, Promise.TIER_TIME, Verdict.MISSED, "tier 1 took too long", (EventRef(1, 7),), 1, 90_000)
    kept = Finding(CASE, Promise.ENDING, Verdict.KEPT, "one beginning")
    api.service.audited = CaseAudit(CASE, "complaint", (late, kept), (), ended=True, outcome="resolved")
    answered = await api.get(f"/v1/cases/{CASE}/audit", await api.person(LEAD))
    assert answered.status_code == 200, answered.text
    told = answered.json()
    assert (told["ended"], told["outcome"], told["counts"]) == (True, "resolved", COUNTS)
    assert told["promises"][0] == {
        "promise": "tier_time",
        "promised": "a tier keeps a case no longer than its time, then it climbs",
        "verdict": "missed",
        "about": "tier 1 took too long",
        "events": [str(EventRef(1, 7))],
        "tier": 1,
        "late_by": 90_000,
        "due_at": None,
    }


async def test_audit_of_a_case_that_was_lived_through_fits_into_the_answer(api: Api) -> None:
    api.service.audited = await audited(recorded("tier_1_hands_over_after_30_minutes-1"))
    answered = await api.get(f"/v1/cases/{CASE}/audit", await api.system())
    assert answered.status_code == 200, answered.text
    told = answered.json()
    assert len(told["promises"]) == len(api.service.audited.findings) > 3
    assert sum(told["counts"].values()) == len(told["promises"])
    assert [stay["tier"] for stay in told["stays"]] == [stay.tier for stay in api.service.audited.stays]
