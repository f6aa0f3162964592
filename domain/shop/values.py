"""The small values of a shop: quantities, addresses, ways to pay, variants; and what all of its documents share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.money import Money
from domain.shop.errors import VariantNotFoundError
from domain.sla.spans import Instant

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$")]
"""The identity of an effect, `case:step:instance`."""

ShopId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""An id that the shop gave: order, line, variant, parcel."""

Quantity = Annotated[int, Field(ge=1, le=9_999)]
"""How many pieces; at least one."""

Count = Annotated[int, Field(ge=0, le=9_999)]
"""How many pieces; possibly none."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""Why, in words without personal data: the shop may show them to anybody."""


class Asked(BaseModel):
    """Something asked of a shop; a field it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(BaseModel):
    """Something that a shop tells."""

    model_config = ConfigDict(frozen=True)


class ShopDocument(Told):
    """What was done under a key, and how it stands: the evidence.

    Attributes:
        kind: what sort of document it is; one key stands for one document of one kind.
        id: the shop's own id for it.
        status: how it stands.
        at: when it was begun.
    """

    kind: ClassVar[str]

    key: Key
    id: ShopId
    status: str
    at: Instant


class PaymentMethod(StrEnum):
    """How an order is paid; cash on delivery is captured by the carrier, all else when the order is placed."""

    CARD = "card"
    ALIPAY = "alipay"
    WECHAT_PAY = "wechat_pay"
    BANK_TRANSFER = "bank_transfer"
    CASH_ON_DELIVERY = "cash_on_delivery"


class Address(Asked):
    """Where goods go. All but country and city is personal: only who decides about an address is shown the whole."""

    name: str = Field(min_length=1, max_length=120, repr=False)
    street: str = Field(min_length=1, max_length=240, repr=False)
    city: str = Field(min_length=1, max_length=120)
    postal_code: str = Field(min_length=1, max_length=20, repr=False)
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    phone: str | None = Field(default=None, max_length=40, repr=False)

    @property
    def whole(self) -> str:
        """All of it in one line, for whoever decides about it."""
        parts = (self.name, self.street, f"{self.postal_code} {self.city}", self.country, self.phone)
        return ", ".join(part for part in parts if part)


class Variant(Told):
    """Something the shop sells.

    Attributes:
        category: what policies speak of: return windows and warranties differ by it.
        prices: minor units for each currency that it is sold in, taxes included.
        lead_days: days from the order until it is delivered.
    """

    id: ShopId
    title: str
    category: str
    prices: dict[str, int]
    warranty_months: int = Field(default=0, ge=0, le=120)
    lead_days: int = Field(default=3, ge=0, le=365)

    def price(self, currency: str) -> Money:
        """What a piece costs.

        Raises:
            VariantNotFoundError: it is not sold in this currency.
        """
        if currency not in self.prices:
            raise VariantNotFoundError(
                f"{self.id} is not sold in {currency}", field="currency", variant=self.id, possible=sorted(self.prices)
            )
        return Money(minor=self.prices[currency], currency=currency)
