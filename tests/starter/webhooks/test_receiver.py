"""The door for webhooks over real HTTP: what is genuine is kept once, all else is refused and changes nothing."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from standardwebhooks import Webhook

from activities.clock import wall_clock
from activities.shop.events import ShopEvents
from activities.store.shop_tables import SHOP_SCANS
from domain.errors import InvalidInputError
from domain.shop.parcels import ParcelStatus
from domain.sla.spans import HOUR
from runtime.settings import Settings
from starter.doors import Store, open_store
from starter.kept_secrets import kept_secret
from starter.webhooks import server
from starter.webhooks.opening import webhook_door
from starter.webhooks.signatures import Signatures
from tests.activities.shop.stage import START, EmbeddedStage

OLD, NEW, FOREIGN = (f"whsec_{base64.b64encode(bytes([n]) * 24).decode()}" for n in (1, 2, 3))
SHIPPED: dict[str, Any] = {"order_id": "o1", "kind": "shipped", "at": START, "parcel": "p1"}


@dataclass
class Sender:
    """A shop or a carrier that signs what it tells."""

    store: Store
    port: int
    stage: EmbeddedStage
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def tell(
        self,
        path: str,
        kind: str,
        told: object,
        *,
        secret: str = NEW,
        ago: timedelta = timedelta(),
        webhook_id: str | None = None,
        body: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        now = datetime.now(UTC) - ago
        content = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": told}) if body is None else body
        identity = webhook_id or f"msg_{next(self.numbers)}"
        signed = {
            "webhook-id": identity,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(identity, now, content),
        }
        async with httpx.AsyncClient() as client:
            return await client.post(
                f"http://127.0.0.1:{self.port}/webhooks/{path}", content=content.encode(), headers=signed | headers
            )

    async def shop(self, told: object = SHIPPED, **how: Any) -> httpx.Response:
        return await self.tell("shop", "order.event", told, **how)

    async def scan(self, parcel_id: str, status: str = "picked_up", event_id: str = "s1", **how: Any) -> httpx.Response:
        told = {"event_id": event_id, "parcel_id": parcel_id, "status": status, "at": START}
        return await self.tell("carrier", "parcel.scanned", told, **how)

    async def kept(self) -> list[str]:
        return [event.id for event in await ShopEvents(self.store.engine).untold()]

    async def scans(self) -> int:
        async with self.store.engine.connect() as connection:
            return len(list(await connection.execute(select(SHOP_SCANS))))

    async def parcel(self) -> str:
        order = await self.stage.place((await self.stage.offer(), 1))
        await self.stage.release(order.id)
        return await self.stage.ship(order.id)


@pytest.fixture
async def sender(tmp_path: Path) -> AsyncIterator[Sender]:
    async with (
        open_store(Settings(home=tmp_path)) as store,
        webhook_door(store, SecretStr(f"{OLD} {NEW}"), port=0) as port,
    ):
        yield Sender(store, port, EmbeddedStage(store.engine))


def code(response: httpx.Response) -> tuple[int, str, str]:
    error = response.json()["error"]
    return response.status_code, error["code"], error["field"]


async def test_event_of_the_shop_is_kept_once_however_often_it_is_told(sender: Sender) -> None:
    for _ in range(2):
        assert (await sender.shop(webhook_id="msg_7")).status_code == 204
    [event] = await ShopEvents(sender.store.engine).untold()
    assert (event.id, event.order_id, event.kind, event.at) == ("told:msg_7", "o1", "shipped", START)
    assert event.facts == {"parcel": "p1"}


async def test_scan_moves_the_parcel_once_and_is_kept_to_be_told(sender: Sender) -> None:
    parcel = await sender.parcel()
    for _ in range(2):
        assert (await sender.scan(parcel)).status_code == 204
    assert (await sender.stage.carrier.parcel(parcel)).status is ParcelStatus.PICKED_UP
    assert sum("parcel_scanned" in event for event in await sender.kept()) == 1


async def test_both_secrets_hold_while_one_is_replaced(sender: Sender) -> None:
    for secret in (OLD, NEW):
        assert (await sender.shop(secret=secret)).status_code == 204
    assert len(await sender.kept()) == 2


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"secret": FOREIGN}, (401, "signature_invalid", "webhook-signature")),
        ({"webhook-signature": "nonsense"}, (401, "signature_invalid", "webhook-signature")),
        ({"webhook-signature": "v1,no base64"}, (401, "signature_invalid", "webhook-signature")),
        ({"webhook-id": "msg_other"}, (401, "signature_invalid", "webhook-signature")),
        ({"webhook-timestamp": "soon"}, (401, "signature_invalid", "webhook-signature")),
        ({"ago": timedelta(minutes=6)}, (401, "webhook_stale", "webhook-timestamp")),
        ({"ago": -timedelta(minutes=6)}, (401, "webhook_stale", "webhook-timestamp")),
        ({"body": "{"}, (422, "invalid_input", "body")),
        ({"body": "x" * 70_000}, (413, "too_large", "body")),
        ({"told": {**SHIPPED, "kind": "Shipped!"}}, (422, "invalid_input", "data.kind")),
        ({"told": {**SHIPPED, "at": -1}}, (422, "invalid_input", "data.at")),
        ({"told": {**SHIPPED, "colour": "red"}}, (422, "invalid_input", "data.colour")),
        ({"told": {"kind": "shipped", "at": 1}}, (422, "invalid_input", "data.order_id")),
    ],
    ids=[
        "foreign_secret",
        "no_signature",
        "no_base64",
        "id_of_another",
        "no_time",
        "played_again",
        "from_the_future",
        "no_json",
        "too_large",
        "odd_kind",
        "before_time_began",
        "unknown_field",
        "missing_field",
    ],
)
async def test_what_is_not_right_is_refused_and_changes_nothing(
    sender: Sender, how: dict[str, Any], said: tuple[int, str, str]
) -> None:
    assert code(await sender.shop(**how)) == said
    assert await sender.kept() == []


def far_off() -> list[int]:
    return [START // 1_000, wall_clock() + HOUR, 2**63]


@pytest.mark.parametrize("which", range(3), ids=["seconds", "ahead", "absurd"])
@pytest.mark.parametrize("path", ["shop", "carrier"])
async def test_seconds_and_what_lies_ahead_are_refused_as_the_api_refuses_them(
    sender: Sender, path: str, which: int
) -> None:
    at = far_off()[which]
    if path == "shop":
        answered = await sender.shop({**SHIPPED, "at": at})
    else:
        scanned = {"event_id": "s1", "parcel_id": await sender.parcel(), "status": "picked_up", "at": at}
        answered = await sender.tell("carrier", "parcel.scanned", scanned)
    assert code(answered) == (422, "invalid_input", "data.at")
    said = "are these seconds?" if which == 0 else "this is in the future"
    assert answered.json()["error"]["message"].startswith("data.at: expected milliseconds since 1970")
    assert said in answered.json()["error"]["message"]
    assert await sender.scans() == 0
    assert not [event for event in await sender.kept() if event.startswith("told:")]


async def test_scan_of_an_unknown_parcel_is_refused(sender: Sender) -> None:
    assert code(await sender.scan("nowhere")) == (404, "parcel_not_found", "parcel_id")
    assert await sender.scans() == 0


async def test_id_that_told_something_else_before_is_refused(sender: Sender) -> None:
    parcel = await sender.parcel()
    await sender.scan(parcel)
    assert code(await sender.scan(parcel, status="lost")) == (409, "key_reused", "event_id")
    assert (await sender.stage.carrier.parcel(parcel)).status is ParcelStatus.PICKED_UP
    await sender.shop(webhook_id="msg_7")
    assert code(await sender.shop({**SHIPPED, "kind": "paid"}, webhook_id="msg_7")) == (409, "key_reused", "id")


async def test_scans_come_late_and_in_any_order(sender: Sender) -> None:
    parcel = await sender.parcel()
    for number, status in enumerate(("in_transit", "picked_up"), 1):
        told = {"event_id": f"s{number}", "parcel_id": parcel, "status": status, "at": START - number}
        assert (await sender.tell("carrier", "parcel.scanned", told)).status_code == 204
    assert (await sender.stage.carrier.parcel(parcel)).status is ParcelStatus.IN_TRANSIT


async def test_other_paths_methods_and_things_that_are_no_http_are_answered(sender: Sender) -> None:
    base = f"http://127.0.0.1:{sender.port}"
    async with httpx.AsyncClient() as client:
        assert code(await client.post(f"{base}/elsewhere")) == (404, "not_found", "path")
        assert code(await client.get(f"{base}/webhooks/shop")) == (405, "method_not_allowed", "method")
        unsigned = await client.post(f"{base}/webhooks/shop", content=b"{}")
        assert code(unsigned) == (401, "signature_invalid", "webhook-signature")
    assert (await spoken(sender.port, b"HELLO\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    assert (await spoken(sender.port, b"POST /webhooks/shop HTTP/1.1\r\n", leave=True)).startswith(b"HTTP/1.1 400 ")


async def spoken(port: int, words: bytes, *, leave: bool = False) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    if leave:
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_sender_that_says_nothing_more_is_left_alone(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "WITHIN", 0.05)
    assert await spoken(sender.port, b"POST /webhooks/shop HTTP/1.1\r\n") == b""
    assert (await sender.shop()).status_code == 204


async def test_what_cannot_be_kept_now_is_to_be_sent_again(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: object) -> bool:
        raise OSError("disk full")

    monkeypatch.setattr(ShopEvents, "take_in", breaks)
    assert code(await sender.shop()) == (500, "internal", "request")
    monkeypatch.undo()
    assert (await sender.shop()).status_code == 204


def test_secret_of_an_installation_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "webhook.secret"
    made = kept_secret(file).get_secret_value()
    assert kept_secret(file).get_secret_value() == made
    assert file.stat().st_mode & 0o077 == 0
    assert made.startswith("whsec_")


@pytest.mark.parametrize("wrong", ["", "whsec_", "whsec_*"])
def test_secret_that_is_none_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        Signatures(SecretStr(wrong))
    assert error.value.details["field"] == "inbound_secrets"


async def test_door_says_that_it_is_there_to_whoever_asks_with_get(sender: Sender) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{sender.port}/live")
        assert (answer.status_code, answer.json()) == (200, {"status": "live"})
        assert (await client.post(f"http://127.0.0.1:{sender.port}/live")).status_code == 404


async def test_door_listens_on_the_address_of_the_settings_only(tmp_path: Path) -> None:
    async with open_store(Settings(home=tmp_path, inbound_host="192.0.2.1", inbound_port=0)) as store:
        with pytest.raises(OSError, match=r"192\.0\.2\.1"):  # an address of documentation, which no machine has
            async with webhook_door(store, SecretStr(NEW)):
                pass
