"""A complaint and what came out of it, in pure Python: one clock on the wall, signals that arrive, who hears what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from domain.complaint import decisions
from domain.complaint import messages as c
from domain.deeds import DeliveryState, NotifyStaff, StartCase, TellCase
from domain.errors import CaseError
from domain.linked.messages import LinkedCaseMoved, LinkedCaseReplied, ParentMoved
from domain.linked.starts import start_of
from domain.order_change import facts as change_facts
from domain.order_change.state import OrderChangeStart
from domain.people import Actor, OrderSummary
from domain.policy import Policy
from domain.returns import facts as return_facts
from domain.returns.wish import ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.changes import OrderDelta
from domain.sla.spans import Instant, Span
from domain.templates import TemplateName
from tests.domain.cases import AGENT, CUSTOMER, MONDAY, Running, charter, opened
from tests.domain.changes import RunningChange
from tests.domain.fields_of_a_shop import FieldsOfAShop, an_order
from tests.domain.fields_of_returns import FieldsOfReturns, delivered, returning_shop
from tests.domain.returns import RunningReturn

ORDER = OrderSummary(id="o1", customer_id=CUSTOMER.id, status="delivered", placed_at=MONDAY - 1)
BACK = ReturnWish(
    kind=ReturnKind.REFUND, items=(WantedItem(line_id="o1-1", quantity=1, reason=ReturnReason.CHANGED_MIND),)
)


@dataclass
class Together:
    """A complaint, and the cases that came out of it."""

    complaint: Running
    shop: FieldsOfReturns | FieldsOfAShop
    children: list[RunningReturn | RunningChange] = field(default_factory=list)
    heard: list[tuple[Instant, str, TemplateName]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    notices: list[NotifyStaff] = field(default_factory=list)
    signals: int = 0

    @property
    def child(self) -> RunningReturn | RunningChange:
        return self.children[0]

    @property
    def back(self) -> RunningReturn:
        assert isinstance(self.child, RunningReturn)
        return self.child

    @property
    def changed(self) -> RunningChange:
        assert isinstance(self.child, RunningChange)
        return self.child

    @property
    def now(self) -> Instant:
        return self.complaint.now

    def open(self, wanted: ReturnWish | OrderDelta = BACK, actor: Actor = AGENT, **fields: Any) -> None:
        self.complaint.ask(decisions.open_linked_case, c.OpenLinkedCase, actor, wanted=wanted, **fields)
        self.go_on()

    def go_on(self) -> None:
        """Everything decided is carried out: cases start, signals arrive, the customer hears."""
        busy = True
        while busy:
            busy = sum(self._carry_out(case) for case in (self.complaint, *self.children)) > 0

    def _carry_out(self, running: Running | RunningReturn | RunningChange) -> bool:
        running.now = self.now
        running.attend()
        case, deeds = running.case, list(running.deeds)
        for deed in deeds:
            if isinstance(deed, StartCase):
                self._start(deed)
            elif isinstance(deed, TellCase):
                self._tell(running, deed)
            elif isinstance(deed, NotifyStaff):
                self.notices.append(deed)
        for message in running.messages:
            self.heard.append((self.now, case.state.case_id, message.template))
        running.deliver(DeliveryState.DELIVERED)
        running.deeds = [deed for deed in running.deeds if deed not in deeds]
        return bool(deeds)

    def _start(self, deed: StartCase) -> None:
        informs = self.complaint.case.informs
        start = start_of(self.complaint.case.state, deed, informs=informs)
        child: RunningReturn | RunningChange
        if isinstance(start, OrderChangeStart):
            change = change_facts.new_change(start.change, start.customer, charter(), self.now)
            assert isinstance(self.shop, FieldsOfAShop)
            child = RunningChange(change, self.now, shop=self.shop)
        else:
            back = return_facts.new_return(start.asked, start.customer, charter(), self.now)
            assert isinstance(self.shop, FieldsOfReturns)
            child = RunningReturn(back, self.now, shop=self.shop)
        self.children.append(child)
        self.complaint.case.linked_started(deed, informs=informs, now=self.now)

    def _tell(self, sender: Running | RunningReturn | RunningChange, deed: TellCase) -> None:
        self.signals += 1
        if deed.target in self.gone:
            sender.case.not_told(deed, self.now)
        elif isinstance(deed.news, ParentMoved):
            child = next(one for one in self.children if one.case.state.case_id == deed.target)
            child.now = self.now
            child.case.parent_moved(deed.news, self.now)
            child.case.parent_moved(deed.news, self.now)
        elif isinstance(deed.news, LinkedCaseMoved):
            self.complaint.case.linked_moved(deed.news, self.now)
            self.complaint.case.linked_moved(deed.news, self.now)
        else:
            assert isinstance(deed.news, LinkedCaseReplied)
            self.complaint.case.linked_replied(deed.news, self.now)
            self.complaint.case.linked_replied(deed.news, self.now)

    def wait(self, span: Span) -> None:
        """Let time pass for all of them: each step at its own instant, every message and signal at once."""
        until = self.now + span
        while due := [
            steps[0].due
            for one in (self.complaint, *self.children)
            if (steps := one.case.plan()) and steps[0].due <= until
        ]:
            self.complaint.now = max(min(due), self.now)
            self.go_on()
        self.complaint.now = until
        self.go_on()

    def told(self, template: TemplateName) -> list[str]:
        """From which cases the customer heard this, in order."""
        return [case_id for _, case_id, one in self.heard if one is template]

    @property
    def longest_silence(self) -> Span:
        """The longest time in which the customer heard nothing, up to now."""
        moments = [at for at, _, _ in self.heard]
        return max(then - at for at, then in zip(moments, [*moments[1:], self.now], strict=True))

    def settles(self) -> None:
        """The agent offers a solution, and the rest goes on by itself."""
        self.complaint.complete(AGENT, "resolve_complaint", solution="See your return.", leave_linked=True)
        self.go_on()


def together(policy: Policy | None = None, *, order: OrderSummary | None = ORDER, change: bool = False) -> Together:
    """A complaint that an agent has in hand."""
    complaint = opened(policy, order=order)
    shop = FieldsOfAShop(an_order(), an_order().total) if change else returning_shop(delivered())
    both = Together(complaint, shop)
    both.go_on()
    complaint.claim()
    both.go_on()
    return both


def refuses(both: Together, code: str, **fields: Any) -> CaseError:
    """The refusal with which a linked case is not opened."""
    before = both.complaint.case.state.model_dump_json()
    with pytest.raises(CaseError) as refusal:
        both.open(**fields)
    assert refusal.value.code == code, refusal.value.message
    assert both.complaint.case.state.model_dump_json() == before
    return refusal.value
