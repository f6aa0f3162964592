"""What the auditor must know of each case type: a table with an entry for each, under the workflow's name.

Clocks and promises that are added to a type are added here by a line: to `by_people` what a person does in a status, to
`questions` what the customer is asked in one, to `taken_back` a step at the shop with what undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from domain.catalog import COMPLAINT, ORDER_CHANGE, CaseType
from domain.complaint import machine as complaints
from domain.complaint.policy import ComplaintPolicy
from domain.complaint.state import ComplaintStart
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.state import OrderChangeStart
from domain.order_change.tasks import DECIDE
from domain.people import Channel, CustomerProfile
from domain.policy import Policy
from domain.shop_case.policy import ShopCasePolicy
from domain.shop_case.tasks import APPROVE, VERIFY
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName

Words = Mapping[str, str | int | None]


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
        says_so: whether the words of the letter that ends the case say that it lapsed.
    """

    kind: ClockKind
    reminder: TemplateName
    lapsed_in: tuple[str, ...]
    ending: TemplateName
    says_so: Callable[[Words], bool] = lambda _: True


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
        endings: the letter that tells of each outcome.
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
    taken_back: Mapping[str, Undo] = field(default_factory=dict)
    came_true: tuple[str, ...] = ()

    @property
    def has_tiers(self) -> bool:
        """Whether cases of this type climb."""
        return self.case_type is COMPLAINT


def _lapsed(words: Words) -> bool:
    return words.get("reason") in ("not_answered", "not_paid")


_S, _C = ChangeCaseStatus, complaints.ComplaintStatus

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

SUBJECTS: dict[str, Subject] = {"ComplaintWorkflow": _COMPLAINTS, "OrderChangeWorkflow": _ORDER_CHANGES}
"""By the name of the workflow, as the first event of a history has it."""

ENDINGS = tuple({template: None for subject in SUBJECTS.values() for template in subject.endings.values()})
"""The letters that tell a customer how a case ended."""
