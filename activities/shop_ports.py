"""The shop that this installation is pointed at, with all of its ports: a real one, or else the embedded one."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.carrier.embedded import EmbeddedCarrier
from activities.carrier.port import Carrier
from activities.inventory.embedded import EmbeddedInventory
from activities.inventory.medusa import MedusaInventory
from activities.inventory.port import Inventory
from activities.medusa.client import MedusaClient
from activities.medusa.shop import MedusaShop
from activities.orders.embedded import EmbeddedOrderSystem
from activities.orders.medusa import MedusaOrderSystem
from activities.orders.port import OrderSystem
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.payments.medusa import MedusaPaymentGateway
from activities.payments.port import PaymentGateway
from activities.shop.transactions import ShopBooks
from domain.shop.errors import ShopAccessError, ShopUnavailableError
from domain.sla.spans import SECOND, Span

log = structlog.get_logger()


@dataclass(frozen=True)
class ShopPorts:
    """A shop as cases reach it. Its parcels are the embedded carrier's, which takes those of any shop's orders."""

    orders: OrderSystem
    payments: PaymentGateway
    inventory: Inventory
    carrier: Carrier
    medusa: MedusaClient | None = None

    async def check(self) -> None:
        """See that a real shop knows our key. One that does not answer is no reason not to start: its cases wait.

        Raises:
            ShopAccessError: it refuses our key.
        """
        if self.medusa is None:
            return
        try:
            await self.medusa.get("stores", fields="id")
        except ShopAccessError:
            raise
        except ShopUnavailableError as error:
            log.warning("shop_does_not_answer", because=error.message)

    async def aclose(self) -> None:
        """Give up connections."""
        if self.medusa:
            await self.medusa.aclose()


def embedded_shop(engine: AsyncEngine) -> ShopPorts:
    """The shop that keeps its books in our store."""
    books = ShopBooks(engine)
    return ShopPorts(
        orders=EmbeddedOrderSystem(books),
        payments=EmbeddedPaymentGateway(books),
        inventory=EmbeddedInventory(books),
        carrier=EmbeddedCarrier(books),
    )


def medusa_shop(engine: AsyncEngine, url: str, api_key: SecretStr, settling: Span) -> ShopPorts:
    """A Medusa, with our record of what was asked of it in the store."""
    client = MedusaClient(url, api_key)
    shop = MedusaShop(client, engine, settling=settling)
    return ShopPorts(
        orders=MedusaOrderSystem(shop),
        payments=MedusaPaymentGateway(shop),
        inventory=MedusaInventory(shop),
        carrier=EmbeddedCarrier(ShopBooks(engine)),
        medusa=client,
    )


def open_shop(engine: AsyncEngine, medusa_url: str, medusa_api_key: SecretStr | None, settling_s: float) -> ShopPorts:
    """The Medusa at this address; without one, the embedded shop."""
    if medusa_url and medusa_api_key:
        return medusa_shop(engine, medusa_url, medusa_api_key, round(settling_s * SECOND))
    return embedded_shop(engine)
