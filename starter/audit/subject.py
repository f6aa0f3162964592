"""What there is to know of a case type to audit it: how it begins and ends, what is promised in which status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from domain.catalog import COMPLAINT, CaseType
from domain.complaint.policy import ComplaintPolicy
from domain.deeds import Word
from domain.people import Channel, CustomerProfile
from domain.policy import Policy
from domain.shop_case.policy import ShopCasePolicy
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName

Words = Mapping[str, Word]


class Arrival(Protocol):
    """What every case begins with: who wants something, by which channel, since when, under which policy."""

    @property
    def case_id(self) -> str: ...
    @property
    def policy(self) -> str: ...
    @property
    def arrived_at(self) -> Instant: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def customer_id(self) -> str: ...
    @property
    def order_id(self) -> str | None: ...


class Question(NamedTuple):
    """What a customer is asked in a status: by which clock, the reminder, and how it is seen that the time ran out.

    Attributes:
        lapsed_in: statuses into which a case lapses.
        ending: the letter that says so, None where the customer was told before.
        says_so: whether the words of the letter that ends the case say that it lapsed.
        answered_by: what a customer asks who answers, where the status does not show it.
        held_up_by: what people do, for which a case may wait though the customer has not answered.
    """

    kind: ClockKind
    reminder: TemplateName
    lapsed_in: tuple[str, ...]
    ending: TemplateName | None
    says_so: Callable[[Words], bool] = lambda _: True
    answered_by: str | None = None
    held_up_by: tuple[str, ...] = ()


class Undo(NamedTuple):
    """What takes a step at the shop back: one of these activities, with the step's key or one that contains a word."""

    activities: tuple[str, ...]
    key_contains: str | None = None


@dataclass(frozen=True)
class Subject:
    """One case type, to the auditor.

    Attributes:
        start: the input of its workflow.
        arrival: what the case begins with, out of that input.
        customer: the customer whom the door had looked up.
        rules: its part of a policy.
        unresolved: statuses in which the customer waits for something.
        known_by: letters after which nothing more is promised, though the case may still run.
        by_people: kinds of tasks that a person does in a status, within the task's time.
        handed_over: where a clock hands over to a person who decides: status, clock and kind of task.
        endings: the letter that tells of each outcome.
        told_in: statuses that tell by which letters a case ends, where its outcome alone does not.
        pays_in: the status in which money goes back, once each time.
        taken_back: steps at the shop that are undone where the case comes to nothing.
        came_true: the outcomes that leave those steps as they are.
        told_first: where the customer asked for nothing: the status in which they are told, and by which letter.
            Who was never told of anything is not told of its end.
        names_outcome: the word of the last letter that names what the case came to, where the letter has one.
    """

    case_type: CaseType
    start: type[Any]
    arrival: Callable[[Any], Arrival]
    customer: Callable[[Any], CustomerProfile | None]
    rules: Callable[[Policy], ComplaintPolicy | ShopCasePolicy]
    unresolved: frozenset[str]
    endings: Mapping[str | None, TemplateName]
    questions: Mapping[str, Question]
    known_by: tuple[TemplateName, ...] = ()
    by_people: Mapping[str, str] = field(default_factory=dict)
    handed_over: tuple[str, ClockKind, str] | None = None
    told_in: Mapping[str, TemplateName] = field(default_factory=dict)
    pays_in: str | None = None
    taken_back: Mapping[str, Undo] = field(default_factory=dict)
    came_true: tuple[str, ...] = ()
    told_first: tuple[str, TemplateName] | None = None
    names_outcome: str = "news"

    @property
    def has_tiers(self) -> bool:
        """Whether cases of this type climb."""
        return self.case_type is COMPLAINT
