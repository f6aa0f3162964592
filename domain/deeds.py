"""Deeds: outside effects that a case has decided on, as data. `run` carries them out, activities touch the world.

Each deed has a key `case:clock-or-step:instance`. The key is the identity of the effect: carried out twice with the
same key, it happens once.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from domain.assignment.need import AssignTask
from domain.linked.messages import CaseNews, Wish
from domain.money import Money
from domain.people import CustomerProfile, DeliveryChannel, Language, OrderSummary
from domain.shop.asks import ShopAsk
from domain.shop.values import ShopId
from domain.sla.spans import Instant
from domain.templates import TemplateName
from domain.timeline import Entry

Word: TypeAlias = str | int | tuple[dict[str, str], ...] | None
Words: TypeAlias = dict[str, Word]
"""Values for a template's variables (`domain.templates.VARIABLES`)."""


class DeliveryState(StrEnum):
    """What is known of a message: `unknown` means that it may or may not have arrived and nobody can tell."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


class SendMessage(BaseModel):
    """Write to the customer, trying `channels` in order until one delivers.

    `author` is the staff id of the agent whose words these are, None for an automatic message. `joined` are the keys of
    messages that were decided together with this one and whose words it carries in their stead.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["send_message"] = "send_message"
    key: str
    template: TemplateName
    channels: tuple[DeliveryChannel, ...]
    words: Words = {}
    author: str | None = None
    joined: tuple[str, ...] = ()
    about: str = Field(description="one line for the history, without personal data")


class NoticeKind(StrEnum):
    """Why staff are told; only `near_due` notices are grouped."""

    NEAR_DUE = "near_due"
    BREACH = "breach"
    ALARM = "alarm"
    HANDOVER = "handover"
    ANSWER = "answer"


class NotifyStaff(BaseModel):
    """Tell people of the company. `recipients` are staff ids, or `team:NAME` for what a whole queue is to see."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["notify_staff"] = "notify_staff"
    key: str
    notice: NoticeKind
    recipients: tuple[str, ...]
    about: str = Field(description="one line: what is due or has happened, without personal data")
    due_at: Instant | None = None
    item: str | None = Field(default=None, description="what is due without the time left, for a list told later")


class GrantCompensation(BaseModel):
    """Give the customer what a missed guarantee or an accepted solution promises, once."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["grant_compensation"] = "grant_compensation"
    key: str
    amount: Money
    because: str


class JoinCase(BaseModel):
    """Hand this case over to the case it is merged into."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["join_case"] = "join_case"
    key: str
    target: str


class RecordCheck(BaseModel):
    """Put beside a message of unknown fate what a person found out about it. `message` is the message's own key."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["record_check"] = "record_check"
    key: str
    message: str
    arrived: bool
    by: str
    how: str
    at: Instant


class TakeStep(BaseModel):
    """Ask the shop for something, or take back what was asked of it before. `step` is its place in the case's plan."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["take_step"] = "take_step"
    key: str
    step: str
    ask: ShopAsk
    undo: bool = False
    about: str = Field(description="one line for the history, without personal data")


class StartCase(BaseModel):
    """Open an order change or a return that comes out of this case. `key` is the reference under which it is opened."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["start_case"] = "start_case"
    key: str
    case_id: str
    order_id: ShopId
    wanted: Wish
    asked_by: str
    at: Instant


class TellCase(BaseModel):
    """Tell another case something; that it is over by then is no failure."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["tell_case"] = "tell_case"
    key: str
    target: str
    signal: str
    news: CaseNews


OwnDeed: TypeAlias = JoinCase | TakeStep | StartCase
"""What only some types of cases decide; their workflows carry it out themselves."""

Deed: TypeAlias = Annotated[
    SendMessage
    | NotifyStaff
    | AssignTask
    | GrantCompensation
    | JoinCase
    | RecordCheck
    | TakeStep
    | StartCase
    | TellCase,
    Field(discriminator="kind"),
]


class MessageOrder(BaseModel):
    """Input of the `send_message` activity: one message through one channel.

    The activity looks up the address and renders the template, so neither stands in the workflow's history.
    """

    model_config = ConfigDict(frozen=True)

    case_id: str
    key: str
    channel: DeliveryChannel
    customer_id: str
    language: Language
    zone: str
    policy: str
    template: TemplateName
    words: Words
    automatic: bool = True


class DeliveryReport(BaseModel):
    """What became of a message. `reference` is the receiver's or our own message id; `detail` says why it failed.

    `at` is when it arrived, by Temporal's clock; the workflow may hear of it later, when a worker was down meanwhile.
    """

    model_config = ConfigDict(frozen=True)

    state: DeliveryState
    channel: DeliveryChannel
    reference: str | None = None
    detail: str | None = None
    at: Instant | None = None


class CheckOrder(BaseModel):
    """Input of the `record_check` activity."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    check: RecordCheck


class NoticeOrder(BaseModel):
    """Input of the `notify_staff` activity."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    key: str
    notice: NoticeKind
    recipients: tuple[str, ...]
    about: str
    item: str | None = None
    due_at: Instant | None
    group_within_ms: int


class CompensationOrder(BaseModel):
    """Input of the `grant_compensation` activity."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    key: str
    customer_id: str
    amount: Money
    because: str


class LookupOrder(BaseModel):
    """Input of the `look_up` activity: whose case it is and which order it is about."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    customer_id: str
    order_id: str | None


class LookupReport(BaseModel):
    """What the directories know: None for a customer or an order that they have never heard of."""

    model_config = ConfigDict(frozen=True)

    customer: CustomerProfile | None = None
    order: OrderSummary | None = None


class OpeningOrder(BaseModel):
    """Input of the `reserve_opening` activity. `request` is the start of the case's workflow as JSON."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    source: str
    reference: str
    order_id: str
    request: str
    request_hash: str


class TimelineArchiveOrder(BaseModel):
    """Input of the `archive_timeline` activity: entries that the case no longer carries with it."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    entries: tuple[Entry, ...]


class DigestStart(BaseModel):
    """Input of the staff digest workflow: whose notices, and how long they are collected (milliseconds)."""

    model_config = ConfigDict(frozen=True)

    staff_id: str
    group_within_ms: int
