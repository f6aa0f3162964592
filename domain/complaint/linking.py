"""The cases that came out of a complaint: opened, followed, and spoken of with the customer in one conversation."""

from __future__ import annotations

from typing import cast

from pydantic import BaseModel

from domain.complaint.forms import SolutionForm
from domain.complaint.handling import ComplaintHandling
from domain.complaint.messages import OpenLinkedCase
from domain.complaint.standing import ComplaintStanding
from domain.conversation import heard_elsewhere
from domain.deeds import NoticeKind, SendMessage, StartCase, TellCase
from domain.errors import InvalidInputError, LimitExceededError, LinkedCaseOpenError
from domain.linked.messages import RETURN, LinkedCaseMoved, LinkedCaseReplied, ParentMoved, type_of
from domain.linked.state import LinkedCase
from domain.numbers import change_number, return_number
from domain.people import Actor, Role
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import queue_of

SOURCE = "complaint"
"""The source under which linked cases are opened; the reference is the key of the deed."""

KEPT_LINKED = 50
"""Linked cases that a complaint remembers; those that are over longest are forgotten first."""


class ComplaintLinking(ComplaintHandling):
    """What a complaint does with the cases that came out of it. Without any it decides nothing here."""

    def open_linked(self, request: OpenLinkedCase, order_id: str, now: Instant) -> LinkedCase:
        """Decide that a case comes out of this one; it is linked from here on."""
        key, case_type = self.key("linked"), type_of(request.wanted)
        number = return_number(SOURCE, key) if case_type == RETURN else change_number(SOURCE, key)
        linked = LinkedCase(case_id=number, case_type=case_type, order_id=order_id, asked_by=request.actor.id)
        self.state.linked_cases.append(linked)
        self.state.linked.append(number)
        self.note(now, "linked_case_asked", request.actor, case=number, type=case_type, order=order_id)
        self.decide(
            StartCase(
                key=key, case_id=number, order_id=order_id, wanted=request.wanted, asked_by=request.actor.id, at=now
            )
        )
        return linked

    def linked_case(self, case_id: str) -> LinkedCase | None:
        """A linked case by its number, or None."""
        return next((linked for linked in self.state.linked_cases if linked.case_id == case_id), None)

    def linked_started(self, deed: StartCase, *, informs: bool, now: Instant) -> None:
        """The linked case runs; `informs` is what it was told of this one when it started."""
        linked = self.linked_case(deed.case_id)
        assert linked
        linked.opened = True
        linked.told = ParentMoved(case_id=self.state.case_id, number=0, informs=informs)
        self.note(now, "linked_case_opened", case=linked.case_id, type=linked.case_type)

    def linked_not_started(self, deed: StartCase, why: str, now: Instant) -> None:
        """The linked case could not be opened: whoever asked for it is told."""
        linked = self.linked_case(deed.case_id)
        assert linked
        linked.over, linked.status = True, "not_opened"
        self.note(now, "linked_case_not_opened", case=linked.case_id, reason=why)
        about = f"linked case {linked.case_id} was not opened: {why}"
        self.notify(NoticeKind.ALARM, (linked.asked_by,), about, self.key("linked_not_opened"))

    # What linked cases tell.

    def linked_moved(self, news: LinkedCaseMoved, now: Instant) -> None:
        """A linked case stands elsewhere, has ended, or its customer has heard from it."""
        linked = self.linked_case(news.case_id)
        if linked is None or news.number <= linked.heard:
            return
        linked.heard = news.number
        ended, linked.over = news.over and not linked.over, news.over
        if news.status != linked.status or ended:
            former, outcome = linked.status, news.outcome
            self.note(now, "linked_case_moved", case=linked.case_id, former=former, status=news.status, outcome=outcome)
        linked.status, linked.outcome = news.status, news.outcome
        if news.heard_at and news.heard_at > (linked.heard_at or 0):
            linked.heard_at = news.heard_at
            heard_elsewhere(self, min(news.heard_at, now), f"case {linked.case_id} wrote to the customer")
        if ended:
            self._tell_owner(f"linked case {linked.case_id} has ended: {news.outcome or news.status}", "linked_ended")
            self._forget_linked()

    def linked_replied(self, news: LinkedCaseReplied, now: Instant) -> None:
        """The customer wrote to a linked case: it is the same conversation."""
        if self.linked_case(news.case_id) is None or not self.is_news(news.event_id):
            return
        customer = Actor(id=self.state.customer.id, role=Role.CUSTOMER)
        self.note(now, "customer_replied", customer, text=news.text, case=news.case_id)
        if self.over:
            about = f"the customer wrote to case {news.case_id}, and this one was over by then"
            self.notify(NoticeKind.ALARM, (), about, self.key("replied_too_late"))
            return
        self.customer_wrote(news.text, customer, now)

    def _tell_owner(self, about: str, step: str) -> None:
        working = [task.owner or queue_of(task) for task in self.in_hand]
        last = self.last_in_charge
        people = working or ([last.owner] if last and last.owner else [])
        self.notify(NoticeKind.ANSWER, tuple(people), about, self.key(step))

    def _forget_linked(self) -> None:
        over = [linked for linked in self.state.linked_cases if linked.over]
        for linked in over[: max(len(self.state.linked_cases) - KEPT_LINKED, 0)]:
            self.state.linked_cases.remove(linked)

    # What linked cases are told.

    def customer_heard(self, at: Instant) -> None:
        self.state.heard_at = max(at, self.state.heard_at or 0)

    def inform(self, now: Instant) -> None:
        """Tell each linked case whether this one informs the customer, or else when it has written to them."""
        for linked in self.linked_open:
            if not linked.opened or linked.told is None:
                continue
            heard_at = None if self.informs else self.state.heard_at
            told = linked.told
            fresh = told.model_copy(update={"informs": self.informs, "over": self.over, "heard_at": heard_at})
            if fresh == told:
                continue
            if self.informs and not told.informs:
                self._informs_again(now)
            linked.told = fresh.model_copy(update={"number": told.number + 1})
            key = self.key("linked_case_told")
            self.decide(TellCase(key=key, target=linked.case_id, signal="parent_moved", news=linked.told))

    def _informs_again(self, now: Instant) -> None:
        """Linked cases told the customer how things stand until now: the time since then counts."""
        clock = self.open_clock(ClockKind.STATUS_UPDATE)
        heard = [linked.heard_at for linked in self.linked_open if linked.heard_at]
        if clock is None or not heard or any(isinstance(deed, SendMessage) for deed in self.state.deeds):
            return
        calendar = self.calendar(clock.calendar)
        waited = calendar.between(max(*heard, self.state.heard_at or 0), now)
        if waited < clock.budget:
            clock.carry(now, clock.budget - waited, "linked cases informed the customer until now", calendar)

    def not_told(self, deed: TellCase, now: Instant) -> None:
        """The linked case is over and could not say so."""
        linked = self.linked_case(deed.target)
        if linked and not linked.over:
            linked.over = True
            self.note(now, "linked_case_gone", case=linked.case_id, status=linked.status)
            self._tell_owner(f"linked case {linked.case_id} is over", "linked_gone")


