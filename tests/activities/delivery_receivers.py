"""The other ends of the line: a mail server and a webhook receiver that run for real, and misbehave on demand."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


class SmtpSink:
    """A mail server. What it was given and told lies open.

    Attributes:
        mails: every message whose final dot has arrived, also those it then refused or never answered.
        recipient_answer: instead of `250 OK` to RCPT.
        message_answer: instead of `250 OK` to the message.
        drops: `recipient` or `message`: where it drops the connection instead of answering.
        may_answer: cleared, it takes the message and keeps silent; `arrived` tells when.
        may_accept: cleared, it keeps silent at RCPT.
        deduplicates: a Message-ID that it has seen is answered 250 and thrown away.
    """

    port: int

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.wires: list[bytes] = []
        self.recipients: list[str] = []
        self.logins: list[str] = []
        self.recipient_answer: str | None = None
        self.message_answer = "250 OK"
        self.drops: str | None = None
        self.deduplicates = False
        self.arrived = asyncio.Event()
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.may_accept = asyncio.Event()
        self.may_accept.set()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del session, options
        self.asked.set()
        await self.may_accept.wait()
        if self.drops == "recipient":
            _drop(server)
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        del session
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        seen = any(mail["Message-ID"] == other["Message-ID"] for other in self.mails)
        if not (self.deduplicates and seen):
            self.mails.append(mail)
            self.wires.append(envelope.content)
            self.recipients.extend(envelope.rcpt_tos)
        self.arrived.set()
        await self.may_answer.wait()
        if self.drops == "message":
            _drop(server)
        return self.message_answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        del server, session, envelope, mechanism
        assert isinstance(login, LoginPassword)
        self.logins.append(login.login.decode())
        return AuthResult(success=login.password == b"right", handled=False)


def _drop(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


@asynccontextmanager
async def smtp_sink(
    *, starttls: ssl.SSLContext | None = None, login: bool = False, utf8: bool = True
) -> AsyncIterator[SmtpSink]:
    """Run a mail server on a free port of 127.0.0.1."""
    sink = SmtpSink()

    def conversation() -> SMTP:
        return SMTP(
            sink,
            hostname="sink.test",
            ident="sink",
            enable_SMTPUTF8=utf8,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=sink.authenticate if login else None,
            auth_required=login,
            auth_require_tls=starttls is not None,
        )

    server = await asyncio.get_running_loop().create_server(conversation, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink
        sink.may_answer.set()
        sink.may_accept.set()


class WebhookReceiver:
    """A receiver that checks signatures and drops what it has seen.

    Attributes:
        attempts: the `webhook-id` of every request with a right signature, or the `message_id` in its body where
            apprise, which signs nothing, is the sender.
        taken: the content of each id, once.
        secret: what it verifies signatures with.
        refuses: ids that it answers with 400 whatever else it does.
        status: the answer; what is not 2xx is not taken either.
        may_answer: cleared, it takes the request and keeps silent; `arrived` tells when.
        drops: drops the connection instead of answering.
    """

    port: int

    def __init__(self, *, signed: bool) -> None:
        self.attempts: list[str] = []
        self.taken: dict[str, dict[str, Any]] = {}
        self.status = 204
        self.secret = SECRET
        self.refuses: set[str] = set()
        self.drops = False
        self.arrived = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._signed = signed

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            status = self._take(headers, await reader.readexactly(int(headers["content-length"])))
            self.arrived.set()
            await self.may_answer.wait()
            if not self.drops:
                writer.write(f"HTTP/1.1 {status} -\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def _take(self, headers: dict[str, str], body: bytes) -> int:
        content = json.loads(body)
        if self._signed:
            try:
                Webhook(self.secret).verify(body, headers)
            except WebhookVerificationError:
                return 401
        identity = headers["webhook-id"] if self._signed else content["message_id"]
        self.attempts.append(identity)
        if identity in self.refuses:
            return 400
        if 200 <= self.status <= 299:
            self.taken.setdefault(identity, content)
        return self.status


@asynccontextmanager
async def webhook_receiver(*, signed: bool = True) -> AsyncIterator[WebhookReceiver]:
    """Run a receiver on a free port of 127.0.0.1."""
    receiver = WebhookReceiver(signed=signed)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver
        receiver.may_answer.set()
