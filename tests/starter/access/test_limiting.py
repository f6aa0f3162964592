"""How often somebody may ask."""

from __future__ import annotations

import pytest

from domain.errors import InvalidInputError
from starter.access.errors import RateLimitedError
from starter.access.limiting import Limiter


async def test_each_principal_has_a_rate_of_its_own() -> None:
    limiter = Limiter("2/minute")
    for _ in range(2):
        await limiter.request("shop")
    with pytest.raises(RateLimitedError) as refused:
        await limiter.request("shop")
    assert 1 <= int(str(refused.value.details["retry_after"])) <= 60
    await limiter.request("crm")


async def test_eleventh_wrong_password_in_a_row_is_not_even_looked_at() -> None:
    limiter = Limiter("2/minute")
    for _ in range(10):
        await limiter.sign_in("online-01", "10.0.0.1")
    with pytest.raises(RateLimitedError):
        await limiter.sign_in("online-01", "10.0.0.1")
    await limiter.sign_in("online-02", "10.0.0.1")
    await limiter.sign_in("online-01", "10.0.0.2")


async def test_right_password_forgives_the_wrong_ones_before() -> None:
    limiter = Limiter("2/minute")
    for _ in range(10):
        await limiter.sign_in("online-01", "10.0.0.1")
    await limiter.signed_in("online-01", "10.0.0.1")
    await limiter.sign_in("online-01", "10.0.0.1")


async def test_address_that_tries_many_accounts_is_stopped() -> None:
    limiter = Limiter("2/minute")
    for number in range(60):
        await limiter.sign_in(f"online-{number}", "10.0.0.1")
        await limiter.not_signed_in("10.0.0.1")
    with pytest.raises(RateLimitedError):
        await limiter.sign_in("online-99", "10.0.0.1")


async def test_whole_department_may_sign_in_from_one_address() -> None:
    limiter = Limiter("2/minute")
    for number in range(200):
        await limiter.sign_in(f"online-{number}", "10.0.0.1")
        await limiter.signed_in(f"online-{number}", "10.0.0.1")


async def test_address_that_tries_many_keys_is_stopped() -> None:
    limiter = Limiter("2/minute")
    for _ in range(60):
        await limiter.wrong_key("10.0.0.1")
    with pytest.raises(RateLimitedError):
        await limiter.wrong_key("10.0.0.1")


def test_rate_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="1200/minute"):
        Limiter("often")
