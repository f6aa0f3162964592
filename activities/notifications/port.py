"""The ports of this room: carrying a message to a customer, and telling a member of staff."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict

from domain.deeds import NoticeKind
from domain.people import DeliveryChannel, Language
from domain.sla.spans import Instant

HandOver: TypeAlias = Callable[[], Awaitable[None]]
"""What an adapter awaits right before the first byte after which the message may arrive.

It raises `AttemptSupersededError` when another attempt has taken over: nothing must be sent then.
"""


def message_id(key: str, domain: str) -> str:
    """The id of the message with this effect key, the same for every attempt: `<32 hex digits>@<domain>`."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on its way. What is personal stays out of its `repr`, and so out of logs and tracebacks.

    Attributes:
        key: the effect key.
        message_id: see `message_id`; receivers that know it already drop the message.
        automatic: no person wrote these words, so no vacation responder should answer them.
    """

    key: str
    message_id: str
    channel: DeliveryChannel
    language: Language
    address: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has taken the message over. `reference` finds it again: our message id or the receiver's."""

    reference: str


class Settlement(StrEnum):
    """What can be said of a message that a former attempt may have handed over."""

    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    RESEND_IS_SAFE = "resend_is_safe"
    UNKNOWN = "unknown"


class DeliveryError(Exception):
    """A message that was not carried. `detail` stands in reports and logs: never an address or the server's words."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class PermanentDeliveryError(DeliveryError):
    """Rejected: this message will not arrive at this address, however often it is tried."""


class TransientDeliveryError(DeliveryError):
    """It has surely not arrived, and may if it is tried again."""


class DeliveryUnknownError(DeliveryError):
    """Everything was handed over, and the answer was lost: it may have arrived."""


class MessageAdapter(Protocol):
    """Carries messages over one channel."""

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        """Carry the message; `hand_over` is awaited once, right before it may arrive.

        Raises:
            PermanentDeliveryError: rejected for good.
            TransientDeliveryError: surely not arrived.
            DeliveryUnknownError: may have arrived.
        """

    async def settle(self, envelope: Envelope) -> Settlement:
        """Find out what became of a message whose former attempt may have handed it over."""


class NoticeItem(BaseModel):
    """One thing a notice is about: which case, what about it, by when."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    about: str
    due_at: Instant | None = None


class StaffNotice(BaseModel):
    """A notice to one member of staff. `key` and `recipient` are its identity: told twice, it appears once."""

    model_config = ConfigDict(frozen=True)

    key: str
    recipient: str
    notice: NoticeKind
    items: tuple[NoticeItem, ...]


class StaffNotifier(Protocol):
    """Tells staff; a repeat of the same notice must be harmless."""

    async def notify(self, notice: StaffNotice) -> None:
        """Tell one person.

        Raises:
            DeliveryError: nobody was told, or it is not known.
        """
