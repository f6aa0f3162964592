"""The case types there are, and what lists, boards, doors and reports need to know of each. A new type is an entry."""

from __future__ import annotations

from enum import StrEnum
from types import ModuleType
from typing import NamedTuple

from domain.complaint import machine as complaints
from domain.complaint import messages as complaint_messages
from domain.complaint import tasks as complaint_tasks
from domain.delivery import machine as deliveries
from domain.delivery import messages as delivery_messages
from domain.delivery import tasks as delivery_tasks
from domain.order_change import machine as changes
from domain.order_change import messages as change_messages
from domain.order_change import tasks as change_tasks
from domain.returns import machine as returns
from domain.returns import messages as return_messages
from domain.returns import tasks as return_tasks
from domain.tasks import TaskDefinition


class CaseType(NamedTuple):
    """One type of case.

    Attributes:
        name: as in the search attribute `CaseType`.
        title: as people say it.
        under_way: statuses that search attributes show of a case that runs, in the order of its life.
        over: statuses in which nothing more happens.
        with_customer: statuses in which the customer has the word, or the goods.
        messages: the module of what only such cases can be asked.
        tasks: the kinds of human tasks that such cases can have.
        withdraw: the verb with which a customer takes the wish back; None where the customer wished for nothing.
    """

    name: str
    title: str
    under_way: tuple[str, ...]
    over: tuple[str, ...]
    with_customer: tuple[str, ...]
    messages: ModuleType
    tasks: tuple[TaskDefinition, ...]
    withdraw: str | None


def _values(statuses: tuple[StrEnum, ...]) -> tuple[str, ...]:
    return tuple(status.value for status in statuses)


COMPLAINT = CaseType(
    name="complaint",
    title="complaint",
    # From the customer's acceptance on a complaint is shown as resolved.
    under_way=(*_values(complaints.UNRESOLVED), "resolved"),
    over=_values(complaints.OVER),
    with_customer=_values(complaints.WITH_CUSTOMER),
    messages=complaint_messages,
    tasks=tuple(complaint_tasks.TASK_DEFINITIONS.values()),
    withdraw="withdraw",
)
ORDER_CHANGE = CaseType(
    name="order_change",
    title="order change",
    under_way=_values(tuple(status for status in changes.ChangeCaseStatus if status not in changes.OVER)),
    over=_values(changes.OVER),
    with_customer=_values(changes.WITH_CUSTOMER),
    messages=change_messages,
    tasks=tuple(change_tasks.TASK_DEFINITIONS.values()),
    withdraw="withdraw_change",
)
RETURN = CaseType(
    name="return",
    title="return",
    under_way=_values(tuple(status for status in returns.ReturnCaseStatus if status not in returns.OVER)),
    over=_values(returns.OVER),
    with_customer=_values(returns.WITH_CUSTOMER),
    messages=return_messages,
    tasks=tuple(return_tasks.TASK_DEFINITIONS.values()),
    withdraw="withdraw_return",
)
DELIVERY = CaseType(
    name="delivery",
    title="delivery problem",
    under_way=_values(tuple(status for status in deliveries.DeliveryCaseStatus if status not in deliveries.OVER)),
    over=_values(deliveries.OVER),
    with_customer=(),
    messages=delivery_messages,
    tasks=tuple(delivery_tasks.TASK_DEFINITIONS.values()),
    withdraw=None,
)

CASE_TYPES: dict[str, CaseType] = {
    case_type.name: case_type for case_type in (COMPLAINT, ORDER_CHANGE, RETURN, DELIVERY)
}
