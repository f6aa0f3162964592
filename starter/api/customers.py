"""Customers are made known: what cases need of them, and where they can be reached."""

from __future__ import annotations

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from activities.customers.port import Registration
from domain.messages import Identifier
from domain.people import CustomerProfile, DeliveryChannel, Language
from starter.api.answers import WRITES, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import OurHouse

router = APIRouter(prefix="/v1/customers", route_class=GuardedRoute, tags=["customers"])

CustomerId = Annotated[Identifier, Path(description="your own id of the customer; never a name")]
Address = Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\x00-\x1f\x7f]+$")]
_ZONES = cache(available_timezones)


def _known_zone(zone: str) -> str:
    if zone not in _ZONES():
        raise ValueError("expected a time zone such as Asia/Shanghai")
    return zone


class NewCustomer(BaseModel):
    """A customer, in full: what was known before is replaced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vip: bool = False
    language: Language = Language.ZH_CN
    zone: Annotated[str, Field(max_length=64), AfterValidator(_known_zone)] = "Asia/Shanghai"
    addresses: dict[DeliveryChannel, Address] = Field(default_factory=dict, description="by channel", repr=False)


@router.put("/{customer_id}", operation_id="register_customer", responses=problems(*WRITES))
async def register_customer(customer_id: CustomerId, body: NewCustomer, house: OurHouse) -> CustomerProfile:
    """Make a customer known, or replace all that was known of them, addresses included."""
    profile = CustomerProfile(id=customer_id, vip=body.vip, language=body.language, zone=body.zone)
    await house.doors.store.customers.register(Registration(profile=profile, addresses=body.addresses))
    reachable = tuple(channel for channel in DeliveryChannel if channel in body.addresses)
    return profile.model_copy(update={"reachable_by": reachable})
