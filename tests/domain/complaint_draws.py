"""What may be drawn for the life of a complaint: policies, people, spans of time, forms and verbs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from domain import messages as m
from domain import task_verbs
from domain.case import Act
from domain.complaint.tasks import APPROVE_GOODWILL, DEPARTMENT, FOLLOW_UP, RESOLVE, ROOT_CAUSE, SUMMARISE
from domain.policy import Policy
from domain.policy_check import find_problems
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND
from domain.worked_case import CHECK_DELIVERY, CONTACT
from tests.domain import cases
from tests.domain.cases import AUDITOR, CALLED, CUSTOMER, MACHINE, STRANGER, SUMMARY, SUPERVISOR, changed, charter

SEND = {"do": "send_update", "before": "1m"}
BREACH = {"do": "breach", "at": 1}
COMPENSATE = {"do": "compensate", "at": 1}
GUARANTEE = {"grant": {"minor": 500, "currency": "CNY"}}


@cache
def policies() -> tuple[Policy, ...]:
    """The charter, and policies that publishing allows and that differ from it where code may stumble."""
    strict = changed(
        "strict",
        complaint={"merge_keeps": "target"},
        status_update={
            "cadence": "fixed",
            "pauses_on": [],
            "guarantee": GUARANTEE,
            "steps": [{"do": "send_update", "before": "30m"}, SEND, BREACH, COMPENSATE],
        },
        tier={"pauses_on": [], "steps": [BREACH, {"do": "escalate", "at": 1}, {"do": "escalate", "at": 2}]},
        first_response={"steps": [BREACH, COMPENSATE, {"do": "breach", "at": 2}, {"do": "compensate", "at": 2}]},
    )
    quiet = changed("quiet", status_update={"quiet_hours": "office"}).model_dump(mode="json")
    quiet["calendars"]["shop"] = quiet["calendars"].pop("office")
    clocks = quiet["complaint"]["clocks"]
    clocks["status_update"]["quiet_hours"] = "shop"
    for kind in ("task_due", "follow_up", "tier"):
        clocks[kind]["calendar"] = "shop"
    flat = charter().model_dump(mode="json") | {"name": "flat"}
    del flat["complaint"]["tiers"]["3"]
    flat["complaint"]["tiers"]["2"]["expected_share"] = 0.25
    for known in flat["complaint"]["classification"]:
        known["then"]["entry_tier"] = min(known["then"]["entry_tier"] or 1, 2)
    found = (charter(), strict, Policy.model_validate(quiet), Policy.model_validate(flat))
    assert not [problem for policy in found for problem in find_problems(policy)]
    return found


NUMBERS = st.integers(0, 99)
RARELY = st.integers(0, 7).map(lambda number: number == 7)
SPANS = st.one_of(
    st.sampled_from([0, 1, 20 * SECOND, MINUTE, 16 * MINUTE, 31 * MINUTE, 61 * MINUTE, 3 * HOUR, 4 * HOUR, DAY]),
    st.integers(0, 5 * HOUR),
    st.integers(0, 9 * DAY),
)
WHO = st.sampled_from(
    ["owner"] * 15 + ["member", "lead", "supervisor", "supervisor", "customer", "stranger", "auditor", "other"]
)
SPEAKERS = st.sampled_from([CUSTOMER] * 6 + [STRANGER, MACHINE, SUPERVISOR, CALLED, AUDITOR])
CHIEFS = st.sampled_from([SUPERVISOR] * 8 + [CALLED, CUSTOMER, AUDITOR])

LITTLE, MUCH = {"minor": 1_000, "currency": "CNY"}, {"minor": 90_000, "currency": "CNY"}
FORMS: dict[str, list[dict[str, Any]]] = {
    RESOLVE: [
        {"solution": "A new one"},
        {"solution": "Some money", "goodwill": LITTLE},
        {"solution": "Much money", "goodwill": MUCH},
        {"solution": "Even more", "goodwill": MUCH},
        {"solution": ""},
    ],
    SUMMARISE: [SUMMARY, {}],
    ROOT_CAUSE: [cases.ROOT_CAUSE, {"root_cause": "?"}],
    DEPARTMENT: [{"answer": "It is there."}, {"answer": 7}],
    FOLLOW_UP: [{"score": 5, "remarks": "happy"}, {"score": 1, "remarks": "broke again", "reopen": True}],
    CONTACT: [{"reached": True, "how": "by telephone"}, {"reached": False, "how": "nobody is there"}],
    CHECK_DELIVERY: [{"arrived": True, "how_known": "asked"}, {"arrived": False, "how_known": "asked"}],
    APPROVE_GOODWILL: [{"approved": True, "remarks": "fair"}, {"approved": False, "remarks": "too much"}],
}
VERBS: dict[str, tuple[Callable[[Any, Any], Act], type[m.TaskRequest]]] = {
    "claim": (task_verbs.claim, m.ClaimTask),
    "start": (task_verbs.start, m.StartTask),
    "release": (task_verbs.release, m.ReleaseTask),
    "delegate": (task_verbs.delegate, m.DelegateTask),
    "forward": (task_verbs.forward, m.ForwardTask),
    "nominate": (task_verbs.nominate, m.NominateTask),
    "suspend": (task_verbs.suspend, m.SuspendTask),
    "resume": (task_verbs.resume, m.ResumeTask),
    "skip": (task_verbs.skip, m.SkipTask),
    "exclude": (task_verbs.exclude, m.ExcludeOwner),
    "save_draft": (task_verbs.save_draft, m.SaveDraft),
    "complete": (task_verbs.complete, m.CompleteTask),
}
