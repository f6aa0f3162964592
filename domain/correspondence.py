"""What is said in a case, whatever it is about: to the customer, by the customer, and among the staff.

Each function refuses, or returns the act that will be done.
"""

from __future__ import annotations

from domain import requests as r
from domain.case import Act
from domain.conversation import write
from domain.errors import WrongStatusError
from domain.rights import STAFF, require_customer, require_in_charge, require_role, require_unresolved
from domain.sla.spans import Instant
from domain.task_moves import begin
from domain.worked_case import WorkedCase


def reply(case: WorkedCase, request: r.Reply) -> Act:
    """Write to the customer; delivered, it is a response and an update."""
    require_unresolved(case)
    task = require_in_charge(case, request.actor)
    if request.await_answer:
        check_awaited(case)

    def act(now: Instant) -> None:
        if task:
            begin(case, task, now)
        due = case.await_answer(request.actor, now) if request.await_answer else None
        case.note(now, "replied", request.actor, text=request.text, await_answer=request.await_answer)
        about = f"Message of {request.actor.id} to the customer"
        write(case, case.message_template, now, about, author=request.actor.id, text=request.text, answer_by=due)

    return act


def check_awaited(case: WorkedCase) -> None:
    """Refuse a question for whose answer the case cannot wait now.

    Raises:
        InvalidInputError: cases of this type wait for no answers in words.
        WrongStatusError: the status does not allow it.
    """
    require_unresolved(case)
    case.check_question()


def add_note(case: WorkedCase, request: r.AddNote) -> Act:
    """An internal note; anybody of the staff may leave one, even on a closed case that is still running."""
    require_role(request.actor, *STAFF)

    def act(now: Instant) -> None:
        case.note(now, "note_added", request.actor, text=request.text)
        for task in case.active_tasks():
            if task.owner == request.actor.id:
                begin(case, task, now)

    return act


def check_heard(case: WorkedCase) -> None:
    """Refuse words of the customer that would reach nobody.

    Raises:
        WrongStatusError: the case is over; details say whether it can be reopened.
    """
    if case.over:
        go_on, possible = ("reopen it to go on", ["reopen"]) if case.reopens else ("open another one", [])
        raise WrongStatusError(f"the case is {case.status}: {go_on}", status=case.status, possible=possible)


def customer_reply(case: WorkedCase, request: r.CustomerReply) -> Act:
    """The customer wrote; whoever has the case is told, and work goes on if it waited for this."""
    require_customer(case, request.actor)
    check_heard(case)

    def act(now: Instant) -> None:
        came_with = " ".join(request.attachments) or None
        case.note(now, "customer_replied", request.actor, text=request.text, attachments=came_with)
        case.customer_wrote(request.text, request.actor, now)

    return act
