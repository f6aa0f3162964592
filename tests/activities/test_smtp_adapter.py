"""Where a conversation with a mail server may break, and how the server is greeted."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr, ValidationError

from activities.notifications.port import DeliveryUnknownError, PermanentDeliveryError, TransientDeliveryError
from activities.notifications.smtp import SmtpSettings
from tests.activities.delivery_receivers import smtp_sink
from tests.activities.mailing import Handed, adapter
from tests.activities.message_samples import envelope

# --- where a conversation may break ---


@pytest.mark.parametrize(
    ("answer", "error", "detail"),
    [
        ("550 5.1.1 <li.wei@example.com> unknown", PermanentDeliveryError, "refused the recipient with 550 5.1.1"),
        ("553 no", PermanentDeliveryError, "refused the recipient with 553"),
        ("450 4.2.0 greylisted", TransientDeliveryError, "refused the recipient with 450 4.2.0"),
        ("421 going down", TransientDeliveryError, "refused the recipient with 421"),
        ("299 what", TransientDeliveryError, "refused the recipient with 299"),
    ],
)
async def test_refused_recipient_is_not_handed_over(answer: str, error: type[Exception], detail: str) -> None:
    handed = Handed()
    async with smtp_sink() as sink:
        sink.recipient_answer = answer
        with pytest.raises(error, match=f"^the mail server {detail}$"):
            await adapter(sink).deliver(envelope(), handed)
    assert (sink.mails, handed.times) == ([], 0)


@pytest.mark.parametrize(
    ("answer", "error", "detail"),
    [
        ("554 5.7.1 spam from li.wei@example.com", PermanentDeliveryError, "refused the message with 554 5.7.1"),
        ("452 4.3.1 full", TransientDeliveryError, "refused the message with 452 4.3.1"),
        ("299 what", DeliveryUnknownError, "answered the message with 299"),
    ],
)
async def test_answer_to_the_message_decides(answer: str, error: type[Exception], detail: str) -> None:
    async with smtp_sink() as sink:
        sink.message_answer = answer
        with pytest.raises(error, match=f"^the mail server {detail}$"):
            await adapter(sink).deliver(envelope(), Handed())


async def test_connection_lost_before_the_message_may_be_tried_again() -> None:
    handed = Handed()
    async with smtp_sink() as sink:
        sink.drops = "recipient"
        with pytest.raises(TransientDeliveryError):
            await adapter(sink).deliver(envelope(), handed)
    assert handed.times == 0


async def test_connection_lost_after_the_message_leaves_it_unknown() -> None:
    handed = Handed()
    async with smtp_sink() as sink:
        sink.drops = "message"
        with pytest.raises(DeliveryUnknownError):
            await adapter(sink).deliver(envelope(), handed)
        assert len(sink.mails) == 1
    assert handed.times == 1


async def test_server_that_keeps_silent_after_the_message_leaves_it_unknown() -> None:
    async with smtp_sink() as sink:
        sink.may_answer.clear()
        with pytest.raises(DeliveryUnknownError):
            await adapter(sink, answer_timeout=0.2).deliver(envelope(), Handed())
        await asyncio.wait_for(sink.arrived.wait(), 30)
        assert len(sink.mails) == 1


async def test_server_that_keeps_silent_before_the_message_may_be_tried_again() -> None:
    async with smtp_sink() as sink:
        sink.may_accept.clear()
        with pytest.raises(TransientDeliveryError):
            await adapter(sink, command_timeout=0.2).deliver(envelope(), Handed())
        assert sink.mails == []


async def test_attempt_that_is_stopped_at_the_hand_over_sends_not_even_a_part() -> None:
    async def superseded() -> None:
        raise RuntimeError("superseded")

    async with smtp_sink() as sink:
        with pytest.raises(RuntimeError):
            await adapter(sink).deliver(envelope(), superseded)
        await asyncio.sleep(0.05)
        assert sink.mails == []


async def test_no_server_may_be_tried_again() -> None:
    async with smtp_sink() as sink:
        pass
    with pytest.raises(TransientDeliveryError, match="cannot be used"):
        await adapter(sink).deliver(envelope(), Handed())


# --- how the server is greeted ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, its key, and the authority that issued it, in one file."""
    made = tmp_path_factory.mktemp("tls") / "sink.pem"
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    made.write_bytes(issued.private_key_and_cert_chain_pem.bytes() + authority.cert_pem.bytes())
    return made


def served_with(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_mail_goes_over_starttls_with_a_login(certificate: Path) -> None:
    async with smtp_sink(starttls=served_with(certificate), login=True) as sink:
        secure = adapter(
            sink, security="starttls", ca_file=str(certificate), username="duecourse", password=SecretStr("right")
        )
        await secure.deliver(envelope(), Handed())
        assert (len(sink.mails), sink.logins) == (1, ["duecourse"])


async def test_wrong_password_concerns_the_channel_and_not_the_message(certificate: Path) -> None:
    async with smtp_sink(starttls=served_with(certificate), login=True) as sink:
        secure = adapter(
            sink, security="starttls", ca_file=str(certificate), username="duecourse", password=SecretStr("wrong")
        )
        with pytest.raises(TransientDeliveryError, match="refused us with 535"):
            await secure.deliver(envelope(), Handed())


async def test_server_with_an_unknown_certificate_is_not_trusted(certificate: Path) -> None:
    async with smtp_sink(starttls=served_with(certificate)) as sink:
        with pytest.raises(TransientDeliveryError, match="cannot be used"):
            await adapter(sink, security="starttls").deliver(envelope(), Handed())
        assert sink.mails == []


async def test_server_without_starttls_is_not_spoken_to_in_the_clear() -> None:
    async with smtp_sink() as sink:
        with pytest.raises(TransientDeliveryError, match="cannot be used"):
            await adapter(sink, security="starttls").deliver(envelope(), Handed())
        assert sink.mails == []


@pytest.mark.parametrize("sender", ["", "nobody", "a@b, c@d", "Name <a@b>\r\nBcc: c@d", "客服@example.com"])
def test_sender_must_be_one_address(sender: str) -> None:
    with pytest.raises(ValidationError):
        SmtpSettings(host="localhost", sender=sender)


def test_password_stays_out_of_what_is_printed() -> None:
    settings = SmtpSettings(host="localhost", sender="a@b", username="u", password=SecretStr("s3cret"))
    assert "s3cret" not in repr(settings)
