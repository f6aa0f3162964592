"""The API as a server: listens, says when it is ready, and stops when it is told to, after what it has in hand."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress

import structlog
import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp

from domain.errors import InvalidInputError
from runtime.settings import Settings
from starter.api.app import make_app
from starter.api.once import AnsweredRequests
from starter.api.waiting import waiting_app
from starter.doors import Doors, open_doors
from starter.refusals import UnavailableError

READY = "api_ready"
"""The log event that says that the API answers; `duecourse up` waits for it."""

GRACE = 10
"""Seconds that requests get to be finished."""

AGAIN_AFTER = 2.0
"""Seconds until Temporal is looked for again."""

FORGET_EVERY = 3_600.0
"""Seconds between two looks for answers that are too old."""

log = structlog.get_logger()


class _Server(uvicorn.Server):
    """A server that leaves signals to us: its own way ends the whole process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        InvalidInputError: the port is taken, or the address is none of this machine's.
    """
    try:
        opened = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise InvalidInputError(f"cannot listen on {host}:{port}: {error.strerror}", field="api_port") from None
    # Connections inherit it. asyncio sets it for sockets of its own making only, and without it the body of an answer
    # waits 40 ms behind its head, until the other side acknowledges that.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


@asynccontextmanager
async def running(app: ASGIApp, opened: socket.socket, proxies: str = "") -> AsyncIterator[int]:
    """Serve an application on a socket until the context ends; yields the port.

    `proxies` are addresses, with commas between, that are believed where they say requests come from.
    """
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[opened]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield opened.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def serve(settings: Settings) -> None:
    """Serve the API until SIGTERM or SIGINT; Temporal is waited for.

    Raises:
        InvalidInputError: a setting is wrong, or the port is taken.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with listening(settings.api_host, settings.api_port) as opened:
        async with AsyncExitStack() as house:
            # Each server closes the socket that it is given.
            async with running(waiting_app(), opened.dup()):
                doors = await _entered(house, settings, stop)
            if doors is not None:
                await _serve(doors, opened, stop)
    log.info("api_stopped")


async def _entered(house: AsyncExitStack, settings: Settings, stop: asyncio.Event) -> Doors | None:
    """The doors, as soon as Temporal answers; None if it is time to stop before that."""
    while not stop.is_set():
        try:
            return await house.enter_async_context(open_doors(settings))
        except UnavailableError as error:
            log.warning("api_waits", error=error.message, after_seconds=AGAIN_AFTER)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_AFTER)
    return None


async def _serve(doors: Doors, opened: socket.socket, stop: asyncio.Event) -> None:
    app = make_app(doors, secure=doors.settings.api_secure)
    _leave_to_itself()
    async with running(app, opened, doors.settings.api_proxies) as port:
        log.info(READY, host=doors.settings.api_host, port=port)
        forgetting = asyncio.create_task(_forget(app.state.house.answered))
        await stop.wait()
        # Whoever follows would be waited for until the grace is over.
        app.state.house.live.close()
        forgetting.cancel()


def _leave_to_itself() -> None:
    """Have Python's garbage collector never look again through what stays as long as the program does.

    That is nearly everything there is; looking through it holds up whoever asks in that moment by 150 ms.
    """
    gc.collect()
    gc.freeze()


async def _forget(answered: AnsweredRequests) -> None:
    """Delete now and then what is older than anybody repeats a request."""
    while True:
        try:
            await answered.forget_old()
        except SQLAlchemyError as error:
            log.warning("answers_not_forgotten", error=type(error).__name__)
        await asyncio.sleep(FORGET_EVERY)
