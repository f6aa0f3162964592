"""An order of Medusa's as the ports know it."""

from __future__ import annotations

from decimal import Decimal

from activities.medusa.amounts import from_medusa
from activities.medusa.documents.document import instant
from activities.medusa.documents.orders import Delivery, Line, MedusaOrder
from domain.money import Money
from domain.shop.orders import Order, OrderLine
from domain.shop.payments import PaymentAccount
from domain.shop.values import Address, PaymentMethod

METHOD_NOTE = "duecourse_payment_method"
"""Where an order's metadata has how it is to be paid: Medusa has providers, and no such choice."""

REPLACES_NOTE = "duecourse_replaces"
"""Where a line's metadata has the line whose goods these stand in for."""

NOT_TOLD = "–"
"""In an address, what the shop does not know."""

_BY_PROVIDER = {"alipay": PaymentMethod.ALIPAY, "wechat": PaymentMethod.WECHAT_PAY, "stripe": PaymentMethod.CARD}


def order_of(found: MedusaOrder) -> Order:
    """The order. Its total is what its lines and shipping cost: what was given as a courtesy does not lower it."""
    currency = found.currency_code.upper()
    canceled = found.status == "canceled"
    lines = sorted(found.items, key=lambda line: (line.created_at, line.id))
    owed = Decimal(0) if canceled else found.item_total + found.shipping_total
    return Order(
        id=found.id,
        number=str(found.display_id),
        customer_id=found.customer_id or NOT_TOLD,
        currency=currency,
        placed_at=instant(found.created_at),
        payment_method=_method(found),
        address=address_of(found.shipping_address or Delivery()),
        lines=tuple(_line(line, currency, canceled=canceled) for line in lines),
        shipping=from_medusa(found.shipping_total, currency),
        total=from_medusa(owed, currency),
    )


def account_of(found: MedusaOrder) -> PaymentAccount:
    """The order's money, by its payments: Medusa's summary of it can be wrong after a crash."""
    return PaymentAccount(
        order_id=found.id,
        captured=from_medusa(found.captured, found.currency_code),
        refunded=from_medusa(found.refunded, found.currency_code),
    )


def address_of(found: Delivery) -> Address:
    """The address; Medusa splits names and streets, we do not."""
    return Address(
        name=_joined(found.first_name, found.last_name),
        street=_joined(found.address_1, found.address_2),
        city=_joined(found.city),
        postal_code=_joined(found.postal_code),
        country=(found.country_code or "zz").upper(),
        phone=found.phone or None,
    )


def delivery_of(address: Address) -> dict[str, str]:
    """The address as Medusa takes it; every field, because it keeps those that are left out."""
    first, _, last = address.name.rpartition(" ")
    return {
        "first_name": first or last,
        "last_name": last if first else "",
        "address_1": address.street,
        "address_2": "",
        "city": address.city,
        "postal_code": address.postal_code,
        "country_code": address.country.lower(),
        "phone": address.phone or "",
    }


def _line(line: Line, currency: str, *, canceled: bool) -> OrderLine:
    seen, product = line.detail, line.variant.product if line.variant else None
    returned = seen.return_received_quantity + seen.return_dismissed_quantity
    return OrderLine(
        id=line.id,
        variant_id=line.variant_id or NOT_TOLD,
        title=line.variant_title or line.title,
        category=product.type.value if product and product.type else "general",
        unit_price=_unit_price(line, currency, seen.quantity - returned),
        quantity=seen.shipped_quantity if canceled else seen.quantity,
        fulfilled=seen.shipped_quantity if canceled else seen.fulfilled_quantity,
        shipped=seen.shipped_quantity,
        delivered=seen.delivered_quantity,
        return_requested=seen.return_requested_quantity,
        returned=returned,
        warranty_months=_months((product.metadata if product else None) or {}),
        replaces=(line.metadata or {}).get(REPLACES_NOTE),
    )


def _unit_price(line: Line, currency: str, kept: int) -> Money:
    # With taxes and discounts, which the plain unit price does not have; without a piece left there is only that one.
    return from_medusa(line.total / kept if kept else line.unit_price, currency)


def _months(notes: dict[str, object]) -> int:
    months = notes.get("warranty_months")
    return months if isinstance(months, int) and 0 <= months <= 120 else 0


def _method(found: MedusaOrder) -> PaymentMethod:
    noted = found.notes.get(METHOD_NOTE)
    if noted in set(PaymentMethod):
        return PaymentMethod(noted)
    providers = " ".join(payment.provider_id for payment in found.payments)
    for name, method in _BY_PROVIDER.items():
        if name in providers:
            return method
    return PaymentMethod.BANK_TRANSFER if providers else PaymentMethod.CASH_ON_DELIVERY


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part) or NOT_TOLD
