"""Email: where a conversation may break, what a mail looks like, and how the server is greeted."""

from __future__ import annotations

import asyncio
import ssl
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr, ValidationError

from activities.notifications.port import (
    DeliveryUnknownError,
    Envelope,
    PermanentDeliveryError,
    TransientDeliveryError,
)
from activities.notifications.smtp import SmtpMessageAdapter, SmtpSettings
from tests.activities.delivery_receivers import SmtpSink, smtp_sink
from tests.activities.message_samples import ADDRESS, envelope


class Handed:
    """Counts hand-overs."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> None:
        self.times += 1


def adapter(sink: SmtpSink, **changed: object) -> SmtpMessageAdapter:
    plain: dict[str, object] = {
        "host": "127.0.0.1",
        "port": sink.port,
        "sender": "客服 <service@example.com>",
        "security": "none",
        "client_name": "worker.test",
    }
    return SmtpMessageAdapter(SmtpSettings.model_validate(plain | changed))


async def delivered(message: Envelope) -> SmtpSink:
    async with smtp_sink() as sink:
        await adapter(sink).deliver(message, Handed())
        return sink


# --- what a mail looks like ---


async def test_mail_carries_our_own_message_id_and_who_it_is_from() -> None:
    sink = await delivered(envelope())
    [mail] = sink.mails
    assert mail["Message-ID"] == f"<{envelope().message_id}>"
    assert mail["From"] == "客服 <service@example.com>"
    assert mail["To"] == ADDRESS
    assert mail["Content-Language"] == "zh-CN"
    assert parsedate_to_datetime(mail["Date"]).tzinfo is not None


@pytest.mark.parametrize(("automatic", "said"), [(True, "auto-generated"), (False, None)])
async def test_only_automatic_mail_says_that_no_person_wrote_it(*, automatic: bool, said: str | None) -> None:
    sink = await delivered(envelope(automatic=automatic))
    assert sink.mails[0]["Auto-Submitted"] == said


@pytest.mark.parametrize(
    "body",
    [
        "..\n.\n.leading dots\n",
        "a line\r\nand\ranother\n",
        "长" * 3_000,
        "x" * 3_000,
        "",
        "\n\n",
        "ends without a line break",
        "From here on\nSubject: not a header",
    ],
)
async def test_body_arrives_unharmed(body: str) -> None:
    sink = await delivered(envelope(body=body))
    arrived = sink.mails[0].get_content()
    assert arrived.splitlines() == body.splitlines() or arrived.strip() == body.strip()
    assert max(len(line) for line in sink.wires[0].split(b"\r\n")) <= 998


async def test_wire_is_plain_ascii_so_that_every_server_takes_it() -> None:
    sink = await delivered(envelope())
    assert sink.wires[0].isascii()


async def test_subject_cannot_smuggle_a_header_in() -> None:
    sink = await delivered(envelope(subject="hello\r\nBcc: all@example.com\r\n\r\nbody"))
    [mail] = sink.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "hello Bcc: all@example.com body"
    assert sink.recipients == [ADDRESS]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b\r\nRCPT TO:<c@d>",
        "a@b, c@d",
        "Name <a@b>",
        "a@b>",
        '"a b"@c',
        "a@b c",
        "a@@b",
        "a@b..c",
        f"a@{'x' * 64}.com",
        "a@b\x00",
    ],
)
async def test_malformed_address_is_permanent_and_never_sent(address: str) -> None:
    handed = Handed()
    async with smtp_sink() as sink:
        with pytest.raises(PermanentDeliveryError, match=r"^the mail address is malformed$"):
            await adapter(sink).deliver(envelope(address=address), handed)
        assert (sink.mails, sink.asked.is_set(), handed.times) == ([], False, 0)


async def test_domain_in_other_letters_is_written_to_in_its_ascii_form() -> None:
    sink = await delivered(envelope(address="li@例子.测试"))
    assert sink.recipients == ["li@xn--fsqu00a.xn--0zwm56d"]


async def test_mailbox_in_other_letters_is_written_to_where_the_server_can() -> None:
    sink = await delivered(envelope(address="用户@example.com"))
    assert sink.recipients == ["用户@example.com"]
    assert sink.mails[0]["To"] == "用户@example.com"


async def test_mailbox_in_other_letters_is_refused_where_the_server_cannot() -> None:
    async with smtp_sink(utf8=False) as sink:
        with pytest.raises(PermanentDeliveryError):
            await adapter(sink).deliver(envelope(address="用户@example.com"), Handed())


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
