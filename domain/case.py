"""What every case is: a record with clocks, under a policy, and what its type makes of them.

No method of a case waits, sends or reads a clock: time comes in as `now`, effects go out as deeds.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeAlias

from pydantic import BaseModel

from domain.case_clocks import CaseClocks
from domain.deeds import NoticeKind, NotifyStaff, SendMessage, TellCase, Words
from domain.people import Actor, DeliveryChannel
from domain.shop_case.messages import OrderMoved
from domain.sla.rules import ClockKind, ClockRule, ClockRules
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask, TaskDefinition, eligible

Act: TypeAlias = Callable[[Instant], None]
"""A decision that was not refused: called with the present instant, it changes the case."""


class Case(CaseClocks):
    """A case under its policy. Subclasses say what their clocks, tasks and steps mean."""

    # What a case type decides.

    @property
    @abstractmethod
    def tier(self) -> int | None:
        """The tier that has the case, for types that have tiers."""

    @property
    @abstractmethod
    def definitions(self) -> dict[str, TaskDefinition]:
        """The kinds of human tasks."""

    @property
    @abstractmethod
    def supervisors(self) -> str:
        """The team that alarms go to."""

    @property
    @abstractmethod
    def clock_rules(self) -> ClockRules:
        """What the pinned policy says about the clocks of this type."""

    def rule(self, kind: ClockKind) -> ClockRule:
        # Tasks are given to people in the same way whatever the type.
        return self.policy.assignment.clock if kind is ClockKind.ASSIGNMENT else self.clock_rules.rule(kind)

    @property
    @abstractmethod
    def problem(self) -> str | None:
        """What it is about, as skills for it are named; None where a case does not know yet."""

    @property
    def upset(self) -> bool:
        """Whether the customer is upset."""
        return False

    @abstractmethod
    def task_completed(self, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
        """Go on with the case after a task was completed."""

    def check_completion(self, task: HumanTask, form: BaseModel, actor: Actor) -> None:
        """Refuse a completion that the case as a whole does not allow; nothing by default."""

    @abstractmethod
    def claim_idle_budget(self, task: HumanTask) -> Span | None:
        """How long a claim may lie idle before the task returns to its queue; None for ever."""

    def go_on(self, now: Instant) -> None:
        """Take the next step that follows from how the case stands; nothing by default."""

    def task_skipped(self, task: HumanTask, now: Instant) -> None:
        """Go on with the case after a task was skipped; nothing by default."""

    @abstractmethod
    def words(self, now: Instant) -> Words:
        """What every message to the customer may mention."""

    @abstractmethod
    def undeliverable(self, message: SendMessage, why: str, now: Instant) -> None:
        """No channel delivered a message: a person must reach the customer."""

    @abstractmethod
    def unknown_fate(self, message: SendMessage, why: str, now: Instant) -> None:
        """Nobody can tell whether a message arrived: a person must find out."""

    def order_moved(self, event: OrderMoved, now: Instant) -> None:
        """Something happened to the case's order without us: whoever works on it sees that; nothing else by default."""
        if self.is_news(event.event_id):
            self.note(now, "order_moved", kind=event.kind)

    # Linked cases. By default a case stands alone.

    def customer_heard(self, at: Instant) -> None:
        """The customer has heard from this case."""

    def promised_elsewhere(self, now: Instant) -> Instant | None:
        """By when the customer hears from another case that informs them in this one's stead."""
        return None

    def inform(self, now: Instant) -> None:
        """Tell linked cases what has changed here."""

    def not_told(self, deed: TellCase, now: Instant) -> None:
        """The other case is not there any more to be told something."""

    # People.

    def notify(
        self,
        notice: NoticeKind,
        recipients: tuple[str, ...],
        about: str,
        key: str,
        due_at: Instant | None = None,
        item: str | None = None,
    ) -> None:
        """Tell staff; without recipients the supervisors are told instead."""
        people = recipients or (f"team:{self.supervisors}",)
        self.decide(NotifyStaff(key=key, notice=notice, recipients=people, about=about, due_at=due_at, item=item))

    def alarm_if_nobody_eligible(self, task: HumanTask, now: Instant) -> None:
        """A task that nobody may take is told to the supervisors (lessons, failure 7)."""
        if not task.owner and not eligible(task, self.policy):
            self.note(now, "nobody_eligible", task=task.id, team=task.team)
            about = f"nobody is eligible for task {task.id} ({task.title}) of team {task.team}"
            self.notify(NoticeKind.ALARM, (), about, self.key("nobody_eligible"))

    def delivery_channels(self) -> tuple[DeliveryChannel, ...]:
        """Ways to reach this customer in the order in which they are tried."""
        return self.policy.delivery[self.state.channel]
