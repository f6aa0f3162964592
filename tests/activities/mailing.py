"""An SMTP adapter towards a server of ours, in these tests."""

from __future__ import annotations

from activities.notifications.port import Envelope
from activities.notifications.smtp import SmtpMessageAdapter, SmtpSettings
from tests.activities.delivery_receivers import SmtpSink, smtp_sink


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
