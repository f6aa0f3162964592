"""Email over SMTP, in two halves: all that may be repeated at will, then the message itself, which may not."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, getaddresses
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from aiosmtplib.protocol import SMTPProtocol
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from activities.clock import Clock, wall_clock
from activities.notifications.port import (
    Delivered,
    DeliveryError,
    DeliveryUnknownError,
    Envelope,
    HandOver,
    PermanentDeliveryError,
    Settlement,
    TransientDeliveryError,
)
from activities.notifications.templates import one_line

_MAILBOX = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+")
_ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_START_INPUT, _COMPLETED = 354, 250
_REFUSED: dict[type[Exception], str] = {SMTPSenderRefused: "the sender", SMTPRecipientRefused: "the recipient"}


class SmtpSettings(BaseModel):
    """How to reach the mail server. Timeouts are seconds; the longest attempt bounds all of them together.

    Attributes:
        sender: `address@domain` or `Name <address@domain>`.
        security: `starttls` refuses a server that does not offer it; `none` is for the same machine.
        receiver_deduplicates: the receiving side drops a Message-ID that it has seen, so a doubtful mail is sent again.
        ca_file: certificates to trust besides the system's.
        client_name: how we introduce ourselves; by default this machine's name, which may take a DNS query.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: int = 587
    sender: str
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    receiver_deduplicates: bool = False
    ca_file: str | None = None
    client_name: str | None = None
    command_timeout: float = Field(default=8.0, gt=0, description="for connecting, and for each command")
    answer_timeout: float = Field(default=20.0, gt=0, description="from the end of the message to its answer")

    @field_validator("sender")
    @classmethod
    def _names_an_address(cls, sender: str) -> str:
        addresses = [address for _, address in getaddresses([sender])]
        one = len(addresses) == 1 and _MAILBOX.fullmatch(addresses[0]) and addresses[0].isascii()
        if not one or one_line(sender) != sender:
            raise ValueError("expected address@domain or Name <address@domain>, the address in ASCII")
        return sender


class SmtpMessageAdapter:
    """`MessageAdapter` for email. One connection for each message; our own Message-ID identifies it."""

    def __init__(self, settings: SmtpSettings, *, clock: Clock = wall_clock) -> None:
        self._settings = settings
        self._clock = clock

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        recipient = mailbox(envelope.address)
        wire = wire_form(self._compose(envelope, recipient))
        server = self._server()
        try:
            await self._open(server)
            protocol = await _up_to_the_message(server, self._settings.sender, recipient)
            await hand_over()
            await self._transmit(protocol, wire)
        finally:
            # Never QUIT after a failure: between 354 and the final dot it would be a line of the message.
            server.close()
        return Delivered(envelope.message_id)

    async def settle(self, envelope: Envelope) -> Settlement:
        """SMTP has no way to ask: without a receiver that drops repeats nobody can tell."""
        safe = self._settings.receiver_deduplicates
        return Settlement.RESEND_IS_SAFE if safe else Settlement.UNKNOWN

    def _server(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            cert_bundle=settings.ca_file,
            local_hostname=settings.client_name,
            timeout=settings.command_timeout,
        )

    async def _open(self, server: SMTP) -> None:
        """Connect, secure, log in. What is refused here concerns the channel, not this message."""
        try:
            await server.connect()
        except SMTPResponseException as refused:
            raise TransientDeliveryError(f"the mail server refused us with {refused.code}") from None
        except (SMTPException, OSError) as error:
            raise TransientDeliveryError(f"the mail server cannot be used: {type(error).__name__}") from None

    async def _transmit(self, protocol: SMTPProtocol, wire: bytes) -> None:
        try:
            protocol.write(wire)
        except (SMTPException, OSError):
            raise TransientDeliveryError("the connection was lost before the message") from None
        try:
            answer = await protocol.read_response(timeout=self._settings.answer_timeout)
        except (SMTPException, OSError) as error:
            raise DeliveryUnknownError(f"no answer to the message: {type(error).__name__}") from None
        if not 400 <= answer.code <= 599 and answer.code != _COMPLETED:
            raise DeliveryUnknownError(f"the mail server answered the message with {answer.code}")
        if answer.code != _COMPLETED:
            raise refusal(answer.code, answer.message, "the message")
        with suppress(SMTPException, OSError):
            protocol.write(b"QUIT\r\n")

    def _compose(self, envelope: Envelope, recipient: Address) -> EmailMessage:
        message = EmailMessage(policy=WIRE.clone(cte_type="7bit", utf8=not recipient.username.isascii()))
        message["Message-ID"] = f"<{envelope.message_id}>"
        message["Date"] = format_datetime(datetime.fromtimestamp(self._clock() / 1000, UTC))
        message["From"] = self._settings.sender
        message["To"] = recipient
        message["Subject"] = one_line(envelope.subject)
        if envelope.automatic:
            message["Auto-Submitted"] = "auto-generated"
        message.set_content(envelope.body)
        message["Content-Language"] = envelope.language.value
        return message


async def _up_to_the_message(server: SMTP, sender: str, recipient: Address) -> SMTPProtocol:
    """MAIL, RCPT and DATA: until the server says 354 nothing has been said that counts."""
    try:
        options, encoding = await _letters(server, recipient)
        await server.mail(sender, options=options, encoding=encoding)
        await server.rcpt(recipient.addr_spec, encoding=encoding)
        ready = await server.execute_command(b"DATA")
    except SMTPResponseException as refused:
        raise refusal(refused.code, refused.message, _REFUSED.get(type(refused), "the conversation")) from None
    except (SMTPException, OSError) as error:
        raise TransientDeliveryError(f"the connection was lost: {type(error).__name__}") from None
    if ready.code != _START_INPUT:
        raise refusal(ready.code, ready.message, "the message")
    if server.protocol is None:
        raise TransientDeliveryError("the connection was lost before the message")
    return server.protocol


async def _letters(server: SMTP, recipient: Address) -> tuple[list[str], str]:
    """Options and encoding of MAIL and RCPT for the letters of this mailbox."""
    if recipient.username.isascii():
        return [], "ascii"
    if server.is_ehlo_or_helo_needed:
        await server.ehlo()
    if not server.supports_extension("smtputf8"):
        raise PermanentDeliveryError("the mail server takes no address with such letters")
    return ["SMTPUTF8"], "utf-8"


def refusal(code: int, words: str, what: str) -> DeliveryError:
    """The error for a server's answer. Of its words, which may quote the address, only the enhanced code is kept."""
    enhanced = _ENHANCED_CODE.match(words)
    detail = f"the mail server refused {what} with {code}{' ' + enhanced[0] if enhanced else ''}"
    return PermanentDeliveryError(detail) if 500 <= code <= 599 else TransientDeliveryError(detail)


def mailbox(address: str) -> Address:
    """One mail address; a domain with other letters than ASCII is turned into its IDNA form.

    Raises:
        PermanentDeliveryError: not exactly one address, or a domain that cannot exist.
    """
    if not _MAILBOX.fullmatch(address):
        raise PermanentDeliveryError("the mail address is malformed")
    local, _, domain = address.rpartition("@")
    try:
        return Address(username=local, domain=domain.encode("idna").decode("ascii"))
    except ValueError:
        raise PermanentDeliveryError("the mail address is malformed") from None


def wire_form(message: EmailMessage) -> bytes:
    """The message as DATA wants it: lines end in CRLF, a leading dot is doubled, a dot alone ends it."""
    lines = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
