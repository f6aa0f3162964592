"""What the event histories of one case say, as facts with the events that prove them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.case_clocks import KEPT_BY_MESSAGES
from domain.deeds import CompensationOrder, DeliveryReport, DeliveryState, MessageOrder, NoticeKind, NoticeOrder
from domain.people import CustomerProfile
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.templates import TemplateName
from starter.audit.subject import Arrival, Subject


@dataclass(frozen=True, order=True)
class EventRef:
    """An event: the run of the workflow, from 1, and the event's id in it."""

    run: int
    event: int

    def __str__(self) -> str:
        return f"{self.run}/{self.event}"


@dataclass
class Effect:
    """An outside effect: an activity that was scheduled, and what became of it.

    `at` is when the workflow decided, `learnt_at` when the workflow task began in which it heard what became of it.
    """

    at: Instant
    key: str
    scheduled: EventRef
    settled: EventRef | None = None
    settled_at: Instant | None = None
    learnt_at: Instant | None = None
    completed: bool = False

    @property
    def events(self) -> tuple[EventRef, ...]:
        """The events that prove it."""
        return (self.scheduled,) if self.settled is None else (self.scheduled, self.settled)


@dataclass
class Letter(Effect):
    """One attempt at a message to the customer, over one channel."""

    order: MessageOrder = field(kw_only=True)
    report: DeliveryReport | None = None

    @property
    def delivered(self) -> bool:
        """Whether the customer got it."""
        return self.report is not None and self.report.state is DeliveryState.DELIVERED

    @property
    def arrived_at(self) -> Instant:
        """When the customer got it; the history may tell of it later."""
        at = self.report.at if self.report else None
        return at or self.settled_at or self.at

    @property
    def doubtful(self) -> bool:
        """Whether nobody could tell if the customer got it."""
        return self.report is not None and self.report.state is DeliveryState.UNKNOWN

    @property
    def template(self) -> TemplateName:
        """What kind of message it is."""
        return self.order.template


@dataclass
class Notice(Effect):
    """Something that staff were told."""

    order: NoticeOrder = field(kw_only=True)

    @property
    def clock(self) -> str | None:
        """The clock whose breach this puts on record, such as `tier:2`."""
        if self.order.notice is not NoticeKind.BREACH:
            return None
        return self.key.removeprefix(f"{self.order.case_id}:").removesuffix(":breach")

    def breaks(self, kind: ClockKind) -> bool:
        """Whether this puts the breach of such a clock on record."""
        return (self.clock or "").partition(":")[0] == kind.value


@dataclass
class Grant(Effect):
    """A compensation."""

    order: CompensationOrder = field(kw_only=True)


@dataclass
class ShopStep(Effect):
    """Something asked of the shop; `do` is the activity, and the key is empty where it needs none."""

    do: str = field(kw_only=True)
    answer: Any = None

    @property
    def changes_something(self) -> bool:
        """Whether it was more than a look."""
        return bool(self.key) and not self.do.startswith(("read_", "find_"))


@dataclass(frozen=True)
class Asked:
    """An update that the case accepted and carried out."""

    at: Instant
    event: EventRef
    verb: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """The search attributes from a moment on."""

    at: Instant
    event: EventRef
    status: str
    tier: int
    priority: str

    def same_as(self, other: Shown) -> bool:
        """Whether they say the same, whenever they came."""
        return (self.status, self.tier, self.priority) == (other.status, other.tier, other.priority)


@dataclass(frozen=True)
class Absorbed:
    """Another case was merged into this one; `left` is what its clocks had left, in milliseconds by kind."""

    at: Instant
    event: EventRef
    case_id: str
    left: dict[str, Span]


@dataclass(frozen=True)
class HeardElsewhere:
    """The customer heard from a linked case."""

    at: Instant
    event: EventRef


@dataclass(frozen=True)
class Informed:
    """From here on a complaint tells the customer regularly how things stand in this case's stead, or no longer."""

    at: Instant
    event: EventRef
    elsewhere: bool


@dataclass(frozen=True)
class Ended:
    """A run came to its end: `how` is the server's word, `outcome` the workflow's."""

    at: Instant
    event: EventRef
    how: str
    outcome: str | None = None


@dataclass
class CaseRecord:
    """Everything that the histories of a case say, in order.

    Attributes:
        opened: the start event of the first run.
        subject: what the auditor knows of its type.
        arrival: what the case began with.
        runs: runs of the workflow that were read.
        lags: when work lay waiting for server or worker (start and end, milliseconds).
        reports: when promises waited for the report of a message that may have kept them.
        linked: the cases that were opened out of this one.
        until: the instant up to which the record tells the story.
        running: the last run has not ended.
    """

    case_id: str
    opened: EventRef
    subject: Subject
    arrival: Arrival
    customer: CustomerProfile | None = None
    runs: int = 0
    letters: list[Letter] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    steps: list[ShopStep] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    absorbed: list[Absorbed] = field(default_factory=list)
    linked: set[str] = field(default_factory=set)
    elsewhere: list[HeardElsewhere] = field(default_factory=list)
    informed: list[Informed] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    lags: list[tuple[Instant, Instant]] = field(default_factory=list)
    reports: list[tuple[Instant, Instant]] = field(default_factory=list)
    until: Instant = 0
    running: bool = True

    @property
    def vip(self) -> bool:
        """What the look-up said of the customer."""
        return self.customer is not None and self.customer.vip

    @property
    def policies(self) -> tuple[str, ...]:
        """The versions that the case was pinned to, in order."""
        adopted = [str(request.content["policy"]) for request in self.asked_for("adopt_policy")]
        return (self.arrival.policy, *adopted)

    def asked_for(self, *verbs: str) -> Iterator[Asked]:
        """The updates of these names."""
        return (request for request in self.asked if request.verb in verbs)

    def delivered(self, *templates: TemplateName) -> list[Letter]:
        """The letters that arrived, of these kinds or of any."""
        wanted = templates or tuple(TemplateName)
        return [letter for letter in self.letters if letter.delivered and letter.template in wanted]

    def breaches(self, kind: ClockKind) -> list[Notice]:
        """The breaches of such clocks that were put on record."""
        return [notice for notice in self.notices if notice.breaks(kind)]

    def lag(self, start: Instant, end: Instant, kind: ClockKind, *, writing: bool = False) -> Span:
        """How much of the time from `start` to `end` such a clock's steps lay waiting for the system itself.

        With `writing` they end in a letter, which waits for those before it: a customer's messages keep their order.
        """
        lags = [*self.lags, *(self.reports if kind in KEPT_BY_MESSAGES else ())]
        if writing:
            lags += [(letter.at, letter.settled_at or self.until) for letter in self.letters if letter.at < end]
        if kind in (ClockKind.PAYMENT, ClockKind.SENDING):
            # Before a case lapses, the shop is asked for a payment after all, and the carrier for a parcel.
            lags += [(step.at, step.settled_at or self.until) for step in self.steps]
        total, reached = 0, start
        for since, until in sorted(lags):
            low, high = max(since, reached), min(until, end)
            if low < high:
                total, reached = total + high - low, high
        return total
