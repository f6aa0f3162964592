"""Customers are made known and shown: what cases need of them, and by which ways they can be reached."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from activities.customers.port import Registration
from domain.errors import CaseError
from domain.messages import Identifier
from domain.people import CustomerProfile, DeliveryChannel, Language
from starter.api.answers import READS, WRITES, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import OurHouse

router = APIRouter(prefix="/v1/customers", route_class=GuardedRoute, tags=["customers"])

CustomerId = Annotated[Identifier, Path(description="your own id of the customer; never a name")]
Address = Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")]
_ZONES = cache(available_timezones)

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?(?:[ ()./-]*[0-9]){5,20}")


class CustomerNotFoundError(CaseError):
    """Nobody has made this customer known."""

    code = "customer_not_found"


def _known_zone(zone: str) -> str:
    if zone not in _ZONES():
        raise ValueError("expected a time zone such as Asia/Shanghai")
    return zone


def _email(address: str) -> str:
    if not _EMAIL.fullmatch(address):
        raise ValueError("expected an e-mail address such as k1@shop.example")
    return address


def _phone(number: str) -> str:
    if not _PHONE.fullmatch(number):
        raise ValueError("expected a phone number such as +86 138 0013 8000")
    return number


class Addresses(BaseModel):
    """Where a customer can be reached, by channel; whether anybody reads what is sent there, only they know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Annotated[Address, AfterValidator(_email)] | None = None
    sms: Annotated[Address, AfterValidator(_phone)] | None = None
    chat: Address | None = None
    social: Address | None = None

    def by_channel(self) -> dict[DeliveryChannel, str]:
        """Those that there are."""
        return {DeliveryChannel(channel): address for channel, address in self if address is not None}


class NewCustomer(BaseModel):
    """A customer, in full: what was known before is replaced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vip: bool = False
    language: Language = Language.ZH_CN
    zone: Annotated[str, Field(max_length=64), AfterValidator(_known_zone)] = "Asia/Shanghai"
    addresses: Addresses = Field(default_factory=Addresses, repr=False)


@router.put("/{customer_id}", operation_id="register_customer", responses=problems(*WRITES))
async def register_customer(customer_id: CustomerId, body: NewCustomer, house: OurHouse) -> CustomerProfile:
    """Make a customer known, or replace all that was known of them, addresses included."""
    profile = CustomerProfile(id=customer_id, vip=body.vip, language=body.language, zone=body.zone)
    addresses = body.addresses.by_channel()
    await house.doors.store.customers.register(Registration(profile=profile, addresses=addresses))
    reachable = tuple(channel for channel in DeliveryChannel if channel in addresses)
    return profile.model_copy(update={"reachable_by": reachable})


@router.get("/{customer_id}", operation_id="show_customer", responses=problems(*READS, 404, 422))
async def show_customer(customer_id: CustomerId, house: OurHouse) -> CustomerProfile:
    """What is known of a customer, and how they can be reached, but not at which addresses."""
    found = await house.doors.store.customers.profile(customer_id)
    if found is None:
        raise CustomerNotFoundError(f"unknown customer {customer_id}", field="customer_id")
    return found
