"""A case that came out of a complaint: the complaint has the conversation, and is told how this case stands.

While the complaint informs the customer regularly, this case does not. It still says what only it can say, and tells
the complaint when the customer heard that, so that nobody hears the same thing twice.
"""

from __future__ import annotations

from abc import abstractmethod

from domain.conversation import heard_elsewhere, inform_again, update_rule, write
from domain.deeds import NoticeKind, TellCase
from domain.linked.messages import LinkedCaseMoved, LinkedCaseReplied, OutOfComplaint, ParentMoved
from domain.linked.state import Parent
from domain.people import Actor, Role
from domain.shop_case.state import ShopCaseState
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName
from domain.worked_case import WorkedCase


def parent_of(complaint: OutOfComplaint | None) -> Parent | None:
    """What a case knows at first of the complaint that it came out of."""
    return Parent(case_id=complaint.case_id, informs=complaint.informs) if complaint else None


class LedCase(WorkedCase):
    """What a case does for and instead of the complaint that it came out of. Without one it does all by itself."""

    state: ShopCaseState  # type: ignore[mutable-override]  # narrowed, and set only by __init__

    @property
    @abstractmethod
    def busy(self) -> bool:
        """Something was asked of the shop that is not answered yet."""

    @property
    def led(self) -> bool:
        """Whether the complaint informs the customer in this case's stead."""
        return self.state.parent is not None and self.state.parent.informs

    def pause_of(self, kind: ClockKind) -> str | None:
        parent = self.state.parent
        if kind is ClockKind.STATUS_UPDATE and parent and parent.informs:
            return f"complaint {parent.case_id} informs the customer"
        return None

    def promised_elsewhere(self, now: Instant) -> Instant | None:
        if not self.led or self.over:
            return None
        rule = update_rule(self)
        return self.calendar(rule.calendar).add(now, rule.every)

    def acknowledge(self, template: TemplateName, now: Instant, about: str) -> None:
        """Tell the customer that we have it and what happens next, unless the complaint is the one to say so."""
        if not self.led:
            write(self, template, now, about)

    # What the complaint is told.

    def customer_heard(self, at: Instant) -> None:
        if parent := self.state.parent:
            parent.heard_at = max(at, parent.heard_at or 0)

    def inform(self, now: Instant) -> None:
        """Tell the complaint what has changed; what is passed through while the shop is asked is no news."""
        parent = self.state.parent
        if parent is None or parent.over:
            return
        passing = parent.told is not None and self.busy and not self.over
        status = parent.told.status if parent.told and passing else self.status
        news = LinkedCaseMoved(
            case_id=self.state.case_id,
            number=parent.number,
            status=status,
            over=self.over,
            outcome=self.came_to,
            heard_at=parent.heard_at,
        )
        if news == parent.told:
            return
        parent.number += 1
        parent.told = news.model_copy(update={"number": parent.number})
        self._tell("linked_case_moved", parent.told)

    def customer_wrote(self, text: str, by: Actor, now: Instant) -> None:
        """Whoever has the complaint answers; those who work on this case are told."""
        parent = self.state.parent
        if parent is None or not parent.informs:
            super().customer_wrote(text, by, now)
            return
        event_id = self.key("reply_forwarded")
        self._tell("linked_case_replied", LinkedCaseReplied(case_id=self.state.case_id, event_id=event_id, text=text))
        if owners := tuple(dict.fromkeys(task.owner for task in self.active_tasks() if task.owner)):
            about = f"the customer wrote; complaint {parent.case_id} answers"
            self.notify(NoticeKind.ANSWER, owners, about, self.key("customer_replied"))

    def _tell(self, signal: str, news: LinkedCaseMoved | LinkedCaseReplied) -> None:
        assert self.state.parent
        target = self.state.parent.case_id
        self.decide(TellCase(key=self.key("complaint_told"), target=target, signal=signal, news=news))

    def not_told(self, deed: TellCase, now: Instant) -> None:
        """The complaint has gone without a word: this case informs its customer itself, and answers what they wrote."""
        self._on_its_own(now)
        if isinstance(deed.news, LinkedCaseReplied) and not self.over:
            self.customer_wrote(deed.news.text, Actor(id=self.state.customer.id, role=Role.CUSTOMER), now)

    # What the complaint tells.

    def parent_moved(self, news: ParentMoved, now: Instant) -> None:
        """The complaint informs the customer from now on, or no longer, or has just done so by itself."""
        parent = self.state.parent
        if parent is None or news.case_id != parent.case_id or news.number <= parent.heard:
            return
        parent.heard = news.number
        if parent.over and not news.over:
            # It was opened again and knows nothing of what was not told while it was over.
            parent.told = None
        parent.over = news.over
        if news.informs:
            self._informed_elsewhere(now)
        elif parent.informs:
            self._on_its_own(now)
        elif news.heard_at:
            heard_elsewhere(self, min(news.heard_at, now), f"complaint {parent.case_id} wrote to the customer")

    def _informed_elsewhere(self, now: Instant) -> None:
        parent = self.state.parent
        assert parent
        if parent.informs:
            return
        parent.informs = True
        self.note(now, "complaint_informs", case=parent.case_id)
        self.settle_pauses(now)

    def _on_its_own(self, now: Instant) -> None:
        parent = self.state.parent
        assert parent
        if parent.informs:
            parent.informs = False
            self.note(now, "informs_itself", case=parent.case_id)
            inform_again(self, now, f"complaint {parent.case_id} no longer informs the customer")
