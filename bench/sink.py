"""A mail server that keeps what it gets, so that a message sent twice is seen twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from starter.server import free_port


class MailSink:
    """Counts mails by Message-ID."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail."""
        self.mails[str(message_from_bytes(envelope.content)["Message-ID"]).strip("<>")] += 1
        return "250 OK"


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A sink that listens on 127.0.0.1 until the context ends."""
    sink = MailSink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
