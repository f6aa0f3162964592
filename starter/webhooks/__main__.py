"""`python -m starter.webhooks`: the door for webhooks by itself, where worker and server run elsewhere."""

from __future__ import annotations

import asyncio
import signal

import structlog

from domain.errors import InvalidInputError
from runtime.logs import configure_logs
from runtime.settings import Settings
from starter.doors import open_store
from starter.installation import present_settings
from starter.webhooks.opening import webhook_door

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Take webhooks in until SIGTERM or SIGINT.

    Raises:
        InvalidInputError: no secret is set, or it is none.
    """
    if settings.inbound_secrets is None:
        raise InvalidInputError("set DUECOURSE_INBOUND_SECRETS to what the senders sign with", field="inbound_secrets")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_store(settings) as store, webhook_door(store, settings.inbound_secrets) as port:
        log.info("webhooks_ready", port=port)
        await stop.wait()


def main() -> None:
    """Open the door with the settings of the environment."""
    settings = present_settings()
    configure_logs(settings.log_format, settings.log_level)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
