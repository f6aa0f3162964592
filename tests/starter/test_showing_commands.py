"""What commands show of cases: lists, a page with its clocks, and the timeline."""

from __future__ import annotations

import time

import pytest

from domain import errors
from domain.messages import CaseView, Wished
from domain.people import CustomerProfile
from domain.sla.clock import ClockEvent, ClockState
from domain.sla.rules import ClockKind
from domain.timeline import Entry
from starter.audit.findings import CaseAudit, Finding, Promise, Verdict
from starter.audit.record import EventRef
from starter.case_lines import CaseLine
from starter.cli.exits import ExitCode
from tests.starter.command_line import CASE, CUSTOMER, CommandLine

AGENT = "online-01"
NOON = 1_795_262_400_000


def test_list_shows_what_is_due_next_first_and_as_json_everything(cli: CommandLine) -> None:
    cli.service.lines = [
        CaseLine(
            f"C{number:02d}",
            "complaint",
            "in_progress",
            1,
            "online",
            "normal",
            "email",
            NOON - number,
            True,
            NOON,
            True,
        )
        for number in range(60)
    ]
    assert [line["case_id"] for line in cli.json("list")][:2] == ["C59", "C58"]
    code, out, _ = cli.run("list", "--team", "online", "--breached")
    assert code == ExitCode.OK
    assert "breached" in out
    assert "50 of 60" in out
    assert cli.service.queries[-1].endswith("CaseTeam = 'online' AND CaseBreached = true")


def a_clock() -> dict[str, object]:
    def event(what: str, cause: str, consumed: int) -> ClockEvent:
        return ClockEvent(
            at=NOON, what=what, cause=cause, consumed=consumed, budget=7_200_000, calendar="always", policy="charter@1"
        )

    return {
        "id": "first_response:1",
        "kind": ClockKind.FIRST_RESPONSE,
        "state": ClockState.MET,
        "budget": 7_200_000,
        "consumed": 60_000,
        "left": 7_140_000,
        "due": None,
        "next_step": None,
        "next_step_at": None,
        "task": None,
        "calendar": "always",
        "why": [event("started", "received by email", 0), event("met", "online-01 wrote", 60_000)],
    }


def a_task() -> dict[str, object]:
    return {
        "id": "T1",
        "kind": "resolve_complaint",
        "title": "Resolve the complaint",
        "team": "online",
        "tier": 1,
        "state": "reserved",
        "owner": AGENT,
        "owned_since": NOON,
        "eligible": [AGENT],
        "offered_at": NOON,
        "due": NOON,
        "draft": "Dear [customer]",
        "brief": {"subject": "It leaks"},
        "outcome": None,
        "verbs": ["release"],
    }


def a_view() -> CaseView:
    return CaseView(
        case_id=CASE,
        case_type="complaint",
        status="in_progress",
        actions=(),
        tier=1,
        team="online",
        priority="normal",
        channel="email",
        policy="charter@1",
        opened_at=NOON,
        subject="It [leaks]",
        description="[bold]And more[/bold]",
        customer=CustomerProfile(id=CUSTOMER),
        order=None,
        reachable_by=(),
        due=NOON,
        breached=True,
        outcome=None,
        facts={"type": "quality", "upset": True, "score": None},
        tasks=[a_task()],  # type: ignore[list-item]  # pydantic makes the view of it
        clocks=[a_clock()],  # type: ignore[list-item]
        linked=(),
        last_seq=7,
    )


def test_show_tells_of_each_clock_why(cli: CommandLine) -> None:
    cli.service.view = a_view()
    code, out, _ = cli.run("show", CASE)
    assert code == ExitCode.OK
    for said in (
        "It [leaks]",
        "[bold]And more[/bold]",
        "a promise was broken",
        "received by email",
        "online-01 wrote",
        "1 min used",
        "charter@1 · calendar always",
        "Dear [customer]",
        "T1 brief: subject: It leaks",
    ):
        assert said in out
    assert cli.json("show", CASE) == a_view().model_dump(mode="json")


def test_show_says_what_is_to_be_decided(cli: CommandLine) -> None:
    wish = (
        Wished(what="address", now="Ann, 1 Old Road", wanted="Ann, 2 New Road"),
        Wished(what="exchange", now="1 × Mug", wanted="1 × Cup", reason="does_not_fit", condition="opened"),
        Wished(what="in_advance"),
    )
    cli.service.view = a_view().model_copy(update={"wish": wish})
    _, out, _ = cli.run("show", CASE)
    assert "address: Ann, 1 Old Road → Ann, 2 New Road" in out
    assert "exchange: 1 × Mug → 1 × Cup · does not fit · opened" in out
    assert "in advance" in out


def test_case_that_does_not_exist_leaves_with_5(cli: CommandLine) -> None:
    assert cli.json("show", CASE, code=ExitCode.NOT_FOUND)["error"]["code"] == "case_not_found"


def test_timeline_shows_words_as_they_were_said(cli: CommandLine) -> None:
    cli.service.entries = [
        Entry(seq=1, at=NOON, what="tier_entered", by="duecourse", facts={"tier": 1, "late_by_ms": 90_000}),
        Entry(seq=2, at=NOON, what="replied", by=AGENT, text="[red]Sorry[/red]"),
    ]
    _, out, _ = cli.run("timeline", CASE)
    assert "late by ms 1 min 30 s" in out
    assert "“[red]Sorry[/red]”" in out
    assert [entry["seq"] for entry in cli.json("timeline", CASE, "--last", "1")] == [2]


def test_times_are_local_with_their_zone(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        cli.service.view = a_view()
        assert "2026-11-21 20:00:00 CST" in cli.run("show", CASE)[1]
        cli.service.refuses = lambda _: errors.TaskAlreadyClaimedError("taken by X at 2026-11-21 12:00:00Z")
        assert "taken by X at 2026-11-21 20:00:00 CST" in cli.run("task", "claim", "C", "T1", "--as", AGENT)[2]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_audit_shows_each_promise_with_its_verdict_when_it_was_due_and_by_how_much_it_was_late(
    cli: CommandLine,
) -> None:
    assert "nothing was promised" in cli.run("audit", CASE)[1]
    missed = Finding(CASE, Promise.TIER_TIME, Verdict.MISSED, "time of tier 1", (EventRef(1, 7),), 1, 885_000, NOON)
    running = Finding(CASE, Promise.STATUS_UPDATE, Verdict.RUNNING, "sign of life", due_at=NOON)
    cli.service.audited = CaseAudit(CASE, "complaint", (missed, running), (), ended=False, outcome=None)
    _, out, _ = cli.run("audit", CASE)
    for said in ("missed", "running", "time of tier 1", "14 min 45 s", "1/7"):
        assert said in out
    told = cli.json("audit", CASE)
    assert told["counts"] == {"kept": 0, "missed": 1, "broken": 0, "running": 1}
    assert told["promises"][1]["due_at"] == NOON
