"""Messages, customers and policies as the tests of this folder use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.customers.port import Registration
from activities.effects.port import EffectLedger
from activities.effects.sql import SqlEffectLedger
from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.messages import CustomerMessages
from activities.notifications.page_line import PageLine
from activities.notifications.port import Envelope, MessageAdapter, message_id
from domain.complaint.policy import ComplaintPolicy, Tier
from domain.deeds import MessageOrder, Words
from domain.people import CustomerProfile, DeliveryChannel, Language
from domain.policy import MessageTemplate, Policy
from domain.templates import TemplateName

ADDRESS = "li.wei@example.com"
PHONE = "+8613800138000"
PRIVATE_WORDS = "my neighbour Wang saw it"
DUE = 1_795_255_500_000
"""2026-11-21 10:05Z"""


def order(
    *,
    key: str = "c1:status_update:1",
    channel: DeliveryChannel = DeliveryChannel.EMAIL,
    language: Language = Language.EN,
    template: TemplateName = TemplateName.STATUS_UPDATE,
    zone: str = "Asia/Shanghai",
    automatic: bool = True,
    words: Words | None = None,
) -> MessageOrder:
    """The order to write to the sample customer."""
    return MessageOrder(
        case_id="c1",
        key=key,
        channel=channel,
        customer_id="customer-7",
        language=language,
        zone=zone,
        policy="sample@1",
        template=template,
        automatic=automatic,
        words={"case_number": "c1", "tier": 1, "text": PRIVATE_WORDS, "due_by": DUE} if words is None else words,
    )


def policy(english: MessageTemplate | None = None) -> Policy:
    """A policy with just what messages need."""
    chinese = MessageTemplate(subject="投诉 {{ case_number }}", body="{{ tier_name }}，{{ due_by | local_time }}")
    plain = MessageTemplate(
        subject="Complaint {{ case_number }}",
        body="{{ tier_name }} looks at it until {{ due_by | local_time }}: {{ text }}",
    )
    texts = {Language.ZH_CN: chinese, Language.EN: english or plain}
    tier: dict[str, Any] = {"name": {Language.ZH_CN: "前线客服", Language.EN: "The front line"}}
    complaint: dict[str, Any] = {"tiers": {1: Tier.model_construct(**tier)}}
    parts: dict[str, Any] = {
        "name": "sample",
        "templates": {TemplateName.STATUS_UPDATE.value: texts, TemplateName.AGENT_MESSAGE.value: texts},
        "complaint": ComplaintPolicy.model_construct(**complaint),
    }
    return Policy.model_construct(**parts)


def envelope(key: str = "c1:status_update:1:email", **changed: object) -> Envelope:
    """A message ready to go."""
    parts: dict[str, Any] = {
        "key": key,
        "message_id": message_id(key, "duecourse.invalid"),
        "channel": DeliveryChannel.EMAIL,
        "language": Language.ZH_CN,
        "address": ADDRESS,
        "subject": "投诉 c1 的进展",
        "body": f"尊敬的客户：\n.一切顺利\n{PRIVATE_WORDS}\n",
    }
    return Envelope(**{**parts, **changed})


async def register_customer(engine: AsyncEngine) -> EmbeddedCustomerDirectory:
    """The sample customer, reachable by mail and SMS."""
    customers = EmbeddedCustomerDirectory(engine)
    addresses = {DeliveryChannel.EMAIL: ADDRESS, DeliveryChannel.SMS: PHONE}
    await customers.register(Registration(CustomerProfile(id="customer-7"), addresses))
    return customers


def customer_messages(
    engine: AsyncEngine,
    adapters: Mapping[DeliveryChannel, MessageAdapter],
    *,
    clock: Clock = wall_clock,
    ledger: EffectLedger | None = None,
    english: MessageTemplate | None = None,
    lease: int = 45_000,
    renewed_every: int = 4_000,
    page_line: PageLine | None = None,
) -> CustomerMessages:
    """The sender as a worker wires it, with the sample policy."""
    return CustomerMessages(
        ledger=ledger or SqlEffectLedger(engine, clock=clock, lease=lease),
        deliveries=DeliveryRecord(engine, clock=clock),
        adapters=adapters,
        customers=EmbeddedCustomerDirectory(engine),
        policies=lambda _version: policy(english),
        page_line=page_line,
        longest_attempt=45_000 if renewed_every < lease else lease,
        renewed_every=renewed_every,
    )
