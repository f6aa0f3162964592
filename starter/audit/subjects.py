"""What the auditor must know of each case type: a table with an entry for each, under the workflow's name.

Clocks and promises that are added to a type are added here by a line: to `by_people` what a person does in a status, to
`questions` what the customer is asked in one, to `taken_back` a step at the shop with what undoes it. What must be
through in its time, whoever has the word, stands in `starter.audit.legs`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from domain.catalog import COMPLAINT, ORDER_CHANGE, RETURN, CaseType
from domain.complaint import machine as complaints
from domain.complaint.policy import ComplaintPolicy
from domain.complaint.state import ComplaintStart
from domain.deeds import Word
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.state import OrderChangeStart
from domain.order_change.tasks import DECIDE, DECIDE_INTERCEPTION
from domain.people import Channel, CustomerProfile
from domain.policy import Policy
from domain.returns import tasks as return_tasks
from domain.returns.machine import OVER as RETURN_OVER
from domain.returns.machine import ReturnCaseStatus
from domain.returns.state import ReturnStart
from domain.shop_case.policy import ShopCasePolicy
from domain.shop_case.tasks import APPROVE, VERIFY
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName

Words = Mapping[str, Word]


class Arrival(Protocol):
    """What every case begins with: who wants something, by which channel, since when, under which policy."""

    @property
    def case_id(self) -> str: ...
    @property
    def policy(self) -> str: ...
    @property
    def arrived_at(self) -> Instant: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def customer_id(self) -> str: ...
    @property
    def order_id(self) -> str | None: ...


class Question(NamedTuple):
    """What a customer is asked in a status: by which clock, the reminder, and how it is seen that the time ran out.

    Attributes:
        lapsed_in: statuses into which a case lapses.
        ending: the letter that says so, None where the customer was told before.
        says_so: whether the words of the letter that ends the case say that it lapsed.
        answered_by: what a customer asks who answers, where the status does not show it.
        held_up_by: what people do, for which a case may wait though the customer has not answered.
    """

    kind: ClockKind
    reminder: TemplateName
    lapsed_in: tuple[str, ...]
    ending: TemplateName | None
    says_so: Callable[[Words], bool] = lambda _: True
    answered_by: str | None = None
    held_up_by: tuple[str, ...] = ()


class Undo(NamedTuple):
    """What takes a step at the shop back: one of these activities, with the step's key or one that contains a word."""

    activities: tuple[str, ...]
    key_contains: str | None = None


@dataclass(frozen=True)
class Subject:
    """One case type, to the auditor.

    Attributes:
        start: the input of its workflow.
        arrival: what the case begins with, out of that input.
        customer: the customer whom the door had looked up.
        rules: its part of a policy.
        unresolved: statuses in which the customer waits for something.
        known_by: letters after which nothing more is promised, though the case may still run.
        by_people: kinds of tasks that a person does in a status, within the task's time.
        handed_over: where a clock hands over to a person who decides: status, clock and kind of task.
        endings: the letter that tells of each outcome.
        told_in: statuses that tell by which letters a case ends, where its outcome alone does not.
        pays_in: the status in which money goes back, once each time.
        taken_back: steps at the shop that are undone where the case comes to nothing.
        came_true: the outcomes that leave those steps as they are.
    """

    case_type: CaseType
    start: type[Any]
    arrival: Callable[[Any], Arrival]
    customer: Callable[[Any], CustomerProfile | None]
    rules: Callable[[Policy], ComplaintPolicy | ShopCasePolicy]
    unresolved: frozenset[str]
    endings: Mapping[str | None, TemplateName]
    questions: Mapping[str, Question]
    known_by: tuple[TemplateName, ...] = ()
    by_people: Mapping[str, str] = field(default_factory=dict)
    handed_over: tuple[str, ClockKind, str] | None = None
    told_in: Mapping[str, TemplateName] = field(default_factory=dict)
    pays_in: str | None = None
    taken_back: Mapping[str, Undo] = field(default_factory=dict)
    came_true: tuple[str, ...] = ()

    @property
    def has_tiers(self) -> bool:
        """Whether cases of this type climb."""
        return self.case_type is COMPLAINT


def _lapsed(words: Words) -> bool:
    return words.get("reason") in ("not_answered", "not_paid", "not_sent")


_S, _C, _R = ChangeCaseStatus, complaints.ComplaintStatus, ReturnCaseStatus

_COMPLAINTS = Subject(
    case_type=COMPLAINT,
    start=ComplaintStart,
    arrival=lambda start: start.complaint,
    customer=lambda start: start.found.customer if start.found else None,
    rules=lambda policy: policy.complaint,
    unresolved=frozenset(status.value for status in complaints.UNRESOLVED),
    endings={
        "accepted": TemplateName.RESOLVED,
        "withdrawn": TemplateName.WITHDRAWN,
        "merged": TemplateName.MERGED,
        "no_answer": TemplateName.CLOSED_WITHOUT_ANSWER,
        "closed_by_supervisor": TemplateName.CLOSED,
    },
    questions={
        _C.SOLUTION_OFFERED: Question(
            ClockKind.SATISFACTION, TemplateName.SOLUTION_REMINDER, (_C.CLOSED,), TemplateName.CLOSED_WITHOUT_ANSWER
        ),
        _C.WAITING_FOR_CUSTOMER: Question(
            ClockKind.CUSTOMER_ANSWER, TemplateName.QUESTION_REMINDER, (_C.CLOSED,), TemplateName.CLOSED_WITHOUT_ANSWER
        ),
    },
)

