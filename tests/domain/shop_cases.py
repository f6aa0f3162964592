"""A case at a shop in pure Python: asked as the workflow asks it, over a shop that is a few fields."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from domain import messages as m
from domain import task_verbs
from domain.case import Act
from domain.conversation import settle
from domain.deeds import Deed, DeliveryReport, DeliveryState, NotifyStaff, SendMessage, TakeStep
from domain.errors import CaseError
from domain.people import Actor
from domain.shop_case.case import ShopCase
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask
from domain.templates import TemplateName


@dataclass
class RunningShopCase:
    """One case with its clock on the wall, and what it decided that nobody has carried out."""

    case: ShopCase
    now: Instant
    deeds: list[Deed] = field(default_factory=list)
    slow: bool = False
    waiting: list[TakeStep] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    letters: list[SendMessage] = field(default_factory=list)

    @abstractmethod
    def answer(self, deed: TakeStep) -> None:
        """Let the shop answer."""

    def attend(self) -> None:
        """What follows each activation, until nothing more follows."""
        while True:
            self.case.take_due_steps(self.now)
            self.case.go_on(self.now)
            self.case.inform(self.now)
            fresh, self.case.state.deeds = self.case.state.deeds, []
            self.deeds += [deed for deed in fresh if not isinstance(deed, TakeStep)]
            self.waiting += [deed for deed in fresh if isinstance(deed, TakeStep)]
            if self.slow or not self.waiting:
                return
            self.answer(self.waiting.pop(0))

    def ask(self, decide: Callable[[Any, Any], Act], kind: type[m.Request], actor: Actor, **fields: Any) -> None:
        """Ask as the workflow does: the decision may refuse, then it is asked again and its act is done."""
        request = kind(actor=actor, request_id=f"r{next(self.numbers)}", **fields)
        decide(self.case, request)
        decide(self.case, request)(self.now)
        self.attend()

    def claim(self, actor: Actor, kind: str) -> HumanTask:
        task = self.task(kind)
        self.ask(task_verbs.claim, m.ClaimTask, actor, task_id=task.id)
        return task

    def complete_own(self, actor: Actor, task_id: str, **form: object) -> None:
        self.ask(task_verbs.complete, m.CompleteTask, actor, task_id=task_id, form=form)

    def complete(self, actor: Actor, kind: str, **form: object) -> None:
        self.complete_own(actor, self.claim(actor, kind).id, **form)

    def wait(self, span: Span) -> None:
        """Let time pass with everything up and running, and every message arrive."""
        until = self.now + span
        while (steps := self.case.plan()) and steps[0].due <= until:
            self.now = max(steps[0].due, self.now)
            self.attend()
            self.deliver()
        self.now = until
        self.attend()

    def deliver(self, state: DeliveryState = DeliveryState.DELIVERED) -> None:
        messages = self.messages
        self.deeds = [deed for deed in self.deeds if not isinstance(deed, SendMessage)]
        self.letters += messages
        for message in messages:
            settle(self.case, message, DeliveryReport(state=state, channel=message.channels[0]), self.now)
        self.attend()

    @contextmanager
    def refused(self, code: str) -> Iterator[dict[str, object]]:
        """What is asked inside is refused with this code and changes nothing; the details are yielded."""
        before, details = self.case.state.model_dump_json(), dict[str, object]()
        with pytest.raises(CaseError) as refusal:
            yield details
        details.update(refusal.value.details)
        assert refusal.value.code == code, refusal.value.message
        assert self.case.state.model_dump_json() == before

    @property
    def told(self) -> list[TemplateName]:
        """What the customer has got."""
        return [message.template for message in self.letters]

    @property
    def messages(self) -> list[SendMessage]:
        return [deed for deed in self.deeds if isinstance(deed, SendMessage)]

    @property
    def notices(self) -> list[NotifyStaff]:
        return [deed for deed in self.deeds if isinstance(deed, NotifyStaff)]

    @property
    def story(self) -> list[str]:
        return [entry.what for entry in self.case.state.timeline.entries]

    def task(self, kind: str) -> HumanTask:
        return [task for task in self.case.state.tasks if task.kind == kind][-1]

    def clock(self, kind: ClockKind) -> Clock:
        return [clock for clock in self.case.state.clocks if clock.kind is kind][-1]
