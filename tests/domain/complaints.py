"""What people do with a complaint in these tests."""

from __future__ import annotations

from typing import Any

from domain import requests as r
from domain import supervision
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.people import Actor
from tests.domain.cases import AGENT, CUSTOMER, SUPERVISOR, Running

FIRE = "The kettle caught fire"


def questions(*teams: str) -> tuple[dict[str, Any], ...]:
    return tuple({"team": team, "question": "Where is it?"} for team in teams)


def ask_departments(case: Running, actor: Actor, *teams: str) -> None:
    case.ask(decisions.ask_departments, c.AskDepartments, actor, questions=questions(*teams))


def escalate(case: Running, actor: Actor = AGENT) -> None:
    case.ask(decisions.escalate, c.Escalate, actor, reason="complex")


def close(case: Running) -> None:
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled in court")


def reopen(case: Running, actor: Actor = CUSTOMER) -> None:
    case.ask(decisions.reopen, c.Reopen, actor, reason="it leaks again")
