"""Who takes part: staff with roles, customers, and the ways to reach them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Role(StrEnum):
    """What an actor may do; the authority of each verb is listed beside it."""

    SYSTEM = "system"
    CUSTOMER = "customer"
    AGENT = "agent"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


class Language(StrEnum):
    """Languages that every template exists in."""

    ZH_CN = "zh-CN"
    EN = "en"


class Channel(StrEnum):
    """How a case came in (service charter, first response by channel)."""

    PHONE = "phone"
    CHAT = "chat"
    EMAIL = "email"
    SOCIAL = "social"


class DeliveryChannel(StrEnum):
    """How a message reaches a customer. A phone call cannot be sent, so a caller is written to by SMS."""

    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    SOCIAL = "social"


class Actor(BaseModel):
    """Somebody who asks for something, as the door has authenticated them.

    `id` is a staff id, a customer id or a system's name: never a person's name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=64)
    role: Role
    teams: tuple[str, ...] = ()


SYSTEM = Actor(id="duecourse", role=Role.SYSTEM)


class CustomerProfile(BaseModel):
    """What a case needs to know of its customer; addresses stay in the customer directory.

    `named_agent` is the staff id of the agent who takes care of this customer, where there is one.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    vip: bool = False
    language: Language = Language.ZH_CN
    zone: str = "Asia/Shanghai"
    reachable_by: tuple[DeliveryChannel, ...] = ()
    named_agent: str | None = None


class OrderSummary(BaseModel):
    """What a case needs to know of the order it is about."""

    model_config = ConfigDict(frozen=True)

    id: str
    customer_id: str
    status: str
    placed_at: int = Field(description="milliseconds since 1970-01-01T00:00Z")
