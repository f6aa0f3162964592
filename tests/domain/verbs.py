"""The verbs of tasks, as people use them in these tests."""

from __future__ import annotations

from typing import Any

from domain import messages as m
from domain import task_verbs
from domain.people import Actor
from tests.domain.cases import SUPERVISOR, Running


def delegate(case: Running, actor: Actor, to: Actor) -> None:
    case.ask(task_verbs.delegate, m.DelegateTask, actor, task_id="T1", to=to, reason="lunch")


def nominate(case: Running, *people: Actor, by: Actor = SUPERVISOR) -> None:
    case.ask(task_verbs.nominate, m.NominateTask, by, task_id="T1", people=people, reason="knows the customer")


def exclude(case: Running, person: Actor, task_id: str = "T1") -> None:
    case.ask(task_verbs.exclude, m.ExcludeOwner, SUPERVISOR, task_id=task_id, person=person.id, reason="is a relative")


def suspend(case: Running, actor: Actor = SUPERVISOR, task_id: str = "T1") -> None:
    case.ask(task_verbs.suspend, m.SuspendTask, actor, task_id=task_id, reason="fire drill")


def resume(case: Running, actor: Actor = SUPERVISOR, task_id: str = "T1") -> None:
    case.ask(task_verbs.resume, m.ResumeTask, actor, task_id=task_id)


def forward(case: Running, actor: Actor, team: str) -> None:
    case.ask(task_verbs.forward, m.ForwardTask, actor, task_id="T1", team=team, reason="wants a call")


def start(case: Running, actor: Actor) -> None:
    case.ask(task_verbs.start, m.StartTask, actor, task_id="T1")


def release(case: Running, actor: Actor, **fields: Any) -> None:
    case.ask(task_verbs.release, m.ReleaseTask, actor, task_id="T1", **fields)
