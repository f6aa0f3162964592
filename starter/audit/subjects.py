"""What the auditor must know of each case type: a table with an entry for each, under the workflow's name.

Clocks and promises that are added to a type are added here by a line: to `by_people` what a person does in a status, to
`questions` what the customer is asked in one, to `taken_back` a step at the shop with what undoes it. What an entry
holds stands in `starter.audit.subject`; what must be through in time, whoever has the word, in `starter.audit.legs`.
"""

from __future__ import annotations

from domain.catalog import COMPLAINT, DELIVERY, ORDER_CHANGE, RETURN
from domain.complaint import machine as complaints
from domain.complaint.state import ComplaintStart
from domain.delivery.machine import DeliveryCaseStatus
from domain.delivery.messages import DeliveryOutcome
from domain.delivery.state import DeliveryStart
from domain.delivery.tasks import DECIDE as DECIDE_DELIVERY
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.state import OrderChangeStart
from domain.order_change.tasks import DECIDE, DECIDE_INTERCEPTION
from domain.returns import tasks as return_tasks
from domain.returns.machine import OVER as RETURN_OVER
from domain.returns.machine import ReturnCaseStatus
from domain.returns.state import ReturnStart
from domain.shop_case.tasks import APPROVE, VERIFY
from domain.sla.rules import ClockKind
from domain.templates import TemplateName
from starter.audit.subject import Question, Subject, Undo, Words


def _lapsed(words: Words) -> bool:
    return words.get("reason") in ("not_answered", "not_paid", "not_sent")


_S, _C, _R, _D = ChangeCaseStatus, complaints.ComplaintStatus, ReturnCaseStatus, DeliveryCaseStatus

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

_DELIVERIES = Subject(
    case_type=DELIVERY,
    start=DeliveryStart,
    arrival=lambda start: start.found,
    customer=lambda start: start.customer,
    rules=lambda policy: policy.deliveries,
    unresolved=frozenset(DELIVERY.under_way),
    known_by=(TemplateName.DELIVERY_RESOLVED,),
    by_people={_D.DECIDING: DECIDE_DELIVERY, _D.APPROVING: APPROVE},
    pays_in=_D.COMMITTING,
    endings=dict.fromkeys((outcome.value for outcome in DeliveryOutcome), TemplateName.DELIVERY_RESOLVED),
    questions={},
    told_first=(_D.DECIDING, TemplateName.DELIVERY_PROBLEM),
    names_outcome="kind",
)

SUBJECTS: dict[str, Subject] = {
    "ComplaintWorkflow": _COMPLAINTS,
    "OrderChangeWorkflow": _ORDER_CHANGES,
    "ReturnWorkflow": _RETURNS,
    "DeliveryProblemWorkflow": _DELIVERIES,
}
"""By the name of the workflow, as the first event of a history has it."""

ENDINGS = tuple({template: None for subject in SUBJECTS.values() for template in subject.endings.values()})
"""The letters that tell a customer how a case ended."""
