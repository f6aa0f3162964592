"""Delivery problems by command: listed, shown and worked on like all cases, though nobody opens one by hand."""

from __future__ import annotations

import pytest

from domain.delivery.machine import DELIVERY_MACHINE
from domain.delivery.show import shown_facts
from domain.shop.parcels import ParcelStatus
from domain.views import view_case
from starter.case_lines import CaseLine
from starter.cli.exits import ExitCode
from tests.domain.deliveries import troubled
from tests.starter.command_line import CUSTOMER, CommandLine

CASE = "DAAAAAAAAAAAAA"
CLERK, SUPERVISOR = ("--as", "logistics-01"), ("--as", "supervisor-01", "--reason", "storm")


def test_delivery_problems_are_listed_by_their_type_and_statuses(cli: CommandLine) -> None:
    cli.service.lines = [
        CaseLine(CASE, "delivery", "deciding", None, "logistics", "normal", "chat", 1_767_000_000_000, False, 0, True)
    ]
    _, out, _ = cli.run("list", "--type", "delivery", "--status", "resolved")
    assert cli.service.queries[-1] == "CaseType = 'delivery' AND CaseStatus = 'resolved'"
    assert all(word in out for word in (CASE, "delivery", "deciding", "logistics"))


def test_delivery_problem_is_shown_with_its_parcel_task_and_clocks(cli: CommandLine) -> None:
    running = troubled()
    actions = tuple(trigger.value for trigger in DELIVERY_MACHINE.available(running.case.state.status))
    cli.service.view = view_case(running.case, "delivery", actions, shown_facts(running.case), running.now)
    code, out, _ = cli.run("show", CASE)
    assert code == ExitCode.OK
    for said in (
        "Order 202600001: parcel late",
        "in transit",
        "1 × kettle",
        "Decide about a delivery problem",
        "(decide_delivery)",
        "why: the parcel is late",
        "status_update:1",
        "the problem was found",
        "task_due:1",
    ):
        assert said in out, out


def test_timeline_tells_of_a_problem_that_turned_out_to_be_another(cli: CommandLine) -> None:
    running = troubled()
    running.scan(ParcelStatus.LOST)
    cli.service.entries = list(running.case.state.timeline.entries)
    _, out, _ = cli.run("timeline", CASE)
    assert "problem learnt" in out
    assert "problem lost · former late" in out


def test_decision_is_claimed_and_completed(cli: CommandLine) -> None:
    assert cli.json("task", "claim", CASE, "T1", *CLERK)["case_id"] == CASE
    form = ("--set", "remedy=send_again", "--set", "reason=lost at the depot")
    assert cli.json("task", "complete", CASE, "T1", *form, *CLERK)["case_id"] == CASE
    assert cli.last[1:] == ("complete_task", {**cli.last[2], "form": {"remedy": "send_again", "reason": form[-1][7:]}})


@pytest.mark.parametrize(
    ("command", "verb"),
    [
        (("extend", CASE, "search:1", "--by", "1h", *SUPERVISOR), "extend_clock"),
        (("pause", CASE, "task_due:1", *SUPERVISOR), "pause_clock"),
        (("resume", CASE, "task_due:1", *SUPERVISOR), "resume_clock"),
        (("update-now", CASE, *SUPERVISOR), "send_update_now"),
        (("priority", CASE, "high", *SUPERVISOR), "change_priority"),
        (("reassign", CASE, "T1", "--to", "logistics-02", *SUPERVISOR), "reassign"),
        (("close", CASE, *SUPERVISOR), "close_case"),
        (("reply", CASE, "Hello", *CLERK), "reply"),
        (("promise", CASE, "A call by noon", "--within", "2h", *CLERK), "make_promise"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_supervisors_and_agents_ask_of_a_delivery_problem_what_they_ask_of_all_cases(
    cli: CommandLine, command: tuple[str, ...], verb: str
) -> None:
    assert cli.run(*command)[0] == ExitCode.OK
    assert cli.last[:2] == (CASE, verb)


def test_nobody_withdraws_what_nobody_asked_for(cli: CommandLine) -> None:
    refused = cli.json("withdraw", CASE, "--as", CUSTOMER, code=ExitCode.REFUSED)["error"]
    assert refused["code"] == "other_case_type"
    assert refused["message"] == f"{CASE} is a delivery problem, which nobody asked for: there is nothing to withdraw"
    assert cli.service.asked == []


def test_form_of_the_decision_is_shown_with_its_remedies(cli: CommandLine) -> None:
    _, out, _ = cli.run("task", "forms", "decide_delivery")
    assert out.splitlines()[:2] == [
        "decide_delivery  Decide about a delivery problem  delivery",
        "  remedy              send_again or refund or wait or await_return",
    ]
