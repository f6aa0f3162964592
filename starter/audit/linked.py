"""What a case was told by the cases that it is linked with: from its history, as it understood it then."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from domain.linked.messages import LinkedCaseMoved, OutOfComplaint, ParentMoved
from domain.sla.spans import Instant
from starter.audit.record import CaseRecord, EventRef, HeardElsewhere, Informed

SIGNALS = ("linked_case_moved", "parent_moved")


class LinkedReader:
    """Reads into a record who informs the customer, and when they heard from a linked case."""

    def __init__(self, record: CaseRecord) -> None:
        self.record = record

    def begin(self, opened: Instant, event: EventRef) -> None:
        """The case starts: one that came out of a complaint may leave it to that one to inform the customer."""
        parent: OutOfComplaint | None = getattr(self.record.arrival, "parent", None)
        if parent:
            self.record.informed.append(Informed(opened, event, parent.informs))

    def told(self, signal: str, content: Any, at: Instant, event: EventRef) -> None:
        """A signal came; nonsense changes nothing in a case."""
        try:
            if signal == "parent_moved":
                self._parent(ParentMoved.model_validate(content), at, event)
            else:
                self._linked(LinkedCaseMoved.model_validate(content), at, event)
        except ValidationError:
            return

    def _parent(self, news: ParentMoved, at: Instant, event: EventRef) -> None:
        parent: OutOfComplaint | None = getattr(self.record.arrival, "parent", None)
        if parent is None or parent.case_id != news.case_id:
            return
        if news.informs is not self.record.informed[-1].elsewhere:
            self.record.informed.append(Informed(at, event, news.informs))
        elif not news.informs:
            self._heard(news.heard_at, at, event)

    def _linked(self, news: LinkedCaseMoved, at: Instant, event: EventRef) -> None:
        if news.case_id in self.record.linked:
            self._heard(news.heard_at, at, event)

    def _heard(self, heard_at: Instant | None, at: Instant, event: EventRef) -> None:
        if heard_at is None:
            return
        heard = min(heard_at, at)
        if all(one.at != heard for one in self.record.elsewhere):
            self.record.elsewhere.append(HeardElsewhere(heard, event))
