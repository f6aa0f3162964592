"""Where webhooks may go: out into the internet, and inside only where it is allowed."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from activities.subscriptions.addresses import AddressGuard, AddressRefusedError
from domain.errors import InvalidInputError

PRIVATE = [
    "https://127.0.0.1/",
    "https://10.1.2.3/hook",
    "https://192.168.1.1:8443/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://[::1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://127.1/",
]
"""Our own networks, in all the forms in which somebody could write them."""


@pytest.mark.parametrize("url", PRIVATE)
async def test_address_inside_a_network_of_ours_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError) as refused:
        await AddressGuard().target(url)
    assert refused.value.details["field"] == "url"


async def test_public_address_is_connected_to_as_it_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolves(monkeypatch, ["93.184.215.14"])
    target = await AddressGuard().target("https://hooks.example:8443/in?key=1")
    assert str(target.url) == "https://93.184.215.14:8443/in?key=1"
    assert (target.host, target.sni) == ("hooks.example:8443", "hooks.example")


async def test_host_of_which_one_address_is_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolves(monkeypatch, ["93.184.215.14", "10.0.0.7"])
    with pytest.raises(AddressRefusedError):
        await AddressGuard().target("https://hooks.example/")


async def test_network_that_is_allowed_is_reached_even_without_tls() -> None:
    guard = AddressGuard("10.1.0.0/16, ::1/128")
    assert (await guard.target("http://10.1.2.3/hook")).url.host == "10.1.2.3"
    assert (await guard.target("https://[::1]:99/")).host == "[::1]:99"
    with pytest.raises(AddressRefusedError):
        await guard.target("https://10.2.0.1/")


async def test_over_the_internet_there_is_tls() -> None:
    with pytest.raises(AddressRefusedError, match="https"):
        await AddressGuard().target("http://93.184.215.14/")


async def test_host_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolves(monkeypatch, [])
    with pytest.raises(AddressRefusedError, match=r"hooks\.example"):
        await AddressGuard().target("https://hooks.example/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "ftp://a.example/",
        "https:///x",
        "https://me:pw@a.example/",
        "https://a.example/#x",
        "h\x00",
    ],
)
async def test_what_is_no_url_for_webhooks_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await AddressGuard().target(url)
    assert refused.value.details["field"] == "url"
    assert "pw" not in refused.value.message


def test_network_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(InvalidInputError) as refused:
        AddressGuard("10.1.0.0/16,ten")
    assert refused.value.details["field"] == "hook_networks"


def _resolves(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    async def looked_up(host: str, port: int, **how: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
