"""How often somebody may ask: per principal or case for requests, per account and address for attempts to sign in.

Counted in this process: with several of them behind one address, each allows as much.
"""

from __future__ import annotations

import math
import time
from typing import NoReturn

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from domain.errors import InvalidInputError
from starter.access.errors import RateLimitedError

SIGN_INS_OF_ACCOUNT = "10/15minutes"
SIGN_INS_FROM_ADDRESS = "60/15minutes"
WRONG_KEYS_FROM_ADDRESS = "60/minute"
REQUESTS_OF_CUSTOMER = "120/minute"
WRITES_OF_CUSTOMER = "40/hour"


class Limiter:
    """Counts requests in moving windows.

    Raises:
        InvalidInputError: the rate is none.
    """

    def __init__(
        self,
        rate: str,
        *,
        wrong_keys: str = WRONG_KEYS_FROM_ADDRESS,
        customers: str = REQUESTS_OF_CUSTOMER,
        customers_writes: str = WRITES_OF_CUSTOMER,
    ) -> None:
        self._counting = MovingWindowRateLimiter(MemoryStorage())
        self._rate = _parsed(rate)
        self._customers = _parsed(customers, "customer_rate")
        self._writes = _parsed(customers_writes, "customer_writes")
        self._account = parse(SIGN_INS_OF_ACCOUNT)
        self._address = parse(SIGN_INS_FROM_ADDRESS)
        self._wrong = _parsed(wrong_keys)

    async def request(self, principal: str) -> None:
        """Count a request of a principal.

        Raises:
            RateLimitedError: that is one too many.
        """
        await self._hit(self._rate, "request", principal)

    async def customer(self, case_id: str, *, writes: bool) -> None:
        """Count a request that was made with a link to a case, whoever has the link by now.

        Raises:
            RateLimitedError: that is one too many.
        """
        await self._hit(self._customers, "customer", case_id)
        if writes:
            await self._hit(self._writes, "customer_writes", case_id)

    async def sign_in(self, account: str, address: str) -> None:
        """Count an attempt to sign in, before the password is looked at.

        Raises:
            RateLimitedError: that is one too many for this account from this address, or for this address.
        """
        # Only failures count against an address: a whole department may sit behind one.
        if not await self._counting.test(self._address, "sign_in_from", address):
            await self._refuse(self._address, "sign_in_from", address)
        await self._hit(self._account, "sign_in", account, address)

    async def not_signed_in(self, address: str) -> None:
        """Count an attempt that failed."""
        await self._counting.hit(self._address, "sign_in_from", address)

    async def signed_in(self, account: str, address: str) -> None:
        """Forget the attempts that failed before the right password."""
        await self._counting.clear(self._account, "sign_in", account, address)

    async def wrong_key(self, address: str) -> None:
        """Count a key or a session that is none.

        Raises:
            RateLimitedError: that is one too many from this address.
        """
        await self._hit(self._wrong, "wrong_key", address)

    async def _hit(self, rate: RateLimitItem, *who: str) -> None:
        if not await self._counting.hit(rate, *who):
            await self._refuse(rate, *who)

    async def _refuse(self, rate: RateLimitItem, *who: str) -> NoReturn:
        stats = await self._counting.get_window_stats(rate, *who)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        raise RateLimitedError(f"too many requests: expected at most {rate}", retry_after=seconds)


def _parsed(rate: str, field: str = "api_rate") -> RateLimitItem:
    try:
        return parse(rate)
    except ValueError:
        raise InvalidInputError(f"expected a rate such as 1200/minute, got {rate!r}", field=field) from None