def order_of(case: ComplaintStanding, request: OpenLinkedCase) -> str:
    """The order that a linked case is to be about.

    Raises:
        InvalidInputError: neither the request nor the complaint names one.
    """
    order_id = request.order_id or (case.state.order.id if case.state.order else None)
    if order_id is None:
        raise InvalidInputError("the complaint is about no order: expected the order's id", field="order_id")
    return order_id


def require_room(case: ComplaintStanding) -> None:
    """Refuse more linked cases than the policy allows at once.

    Raises:
        LimitExceededError: details give the limit and the numbers of those that are open.
    """
    limit, numbers = case.rules.linked_at_most, [linked.case_id for linked in case.linked_open]
    if len(numbers) >= limit:
        raise LimitExceededError(
            f"{limit} linked cases are open already: {', '.join(numbers)}", limit=limit, linked=numbers
        )


def require_none_linked(case: ComplaintStanding) -> None:
    """Refuse what would leave linked cases behind.

    Raises:
        LinkedCaseOpenError: details give the numbers.
    """
    if numbers := [linked.case_id for linked in case.linked_open]:
        raise LinkedCaseOpenError(f"still open: {', '.join(numbers)}", linked=numbers)


def check_linked_over(case: ComplaintStanding, form: BaseModel) -> None:
    """Refuse a solution while a linked case is open, unless the agent says that it goes on by itself.

    A warning would go unread, since nobody looks at the answer to a request that was done. What runs still is mostly
    the solution itself, and a customer who is asked whether all is well while the parcel is on its way says no.

    Raises:
        LinkedCaseOpenError: details give the numbers, and the field that lets it pass.
    """
    numbers = [linked.case_id for linked in case.linked_open]
    if numbers and not cast(SolutionForm, form).leave_linked:
        raise LinkedCaseOpenError(
            f"still open: {', '.join(numbers)}; wait for it, or say that it goes on by itself (leave_linked)",
            field="form.leave_linked",
            linked=numbers,
        )
