"""What Medusa's answers mean: which are final, which are asked again, and which nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from activities.medusa import client as medusa_client
from activities.medusa.client import MedusaClient, NoAnswerError, said
from domain.shop.errors import OrderBusyError, ShopAccessError, ShopError, ShopRefusedError, ShopUnavailableError

Answer = httpx.Response | type[httpx.TransportError]


class Scripted:
    """A Medusa that gives these answers, one after the other; the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("scripted", request=request)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(medusa_client, "READ_AGAIN_AFTER", (0, 0))


def connected(handler: Callable[[httpx.Request], httpx.Response]) -> MedusaClient:
    return MedusaClient("http://medusa.invalid", SecretStr("sk_1"), transport=httpx.MockTransport(handler))


def refusal(status: int, message: str, kind: str = "invalid_data") -> httpx.Response:
    return httpx.Response(status, json={"type": kind, "message": message})


BUSY = "Order (order_1) already has an existing active order change"


class TestWriting:
    @pytest.mark.parametrize(
        ("answer", "error", "transient"),
        [
            (httpx.ConnectError, ShopUnavailableError, True),
            (httpx.ConnectTimeout, ShopUnavailableError, True),
            (httpx.ReadTimeout, NoAnswerError, True),
            (httpx.RemoteProtocolError, NoAnswerError, True),
            (httpx.Response(500, json={"type": "unknown_error", "message": "torn"}), ShopUnavailableError, True),
            (httpx.Response(502), NoAnswerError, True),
            (httpx.Response(504, text="<html>"), NoAnswerError, True),
            (httpx.Response(503), ShopUnavailableError, True),
            (httpx.Response(429), ShopUnavailableError, True),
            (httpx.Response(200, text="<html>a proxy's page</html>"), NoAnswerError, True),
            (httpx.Response(401, json={"message": "Unauthorized"}), ShopAccessError, True),
            (httpx.Response(403, json={"message": "Forbidden"}), ShopAccessError, True),
            (refusal(400, BUSY), OrderBusyError, True),
            (refusal(400, "something new"), ShopRefusedError, False),
            (refusal(404, "Order id not found", "not_found"), ShopRefusedError, False),
            (httpx.Response(418, text="a teapot"), ShopRefusedError, False),
        ],
        ids=lambda value: str(getattr(value, "status_code", getattr(value, "__name__", value))),
    )
    async def test_answer_is_an_error_of_the_table_and_nothing_is_sent_twice(
        self, answer: Answer, error: type[ShopError], transient: bool
    ) -> None:
        medusa = Scripted(answer)
        async with connected(medusa) as client:
            with pytest.raises(ShopError) as raised:
                await client.post("payments/pay_1/refund", amount=5, note="c1:refund:1")
        assert (type(raised.value), raised.value.transient) == (error, transient)
        assert len(medusa.requests) == 1

    async def test_words_of_a_refusal_are_kept(self) -> None:
        async with connected(Scripted(refusal(400, "not this", "not_allowed"))) as client:
            with pytest.raises(ShopRefusedError) as refused:
                await client.post("orders/order_1/cancel")
        assert said(refused.value) == "not this"
        assert (refused.value.details["status"], refused.value.details["type"]) == (400, "not_allowed")

    async def test_refused_key_is_an_error_in_the_log_and_is_not_in_it(self) -> None:
        with capture_logs() as logged:
            async with connected(Scripted(httpx.Response(401, json={"message": "Unauthorized"}))) as client:
                with pytest.raises(ShopAccessError):
                    await client.get("orders")
        assert [(line["event"], line["log_level"]) for line in logged] == [("medusa_refuses_our_key", "error")]
        assert "sk_1" not in str(logged)


class TestReading:
    @pytest.mark.parametrize(
        "answer", [httpx.ReadTimeout, httpx.ConnectError, httpx.Response(502), httpx.Response(429)]
    )
    async def test_read_that_nobody_answers_is_asked_again(self, answer: Answer) -> None:
        medusa = Scripted(answer, answer, httpx.Response(200, json={"order": {"id": "order_1"}}))
        async with connected(medusa) as client:
            assert await client.get("orders/order_1") == {"order": {"id": "order_1"}}
        assert len(medusa.requests) == 3

    async def test_read_gives_up_after_three_times(self) -> None:
        medusa = Scripted(httpx.ReadTimeout)
        async with connected(medusa) as client:
            with pytest.raises(NoAnswerError):
                await client.get("orders/order_1")
        assert len(medusa.requests) == 3

    @pytest.mark.parametrize("answer", [refusal(400, "no"), httpx.Response(401, json={"message": "Unauthorized"})])
    async def test_refused_read_is_not_asked_again(self, answer: Answer) -> None:
        medusa = Scripted(answer)
        async with connected(medusa) as client:
            with pytest.raises(ShopError):
                await client.get("orders")
        assert len(medusa.requests) == 1

    async def test_what_is_not_there_is_none(self) -> None:
        async with connected(Scripted(refusal(404, "Order id not found", "not_found"))) as client:
            assert await client.find("orders/order_x") is None
        async with connected(Scripted(refusal(400, "no"))) as client:
            with pytest.raises(ShopRefusedError):
                await client.find("orders/order_x")

    async def test_amounts_keep_their_digits_and_the_key_is_the_user(self) -> None:
        medusa = Scripted(httpx.Response(200, text='{"amount": 19.9}'))
        async with connected(medusa) as client:
            assert (await client.get("payments/pay_1"))["amount"] == Decimal("19.9")
        assert medusa.requests[0].headers["authorization"] == httpx.BasicAuth("sk_1", "")._auth_header
