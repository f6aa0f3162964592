"""What a mail looks like, and to whom it can be written."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

from activities.notifications.port import PermanentDeliveryError
from tests.activities.delivery_receivers import smtp_sink
from tests.activities.mailing import Handed, adapter, delivered
from tests.activities.message_samples import ADDRESS, envelope


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