_ORDER_CHANGES = Subject(
    case_type=ORDER_CHANGE,
    start=OrderChangeStart,
    arrival=lambda start: start.change,
    customer=lambda start: start.customer,
    rules=lambda policy: policy.order_change,
    unresolved=frozenset(ORDER_CHANGE.under_way),
    known_by=(TemplateName.CHANGE_DONE, TemplateName.CHANGE_ENDED),
    by_people={_S.VERIFYING: VERIFY, _S.DECIDING: DECIDE, _S.APPROVING: APPROVE},
    handed_over=(_S.INTERCEPTING, ClockKind.INTERCEPTION, DECIDE_INTERCEPTION),
    pays_in=_S.COMMITTING,
    endings={
        "done": TemplateName.CHANGE_DONE,
        **dict.fromkeys(("refused", "lapsed", "withdrawn"), TemplateName.CHANGE_ENDED),
    },
    questions={
        status: Question(
            kind, TemplateName.CHANGE_REMINDER, (_S.UNDOING, _S.LAPSED), TemplateName.CHANGE_ENDED, _lapsed
        )
        for status, kind in (
            (_S.AWAITING_ANSWER.value, ClockKind.CUSTOMER_ANSWER),
            (_S.AWAITING_PAYMENT.value, ClockKind.PAYMENT),
        )
    },
    taken_back={
        "stage_change": Undo(("discard_change",)),
        "reserve_stock": Undo(("release_stock",)),
        "collect_payment": Undo(("release_collection", "refund_payment")),
        "change_address": Undo(("change_address",), ":restore_address:"),
        "change_payment_method": Undo(("change_payment_method",), ":restore_method:"),
    },
    came_true=("done",),
)

_RETURNS = Subject(
    case_type=RETURN,
    start=ReturnStart,
    arrival=lambda start: start.asked,
    customer=lambda start: start.customer,
    rules=lambda policy: policy.returns,
    unresolved=frozenset(RETURN.under_way),
    known_by=(TemplateName.RETURN_DONE, TemplateName.RETURN_ENDED),
    by_people={
        _R.VERIFYING: VERIFY,
        _R.DECIDING: return_tasks.DECIDE,
        _R.TRACING: return_tasks.TRACE,
        _R.INSPECTING: return_tasks.INSPECT,
        _R.APPROVING: APPROVE,
        _R.REPAIRING: return_tasks.REPAIR,
        _R.TESTING: return_tasks.TEST,
    },
    endings={
        **dict.fromkeys(("refunded", "exchanged", "repaired", "replaced", "partly"), TemplateName.RETURN_DONE),
        **dict.fromkeys(("refused", "lapsed", "withdrawn"), TemplateName.RETURN_ENDED),
    },
    # What comes to nothing is told, then the goods that are here go home, and then the customer is asked about it.
    told_in={
        **dict.fromkeys((_R.UNDOING, _R.REFUSED, _R.LAPSED, _R.WITHDRAWN), TemplateName.RETURN_ENDED),
        _R.CONFIRMING: TemplateName.RETURN_DONE,
    },
    pays_in=_R.SETTLING,
    questions={
        **{
            status: Question(
                kind, TemplateName.RETURN_REMINDER, (_R.UNDOING, _R.LAPSED), TemplateName.RETURN_ENDED, _lapsed
            )
            for status, kind in (
                (_R.AWAITING_ANSWER.value, ClockKind.CUSTOMER_ANSWER),
                (_R.AWAITING_PAYMENT.value, ClockKind.PAYMENT),
                (_R.AWAITING_PARCEL.value, ClockKind.SENDING),
            )
        },
        _R.CONFIRMING: Question(
            ClockKind.SATISFACTION,
            TemplateName.RETURN_REMINDER,
            RETURN_OVER,
            None,
            answered_by="rate_return",
            held_up_by=("keep_promise", "complete_task"),
        ),
    },
    taken_back={
        "request_return": Undo(("cancel_return",)),
        "reserve_stock": Undo(("release_stock",)),
        "collect_payment": Undo(("release_collection", "refund_payment")),
        "send_replacement": Undo(("cancel_replacement",)),
    },
    came_true=("refunded", "exchanged", "repaired", "replaced", "partly"),
)

SUBJECTS: dict[str, Subject] = {
    "ComplaintWorkflow": _COMPLAINTS,
    "OrderChangeWorkflow": _ORDER_CHANGES,
    "ReturnWorkflow": _RETURNS,
}
"""By the name of the workflow, as the first event of a history has it."""

ENDINGS = tuple({template: None for subject in SUBJECTS.values() for template in subject.endings.values()})
"""The letters that tell a customer how a case ended."""
