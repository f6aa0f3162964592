"""What each command asks of the case, in whose name, and with which words and forms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from starter.cli.asking import request_type
from starter.cli.exits import ExitCode
from tests.starter.command_line import CUSTOMER, CommandLine
from workflows.complaint import ComplaintWorkflow

AGENT, SUPERVISOR = "online-01", "supervisor-01"
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
    by_type = cli.json("task", "forms", "root_cause")
    assert list(by_type) == ["complaint"]
    assert "measure_due" in by_type["complaint"]["root_cause"]["properties"]
    code, out, _ = cli.run("task", "forms")
    assert code == ExitCode.OK
    assert "measure_due         date" in out
    assert cli.json("task", "forms", "nothing", code=ExitCode.USAGE)
    assert cli.json("task", "forms", "--type", "grievance", code=ExitCode.USAGE)


def test_kind_that_types_have_with_other_forms_is_shown_of_each(cli: CommandLine) -> None:
    forms = cli.json("task", "forms", "follow_up")
    fields = {name: set(kinds["follow_up"]["properties"]) for name, kinds in forms.items()}
    assert fields == {"complaint": {"score", "remarks", "reopen"}, "return": {"what"}}
    _, out, _ = cli.run("task", "forms", "follow_up")
    assert out.count("follow_up") == 2


def test_form_that_several_types_have_is_shown_once_with_their_names(cli: CommandLine) -> None:
    _, out, _ = cli.run("task", "forms", "settle_by_hand")
    assert [line for line in out.splitlines() if "settle_by_hand" in line] == [
        "settle_by_hand  Settle a step by hand  order change, return, delivery"
    ]
    assert list(cli.json("task", "forms", "--type", "delivery")) == ["delivery"]
