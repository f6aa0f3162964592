"""Customers are made known, with addresses that can be some, and shown without them."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from domain.people import DeliveryChannel
from starter.access.principals import Scope
from starter.api.customers import Addresses
from tests.starter.api.calling import Api, problem

PHONE = "+86 138-0013-8000"


async def register(api: Api, customer_id: str, **body: Any) -> Response:
    return await api.http.put(
        f"/v1/customers/{customer_id}", headers=await api.system(Scope.WRITE_CUSTOMERS), json=body
    )


async def test_customer_is_shown_with_ways_to_reach_them_and_without_addresses(api: Api) -> None:
    addresses = {"email": "k7@shop.example", "sms": PHONE}
    known = await register(api, "K7", vip=True, language="en", addresses=addresses)
    assert known.status_code == 200, known.text
    shown = await api.get("/v1/customers/K7", await api.system(Scope.WRITE_CUSTOMERS))
    assert shown.status_code == 200
    assert (shown.json()["vip"], shown.json()["reachable_by"]) == (True, ["email", "sms"])
    assert [address for address in addresses.values() if address in shown.text] == []
    assert await api.store.customers.address("K7", DeliveryChannel.SMS) == PHONE


async def test_customer_whom_nobody_has_made_known_is_not_found(api: Api) -> None:
    problem(await api.get("/v1/customers/K-nobody", await api.system()), 404, "customer_not_found")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "not-an-address"),
        ("email", "two@at@shop.example"),
        ("email", "someone@shop"),
        ("email", "k 1@shop.example"),
        ("sms", "call me"),
        ("sms", "123"),
        ("pigeon", "loft 7"),
    ],
)
async def test_address_that_cannot_be_one_is_refused_and_not_repeated(api: Api, channel: str, address: str) -> None:
    answered = await register(api, "K8", addresses={channel: address})
    assert problem(answered, 422, "invalid_input")["field"] == f"addresses.{channel}"
    assert address not in answered.text
    assert await api.store.customers.profile("K8") is None


def test_every_channel_has_its_address() -> None:
    assert [*Addresses.model_fields] == [channel.value for channel in DeliveryChannel]
