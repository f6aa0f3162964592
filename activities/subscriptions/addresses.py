"""Where a webhook may go: to addresses of the internet, and inside our own networks only where a setting allows it.

The address that was looked at is the one that is connected to, so a name that leads elsewhere later gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

import httpx

from domain.errors import CaseError, InvalidInputError

Address: TypeAlias = IPv4Address | IPv6Address

SECURE, PLAIN = "https", "http"
LONGEST_URL = 2_000
TRANSLATED = ip_network("64:ff9b::/96")
"""IPv6 addresses behind which stands an IPv4 address, whichever."""


class AddressRefusedError(CaseError):
    """A webhook must not go there, or nobody knows where that is."""

    code = "address_refused"


@dataclass(frozen=True)
class Target:
    """Where to connect, and whom to ask for there."""

    url: httpx.URL
    host: str
    sni: str


def checked_url(text: str) -> httpx.URL:
    """A URL as webhooks may have it.

    Raises:
        InvalidInputError: it is none; the text is not repeated, for it may hold a secret.
    """
    try:
        url = httpx.URL(text)
        fits = url.scheme in (SECURE, PLAIN) and bool(url.host) and not url.userinfo and not url.fragment
        if fits and len(text) <= LONGEST_URL and url.port != 0:
            return url
    except (httpx.InvalidURL, ValueError, UnicodeError):
        pass
    raise InvalidInputError("url: expected https://host/path without user, password or fragment", field="url")


class AddressGuard:
    """Looks up hosts and refuses addresses that are not public.

    Raises:
        InvalidInputError: a network that is to be allowed is none.
    """

    def __init__(self, allowed: str = "") -> None:
        try:
            self._allowed = [ip_network(network.strip()) for network in allowed.split(",") if network.strip()]
        except ValueError as error:
            raise InvalidInputError(f"expected networks such as 10.1.0.0/16: {error}", field="hook_networks") from None

    async def target(self, text: str) -> Target:
        """Where to connect for a URL.

        Raises:
            InvalidInputError: it is none.
            AddressRefusedError: the host has an address that is not allowed, or none at all, or there is no TLS.
        """
        url = checked_url(text)
        found = await _addresses(url)
        if not all(self._is_ours(one) or _is_public(one) for one in found):
            raise AddressRefusedError(f"{url.host} is inside a network that webhooks may not reach", field="url")
        if url.scheme == PLAIN and not all(map(self._is_ours, found)):
            raise AddressRefusedError("expected https: what goes over the internet is encrypted", field="url")
        host = url.netloc.decode("ascii")
        return Target(url.copy_with(host=str(found[0])), host, url.raw_host.decode("ascii"))

    def _is_ours(self, address: Address) -> bool:
        return any(_behind(address) in network for network in self._allowed)


async def _addresses(url: httpx.URL) -> list[Address]:
    """The addresses of a host."""
    port = url.port or (443 if url.scheme == SECURE else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            url.raw_host.decode("ascii"), port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        raise AddressRefusedError(f"nobody knows where {url.host} is", field="url") from None
    return [ip_address(str(where[0]).partition("%")[0]) for *_, where in found]


def _behind(address: Address) -> Address:
    """The address that somebody reaches by another one."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address.sixtofour or _translated(address)
    return address


def _translated(address: IPv6Address) -> Address:
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in TRANSLATED else address


def _is_public(address: Address) -> bool:
    seen = _behind(address)
    return seen.is_global and not seen.is_multicast and not seen.is_reserved
