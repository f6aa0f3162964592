"""What people do about cases at a shop: any form that their tasks allow, filled in by a draw of numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from domain import messages as m
from domain import task_verbs
from domain.order_change import decisions as change_decisions
from domain.order_change import messages as c
from domain.order_change.case import OrderChange
from domain.people import Actor, Role
from domain.policy import Policy
from domain.returns import decisions as return_decisions
from domain.returns import messages as r
from domain.returns.case import Return
from domain.shop.orders import Fulfilment
from domain.tasks import HumanTask, TaskState, eligible
from tests.domain.cases import CUSTOMER
from tests.shop_cases.lives import AnyCase, Life

BENIGN = random.Random(0)


def staff(policy: Policy, member: str) -> Actor:
    """A member of the staff, with the highest role of their teams."""
    teams = policy.staff[member]
    roles = {policy.teams[team].role for team in teams}
    return Actor(id=member, role=max(roles, key=list(Role).index), teams=teams)


def work_on(life: Life, task: HumanTask, draw: random.Random, *, kind: bool = False) -> str:
    """Somebody who may takes the task, fills its form in and finishes it; `kind` people say yes. Returns the answer."""
    policy = life.case.policy
    able = eligible(task, policy)
    member = task.owner or draw.choice(able[:3])
    actor = staff(policy, member)
    if (
        task.state is TaskState.READY
        and (answer := life.ask(task_verbs.claim, m.ClaimTask, actor, task_id=task.id)) != "done"
    ):
        return answer
    form = FORMS[task.kind](life.case, draw, kind)
    return life.ask(task_verbs.complete, m.CompleteTask, actor, task_id=task.id, form=form)


def _yes(draw: random.Random, kind: bool) -> bool:
    return kind or draw.random() < 0.75


def _decide_change(case: AnyCase, draw: random.Random, kind: bool) -> dict[str, Any]:
    assert isinstance(case, OrderChange)
    assert case.state.shop_order
    moving = case.state.shop_order.fulfilment in (Fulfilment.SHIPPED, Fulfilment.PARTLY_SHIPPED)
    options = ["approve", "approve", "refuse"]
    if case.state.wanted.cancel and moving:
        options += ["intercept"] * 3
    return {"decision": "approve" if kind else draw.choice(options), "reason": "as agreed"}


def _inspect(case: AnyCase, draw: random.Random, kind: bool) -> dict[str, Any]:
    assert isinstance(case, Return)
    document = case.state.document
    expected = {line: count for line, count in (document.outstanding() if document else case.wished).items() if count}
    items = []
    for line, most in expected.items():
        count = most if kind or draw.random() < 0.6 else draw.randint(1, most)
        condition = "sound" if kind else draw.choice(["sound", "sound", "damaged", "other"])
        items.append({"line_id": line, condition: count, "accepted": _yes(draw, kind)})
    if not kind and len(items) > 1 and draw.random() < 0.3:
        items.pop()
    return {
        "items": items,
        "reason": "scratched",
        "more_to_come": not kind and draw.random() < 0.5,
        "in_warranty": None if kind else draw.choice([None, True, False]),
        "repair_price": {"minor": draw.choice([0, 4_000, 25_000]), "currency": "CNY"},
    }


def _trace(case: AnyCase, draw: random.Random, kind: bool) -> dict[str, Any]:
    found = draw.choice(["lost", "lost"] if kind else ["arrived", "on_its_way", "lost", "not_sent"])
    return {"found": found, "how": "asked the carrier"}


FORMS: dict[str, Callable[[AnyCase, random.Random, bool], dict[str, Any]]] = {
    "decide_change": _decide_change,
    "decide_interception": lambda case, draw, kind: {
        "decision": "refund" if kind else draw.choice(["wait", "refund", "give_up"]),
        "reason": "it was not seen again",
    },
    "decide_return": lambda case, draw, kind: {"approved": _yes(draw, kind), "reason": "looked at it"},
    "verify_identity": lambda case, draw, kind: {"verified": _yes(draw, kind), "how": "called back"},
    "approve_refund": lambda case, draw, kind: {"approved": _yes(draw, kind), "remarks": "looked at it"},
    "settle_by_hand": lambda case, draw, kind: {"how": "in the shop itself"},
    "trace_parcel": _trace,
    "inspect_goods": _inspect,
    "repair_goods": lambda case, draw, kind: {"repaired": _yes(draw, kind), "what": "a new thermostat"},
    "test_goods": lambda case, draw, kind: {"passed": _yes(draw, kind), "remarks": "an hour of use"},
    "follow_up": lambda case, draw, kind: {"what": "called"},
    "answer_customer": lambda case, draw, kind: {"text": "We look into it."},
    "contact_customer": lambda case, draw, kind: {"reached": _yes(draw, kind), "how": "by telephone"},
    "check_delivery": lambda case, draw, kind: {"arrived": _yes(draw, kind), "how_known": "asked"},
}


def customer_says(life: Life, what: str) -> str:
    """The customer answers a price, withdraws, says that the parcel is sent, or how it was. Returns the answer."""
    actor = life.case.state.customer.id
    who = CUSTOMER.model_copy(update={"id": actor})
    change = isinstance(life.case, OrderChange)
    if what in ("accept", "decline"):
        decide: Any = change_decisions.answer_change if change else return_decisions.answer_return
        return life.ask(decide, c.AnswerChange if change else r.AnswerReturn, who, accepted=what == "accept")
    if what == "withdraw":
        decide = change_decisions.withdraw_change if change else return_decisions.withdraw_return
        return life.ask(decide, c.WithdrawChange if change else r.WithdrawReturn, who)
    if change:
        return "not asked"
    if what == "sent":
        return life.ask(return_decisions.report_sent, r.ReportSent, who)
    return life.ask(return_decisions.rate_return, r.RateReturn, who, satisfied=what == "satisfied", score=4)
