"""What each command asks, what it prints for people and machines, and the code it leaves with."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from domain import errors
from domain.complaint.messages import Reopen
from domain.messages import CaseView
from domain.people import CustomerProfile
from domain.sla.clock import ClockEvent, ClockState
from domain.sla.rules import ClockKind
from domain.timeline import Entry
from starter.case_lines import CaseLine
from starter.cli import app
from starter.cli.asking import request_type
from starter.cli.exits import ExitCode, exit_code_of
from starter.refusals import UnavailableError
from tests.starter.command_line import CASE, CUSTOMER, CommandLine
from workflows.complaint import ComplaintWorkflow

ROOT = Path(__file__).resolve().parents[2]
AGENT, SUPERVISOR = "online-01", "supervisor-01"

OPEN = ("complaint", "open", "--source", "s", "--reference", "1", "--channel", "email", "--subject", "It leaks")

VERBS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("promise C a-courier --within 2d", AGENT, "make_promise", {"text": "a-courier"}),
    ("keep-promise C --promise P1", AGENT, "keep_promise", {"promise": "P1"}),
    ("task claim C T1", AGENT, "claim_task", {"task_id": "T1"}),
    ("task release C T1", AGENT, "release_task", {"reason": None}),
    ("task release C T1 --reason why", AGENT, "release_task", {"reason": "why"}),
    ("task start C T1", AGENT, "start_task", {"task_id": "T1"}),
    ("task complete C T1 --set solution=new", AGENT, "complete_task", {"form": {"solution": "new"}}),
    ("task delegate C T1 --to online-02 --reason why", AGENT, "delegate_task", {"reason": "why"}),
    ("task forward C T1 --team social --reason why", AGENT, "forward_task", {"team": "social"}),
    ("task nominate C T1 --person online-02 --reason why", SUPERVISOR, "nominate_task", {"reason": "why"}),
    ("task suspend C T1 --reason why", AGENT, "suspend_task", {"reason": "why"}),
    ("task resume C T1", AGENT, "resume_task", {"task_id": "T1"}),
    ("task skip C T1 --reason why", SUPERVISOR, "skip_task", {"reason": "why"}),
    ("task exclude C T1 --person online-02 --reason why", SUPERVISOR, "exclude_owner", {"person": "online-02"}),
    ("task draft C T1 words", AGENT, "save_draft", {"draft": "words"}),
    ("reply C words", AGENT, "reply", {"text": "words", "await_answer": False}),
    ("reply C words --await-answer", AGENT, "reply", {"await_answer": True}),
    ("note C words", AGENT, "add_note", {"text": "words"}),
    ("escalate C --reason why --sensitive", AGENT, "escalate", {"reason": "why", "sensitive": True}),
    (
        "ask C --to warehouse=Where? --within 4h",
        AGENT,
        "ask_departments",
        {"questions": [{"team": "warehouse", "question": "Where?", "within": 14_400_000}]},
    ),
    ("merge C --into D --reason why", AGENT, "merge into D", {"reason": "why"}),
    ("customer-reply C words", CUSTOMER, "customer_reply", {"text": "words"}),
    ("answer C --satisfied --score 5", CUSTOMER, "answer_solution", {"satisfied": True, "score": 5}),
    ("answer C --not-satisfied", CUSTOMER, "answer_solution", {"satisfied": False, "score": None}),
    ("withdraw C --text enough", CUSTOMER, "withdraw", {"text": "enough"}),
    ("reopen C --reason why", CUSTOMER, "reopen", {"reason": "why"}),
    ("reassign C T1 --to online-02 --reason why", SUPERVISOR, "reassign", {"task_id": "T1"}),
    ("extend C tier:1 --by 1h30m --reason why", SUPERVISOR, "extend_clock", {"clock": "tier:1", "by": 5_400_000}),
    ("pause C tier:1 --reason why", SUPERVISOR, "pause_clock", {"clock": "tier:1"}),
    ("resume C tier:1 --reason why", SUPERVISOR, "resume_clock", {"clock": "tier:1"}),
    ("force-tier C 3 --reason why", SUPERVISOR, "force_tier", {"tier": 3}),
    ("update-now C --reason why", SUPERVISOR, "send_update_now", {"reason": "why"}),
    ("priority C high --reason why", SUPERVISOR, "change_priority", {"priority": "high"}),
    ("close C --reason why", SUPERVISOR, "close_case", {"reason": "why"}),
]


@pytest.mark.parametrize(("command", "actor", "verb", "fields"), VERBS, ids=[verb[0] for verb in VERBS])
def test_command_asks_the_case(cli: CommandLine, command: str, actor: str, verb: str, fields: dict[str, Any]) -> None:
    answer = cli.json(*command.split(), "--as", actor, "--request-id", "r-1")
    case_id, asked, request = cli.last
    assert (case_id, asked) == ("C", verb)
    assert fields.items() <= request.items()
    assert request["actor"]["id"] == actor
    assert (answer["case_id"], answer["request_id"], request["request_id"]) == ("C", "r-1", "r-1")


def test_every_update_of_the_workflow_has_a_command() -> None:
    updates = {name for name in dir(ComplaintWorkflow) if hasattr(getattr(ComplaintWorkflow, name), "validator")}
    assert len(updates) > 25
    assert updates - {verb for _, _, verb, _ in VERBS} == {"merge", "adopt_policy", "open_linked_case"}
    assert all(request_type(verb).__name__ for verb in updates)


# --- who somebody is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff_id", "role", "teams"),
    [
        ("online-01", "agent", ["online"]),
        ("online-21", "agent", ["online", "vip"]),
        ("manager-01", "lead", ["management"]),
        ("supervisor-01", "supervisor", ["supervisors"]),
    ],
)
def test_role_and_teams_of_staff_come_from_the_policy(
    cli: CommandLine, staff_id: str, role: str, teams: list[str]
) -> None:
    cli.json("note", "C", "words", "--as", staff_id)
    assert cli.last[2]["actor"] == {"id": staff_id, "role": role, "teams": teams}


def test_people_that_a_request_names_come_with_their_teams(cli: CommandLine) -> None:
    cli.json("task", "delegate", "C", "T1", "--to", "phone-02", "--reason", "why", "--as", AGENT)
    assert cli.last[2]["to"] == {"id": "phone-02", "role": "agent", "teams": ["phone"]}
    nominate = ("task", "nominate", "C", "T1", "--person", "phone-02", "--person", "expert-01", "--reason", "why")
    cli.json(*nominate, "--as", SUPERVISOR)
    assert [person["id"] for person in cli.last[2]["people"]] == ["phone-02", "expert-01"]


@pytest.mark.parametrize("actor", ["nobody-99", CUSTOMER])
def test_nobody_acts_as_staff_without_being_of_the_staff(cli: CommandLine, actor: str) -> None:
    refused = cli.json("reply", "C", "words", "--as", actor, code=ExitCode.REFUSED)
    assert refused["error"]["code"] == "not_allowed"
    assert cli.service.asked == []


def test_customer_acts_as_customer_only_where_customers_may(cli: CommandLine) -> None:
    cli.json("withdraw", "C", "--as", CUSTOMER)
    assert cli.last[2]["actor"]["role"] == "customer"
    cli.json("withdraw", "C", "--as", AGENT)
    assert cli.last[2]["actor"]["role"] == "agent"
    assert cli.json("withdraw", "C", "--as", "K999999", code=ExitCode.REFUSED)


def test_policy_is_adopted_by_its_name_in_its_latest_version(cli: CommandLine) -> None:
    cli.json("adopt-policy", "C", "charter", "--reason", "why", "--as", SUPERVISOR)
    assert cli.last[2]["policy"].startswith("charter@")
    assert cli.json("adopt-policy", "C", "nothing", "--reason", "why", "--as", SUPERVISOR, code=ExitCode.NOT_FOUND)


# --- request ids, words and forms ---------------------------------------------------------------------------


def test_request_id_is_made_up_anew_each_time_and_told(cli: CommandLine) -> None:
    first, second = (cli.json("note", "C", "words", "--as", AGENT)["request_id"] for _ in range(2))
    assert first != second
    assert cli.last[2]["request_id"] == second


def test_words_come_through_stdin(cli: CommandLine) -> None:
    code, _, _ = cli.run("reply", "C", "-", "--as", AGENT, stdin="many\nlines\n")
    assert code == ExitCode.OK
    assert cli.last[2]["text"] == "many\nlines"


def test_form_is_made_of_json_and_single_fields(cli: CommandLine) -> None:
    money = '{"minor": 5, "currency": "CNY"}'
    complete = ("task", "complete", "C", "T1", "--form", '{"solution": "old", "score": 4}')
    cli.json(*complete, "--set", "solution=a=b", "--set", f"goodwill={money}", "--as", AGENT)
    assert cli.last[2]["form"] == {"solution": "a=b", "score": 4, "goodwill": json.loads(money)}


@pytest.mark.parametrize("form", [("--form", "[1]"), ("--form", "{"), ("--set", "solution"), ("--set", "=x")])
def test_form_that_is_none_is_refused_before_anybody_is_asked(cli: CommandLine, form: tuple[str, str]) -> None:
    refused = cli.json("task", "complete", "C", "T1", *form, "--as", AGENT, code=ExitCode.USAGE)
    assert refused["error"]["details"]["field"] == "form"
    assert cli.service.asked == []


def test_forms_are_shown_for_people_and_as_json_schema(cli: CommandLine) -> None:
    assert set(cli.json("task", "forms", "follow_up")["follow_up"]["properties"]) == {"score", "remarks", "reopen"}
    code, out, _ = cli.run("task", "forms")
    assert code == ExitCode.OK
    assert "measure_due         date" in out
    assert cli.json("task", "forms", "nothing", code=ExitCode.USAGE)


# --- exit codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InvalidInputError("no", field="x"), ExitCode.USAGE),
        (errors.FormInvalidError("no"), ExitCode.USAGE),
        (errors.TaskAlreadyClaimedError("taken by online-02", owner="online-02"), ExitCode.REFUSED),
        (errors.WrongStatusError("no"), ExitCode.REFUSED),
        (errors.RequestIdReusedError("no"), ExitCode.REFUSED),
        (errors.CaseNotFoundError("no"), ExitCode.NOT_FOUND),
        (errors.TaskNotFoundError("no"), ExitCode.NOT_FOUND),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_refusal_leaves_with_its_code_and_says_why(cli: CommandLine, error: errors.CaseError, code: ExitCode) -> None:
    cli.service.refuses = lambda _: error
    told = cli.json("task", "claim", "C", "T1", "--as", AGENT, code=code)["error"]
    assert told == {"code": error.code, "message": error.message, "details": error.details}
    exit_code, out, err = cli.run("task", "claim", "C", "T1", "--as", AGENT)
    assert (exit_code, out) == (code, "")
    assert error.code in err
    assert error.message in err


def test_request_without_an_answer_says_with_which_id_to_repeat_it(cli: CommandLine) -> None:
    cli.service.refuses = lambda _: UnavailableError("no answer in time", waited=30)
    told = cli.json("note", "C", "words", "--as", AGENT, "--request-id", "r-9", code=ExitCode.UNAVAILABLE)["error"]
    assert told["details"] == {"waited": 30, "request_id": "r-9"}
    assert told["message"] == "no answer in time (--request-id r-9)"


def test_what_nobody_foresaw_is_told_with_its_traceback_on_stderr(cli: CommandLine) -> None:
    def broken(_: str) -> errors.CaseError | None:
        raise RuntimeError("a pipe burst")

    cli.service.refuses = broken
    code, out, err = cli.run("note", "C", "words", "--as", AGENT, "--json")
    assert code == ExitCode.UNEXPECTED
    assert json.loads(out)["error"]["code"] == "unexpected"
    assert "Traceback" in err


@pytest.mark.parametrize(
    "command",
    [
        ("reply", "C"),
        ("nonsense",),
        ("answer", "C", "--as", AGENT),
        ("answer", "C", "--satisfied", "--score", "6", "--as", AGENT),
        ("extend", "C", "tier:1", "--by", "soon", "--reason", "why", "--as", SUPERVISOR),
        ("ask", "C", "--to", "warehouse", "--as", AGENT),
        ("note", "C", " ", "--as", AGENT),
        ("note", "C", "words", "--as", AGENT, "--request-id", "not an id"),
        ("list", "--status", "nonsense"),
        ("complaint", "open", "--source", "s", "--reference", "r", "--channel", "pigeon"),
        (*OPEN, "--customer", ""),
    ],
    ids=" ".join,
)  # fmt: skip
def test_invalid_input_leaves_with_2_and_a_quiet_stdout(cli: CommandLine, command: tuple[str, ...]) -> None:
    code, out, err = cli.run(*command)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err
    assert cli.service.asked == []


def test_every_refusal_of_the_domain_has_an_exit_code_above_1() -> None:
    codes = {kind.code for kind in errors.CaseError.__subclasses__()}
    assert {exit_code_of(code) for code in codes} <= {2, 4, 5, 6}


def test_without_a_server_it_says_so_at_once(tmp_path: Path) -> None:
    environment = {"DUECOURSE_HOME": str(tmp_path), "TEMPORAL_ADDRESS": "127.0.0.1:9", "PATH": "/usr/bin:/bin"}
    program = [sys.executable, "-c", "from starter.cli import main; main()", "list", "--json"]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.UNAVAILABLE
    assert json.loads(done.stdout)["error"]["details"] == {"address": "127.0.0.1:9"}
    assert done.stderr == ""


def test_help_is_there_at_once_because_nothing_heavy_is_imported() -> None:
    heavy = ["temporalio", "sqlalchemy", "pydantic", "rich", "structlog", "yaml"]
    asked = f"import sys, starter.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_says_what_it_does_and_knows_json() -> None:
    def commands(group: Any, path: str) -> list[tuple[str, Any]]:
        found = []
        for name, command in group.commands.items():
            found += (
                commands(command, f"{path} {name}") if hasattr(command, "commands") else [(f"{path} {name}", command)]
            )
        return found

    every = commands(typer.main.get_command(app), "duecourse")
    assert len(every) >= 45
    assert [path for path, command in every if not (command.help or "").strip()] == []
    assert [path for path, command in every if not any("--json" in one.opts for one in command.params)] == []


# --- opening and importing ----------------------------------------------------------------------------------


def test_complaint_is_opened_once(cli: CommandLine) -> None:
    first = cli.json(*OPEN, "--customer", CUSTOMER, "--upset", "--crisis-level", "2")
    again = cli.json(*OPEN, "--customer", CUSTOMER, "--upset", "--crisis-level", "2")
    assert (first["created"], again["created"]) == (True, False)
    assert first["case_id"] == again["case_id"]
    assert cli.service.opened[first["case_id"]].crisis_level == 2


def test_import_opens_each_row_and_reports_the_refused_ones(
    cli: CommandLine, own_file: Callable[..., Path], tmp_path: Path
) -> None:
    cli.service.refuses = lambda reference: (
        errors.InvalidInputError("unknown customer K2", field="customer_id") if reference == "4" else None
    )
    file = own_file("s,1,email,K1,S,no", "s,2,pigeon,K1,S,no", "s,3,chat,K1,S,no", "s,4,chat,K2,S,no", "s,5,chat")
    report = tmp_path / "refused.csv"
    intake = cli.json("import", str(file), "--report", str(report), code=ExitCode.PARTLY_REFUSED)
    assert (intake["total"], intake["opened"], intake["known"]) == (5, 2, 0)
    assert [(refused["line"], refused["field"]) for refused in intake["refused"]] == [
        (3, "channel"),
        (5, "customer_id"),
        (6, "row"),
    ]
    assert report.read_text().splitlines()[0] == "line,field,reason"
    assert "5,customer_id,unknown customer K2" in report.read_text()
    code, out, err = cli.run("import", str(file))
    assert code == ExitCode.PARTLY_REFUSED
    assert "5 rows: 0 opened, 2 known already, 3 refused" in out
    assert "line 3: channel: " in err


def test_import_that_loses_the_server_stops_and_goes_on_with_the_next_call(
    cli: CommandLine, own_file: Callable[..., Path]
) -> None:
    file = own_file(*(f"s,{number},email,K1,S,no" for number in range(60)))
    cli.service.refuses = lambda _: UnavailableError("gone") if len(cli.service.opened) >= 30 else None
    assert cli.json("import", str(file), code=ExitCode.UNAVAILABLE)["error"]["code"] == "unavailable"
    assert len(cli.service.opened) == 30
    cli.service.refuses = lambda _: None
    assert cli.json("import", str(file))["opened"] == 30


@pytest.mark.parametrize(
    "content", [None, b"a,b\n1,2\n", b"source,reference,channel,customer_id,subject\ns,1,email,K1,\xff\n"]
)
def test_file_that_cannot_be_imported_is_refused_as_a_whole(
    cli: CommandLine, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "file.csv"
    if content is not None:
        file.write_bytes(content)
    assert cli.json("import", str(file), code=ExitCode.USAGE)["error"]["code"] == "invalid_input"
    assert cli.service.opened == {}


# --- showing ------------------------------------------------------------------------------------------------

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


def a_view() -> CaseView:
    def event(what: str, cause: str, consumed: int) -> ClockEvent:
        return ClockEvent(
            at=NOON, what=what, cause=cause, consumed=consumed, budget=7_200_000, calendar="always", policy="charter@1"
        )

    clock = {
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
        "why": [event("started", "received by email", 0), event("met", "online-01 wrote", 60_000)],
    }
    task = {
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
        tasks=[task],  # type: ignore[list-item]  # pydantic makes the view of it
        clocks=[clock],  # type: ignore[list-item]
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


# --- messages and policies ----------------------------------------------------------------------------------


def test_outbox_and_inbox_need_no_server_and_may_be_empty(cli: CommandLine) -> None:
    assert cli.json("outbox") == cli.json("outbox", CASE) == cli.json("inbox", AGENT) == []
    assert cli.json("inbox", "nobody-99", code=ExitCode.REFUSED)


def test_policy_is_checked_with_file_line_and_field(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: charter\nname: mine\ncomplaint:\n  tiers:\n    1: { time: soon }\n")
    refused = cli.json("policy", "check", str(file), code=ExitCode.USAGE)["error"]
    assert refused["code"] == "policy_invalid"
    assert [(problem["line"], problem["field"]) for problem in refused["details"]["problems"]] == [
        (5, "complaint.tiers.1.time")
    ]
    file.write_text(file.read_text().replace("soon", "20m"))
    assert cli.json("policy", "check", str(file))["version"].startswith("mine@")
    assert cli.json("policy", "check", "nothing", code=ExitCode.NOT_FOUND)


def test_policy_is_published_shown_and_compared(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "fast.yaml"
    texts = [f"extends: charter\nname: fast\ncomplaint:\n  tiers:\n    1: {{ time: {time}m }}\n" for time in (20, 10)]
    first, second = ((file.write_text(text), cli.json("policy", "publish", str(file)))[1] for text in texts)
    assert first["new"]
    assert second["new"]
    assert cli.json("policy", "show", "fast")["complaint"]["tiers"]["1"]["time"] == 600_000
    assert cli.json("policy", "diff", first["version"], str(file)) == [
        {"field": "complaint.tiers.1.time", "old": "20 min", "new": "10 min"}
    ]
    assert [one["latest"] for one in cli.json("policy", "show") if one["name"] == "fast"] == [True, False]
    assert "front-line service: 10 min" in cli.run("policy", "preview", str(file))[1]


def test_publishing_an_older_version_returns_to_it(cli: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "slow.yaml"
    texts = [f"extends: charter\nname: slow\ncomplaint:\n  tiers:\n    1: {{ time: {time}m }}\n" for time in (40, 50)]
    first, second = ((file.write_text(text), cli.json("policy", "publish", str(file)))[1] for text in texts)
    file.write_text(texts[0])
    assert cli.json("policy", "publish", str(file))["returned"]
    assert "already" in cli.run("policy", "publish", str(file))[1]
    back = ("policy", "publish", second["version"], "--as", "manager-01", "--reason", "too slow")
    assert "in force again" in cli.run(*back)[1]
    assert cli.json("policy", "show", "slow")["complaint"]["tiers"]["1"]["time"] == 3_000_000
    newest = [one for one in cli.json("policy", "show") if one["name"] == "slow"]
    assert [one["version"] for one in newest[:3]] == [second["version"], first["version"], second["version"]]
    assert [one["latest"] for one in newest[:3]] == [True, False, False]
    assert (newest[0]["by"], newest[0]["reason"]) == ("manager-01", "too slow")
    assert cli.json("policy", "publish", "slow@nothing", code=ExitCode.NOT_FOUND)
    assert cli.json("policy", "publish", second["version"], "--pace", "2", code=ExitCode.USAGE)


def test_pruning_counts_first_and_leaves_alone_what_may_be_reopened(cli: CommandLine) -> None:
    assert cli.json("store", "prune", "--older-than", "400d") == {"cases": 0, "rows": {}, "deleted": False}
    assert "of 0 cases would go" in cli.run("store", "prune", "--older-than", "400d")[1]
    for span in ("29d", "soon"):
        refused = cli.json("store", "prune", "--older-than", span, "--delete", code=ExitCode.USAGE)["error"]
        assert refused["details"]["field"] == "older_than"


def test_answer_for_people_is_one_line(cli: CommandLine) -> None:
    assert cli.run("reopen", "C", "--reason", "why", "--as", CUSTOMER)[1] == "C · in progress · tier 1\n"
    assert isinstance(cli.service.asked[-1][2], Reopen)
