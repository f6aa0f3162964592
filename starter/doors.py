"""What every door stands on: the store, and with a Temporal server the service. Opened for a while, then closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from activities.archive.timeline import TimelineArchive
from activities.attachments.embedded import EmbeddedAttachmentStore
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.notifications.deliveries import DeliveryRecord
from activities.openings.register import OpeningRegister
from activities.orders.directory import ShopOrderDirectory
from activities.policies.archive import PolicyArchive
from activities.shop_ports import open_shop
from activities.store.database import create_tables, open_database
from activities.surveys.answers import SurveyAnswers
from domain.errors import InvalidInputError
from domain.policy import Policy
from readmodel.migrating import migrate
from readmodel.model import ReadModel
from runtime.connection import connect
from runtime.logs import telemetry
from runtime.settings import Settings
from starter.case_service import ANSWER_WITHIN, CaseService
from starter.feed import Feed
from starter.figures.book import FigureBook
from starter.refusals import UnavailableError

CONNECT_WITHIN = 10.0
"""Seconds in which a Temporal server must answer."""


@dataclass(frozen=True)
class Store:
    """The tables that doors read and write."""

    settings: Settings
    engine: AsyncEngine
    policies: PolicyArchive
    openings: OpeningRegister
    customers: EmbeddedCustomerDirectory
    orders: ShopOrderDirectory
    archive: TimelineArchive
    deliveries: DeliveryRecord
    attachments: EmbeddedAttachmentStore
    surveys: SurveyAnswers
    feed: Feed
    readmodel: ReadModel
    figures: FigureBook

    async def policy(self) -> Policy:
        """The policy that new cases get, as it was published last.

        Raises:
            PolicyUnknownError: none of its name was published.
        """
        latest = await self.policies.latest(self.settings.policy)
        return Policy.model_validate_json(latest.document)


@dataclass(frozen=True)
class Doors:
    """The service and the store behind it."""

    settings: Settings
    store: Store
    client: Client
    service: CaseService


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """The store alone, its tables created where they are missing; needs no Temporal server."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_database(settings.database, connections=10)
    shop = open_shop(engine, settings.medusa_url, settings.medusa_api_key, settings.medusa_settling)
    try:
        await create_tables(engine)
        await migrate(engine)
        yield Store(
            settings=settings,
            engine=engine,
            policies=PolicyArchive(engine),
            openings=OpeningRegister(engine),
            customers=EmbeddedCustomerDirectory(engine),
            orders=ShopOrderDirectory(shop.orders),
            archive=TimelineArchive(engine),
            deliveries=DeliveryRecord(engine),
            attachments=EmbeddedAttachmentStore(engine),
            surveys=SurveyAnswers(engine),
            feed=Feed(engine),
            readmodel=ReadModel(engine),
            figures=FigureBook(engine),
        )
    finally:
        await shop.aclose()
        await engine.dispose()


@asynccontextmanager
async def open_doors(
    settings: Settings, *, environment: Mapping[str, str] | None = None, answer_within: timedelta = ANSWER_WITHIN
) -> AsyncIterator[Doors]:
    """Service and store.

    Args:
        settings: of this installation.
        environment: replaces the process's own where `TEMPORAL_…` variables are looked for.
        answer_within: how long the service waits for a case.

    Raises:
        UnavailableError: no Temporal server answers.
        InvalidInputError: Temporal's configuration is wrong.
    """
    client = await _connected(settings, environment)
    async with open_store(settings) as store:
        service = CaseService(
            client,
            task_queue=settings.task_queue,
            openings=store.openings,
            policies=store.policies,
            customers=store.customers,
            orders=store.orders,
            archive=store.archive,
            policy=settings.policy,
            answer_within=answer_within,
        )
        yield Doors(settings, store, client, service)


async def _connected(settings: Settings, environment: Mapping[str, str] | None) -> Client:
    try:
        config = ClientConfig.load_client_connect_config(
            settings.temporal_profile,
            config_file=str(settings.temporal_config) if settings.temporal_config else None,
            override_env_vars=environment,
        )
    except (RuntimeError, OSError) as error:  # the latter where the file or a certificate that it names is not there
        raise InvalidInputError(f"Temporal's configuration cannot be used: {error}", field="temporal_profile") from None
    address = config.get("target_host", "127.0.0.1:7233")
    try:
        async with asyncio.timeout(CONNECT_WITHIN):
            # Core's own logging would go to stdout, which belongs to whoever asked for JSON.
            return await connect(settings, runtime=telemetry(), overrides=environment)
    except (RuntimeError, TimeoutError) as error:
        raise UnavailableError(
            f"no Temporal server answers at {address}; `make run` or `duecourse up` starts one", address=address
        ) from error
