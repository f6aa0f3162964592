"""Customers' orders in the shop, brought as far as they are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import IntEnum

from tests.medusa.admin import Admin, Json
from tests.medusa.seeding import PARCEL_PRICES, Shelves

ADDRESSES: dict[str, Json] = {
    "eur": {
        "first_name": "Ada",
        "last_name": "Lind",
        "address_1": "1 Mill Lane",
        "city": "Berlin",
        "postal_code": "10115",
        "country_code": "de",
    },
    "cny": {
        "first_name": "晓",
        "last_name": "林",
        "address_1": "人民路 1 号",
        "city": "成都",
        "postal_code": "610000",
        "country_code": "cn",
    },
}
BASKET = {"TEAPOT-S": 2, "TEAPOT-L": 1}

FIELDS = (
    "+email,+currency_code,+canceled_at,+metadata,*items,*items.detail,*summary,*shipping_address,*fulfillments,"
    "*fulfillments.items,*fulfillments.labels,*payment_collections,*payment_collections.payments,"
    "*payment_collections.payments.refunds"
)
"""`+` and `*` add to what is told anyway; one bare name would be all that is told."""


class Progress(IntEnum):
    """How far an order has come."""

    PLACED = 0
    PAID = 1
    FULFILLED = 2
    SHIPPED = 3
    DELIVERED = 4


def place_order(
    admin: Admin,
    shelves: Shelves,
    *,
    currency: str = "eur",
    basket: Mapping[str, int] = BASKET,
    progress: Progress = Progress.PAID,
) -> str:
    """A new order's id. It starts as a draft: that needs neither a cart nor a publishable key."""
    shipping = {"name": "Parcel", "shipping_option_id": shelves.parcel, "amount": PARCEL_PRICES[currency]}
    draft = admin.post(
        "draft-orders",
        email="customer@example.com",
        region_id=shelves.regions[currency],
        sales_channel_id=shelves.sales_channel,
        shipping_address=ADDRESSES[currency],
        billing_address=ADDRESSES[currency],
        items=[{"variant_id": shelves.variants[sku], "quantity": quantity} for sku, quantity in basket.items()],
        shipping_methods=[shipping],
    )["draft_order"]
    order = admin.post(f"draft-orders/{draft['id']}/convert-to-order")["order"]
    if progress >= Progress.PAID:
        _pay(admin, order["id"], _collection(admin, order["id"], order["total"]))
    if progress >= Progress.FULFILLED:
        _send(admin, shelves, order["id"], progress)
    placed: str = order["id"]
    return placed


def read_order(admin: Admin, order: str) -> Json:
    """An order with everything that matters to us."""
    found: Json = admin.get(f"orders/{order}?fields={FIELDS}")["order"]
    return found


def pay(admin: Admin, order: str) -> None:
    """The customer pays what an edit made outstanding."""
    collections = read_order(admin, order)["payment_collections"]
    _pay(admin, order, next(each["id"] for each in collections if each["status"] == "not_paid"))


def _collection(admin: Admin, order: str, amount: Decimal) -> str:
    made = admin.post("payment-collections", order_id=order, amount=float(amount))
    collection: str = made["payment_collection"]["id"]
    return collection


def _pay(admin: Admin, order: str, collection: str) -> None:
    admin.post(f"payment-collections/{collection}/mark-as-paid", order_id=order)


def _send(admin: Admin, shelves: Shelves, order: str, progress: Progress) -> None:
    ordered = admin.get(f"orders/{order}?fields=items.id,items.detail.quantity")["order"]["items"]
    lines = [{"id": line["id"], "quantity": line["detail"]["quantity"]} for line in ordered]
    parcels = f"orders/{order}/fulfillments"
    packed = admin.post(f"{parcels}?fields=*fulfillments", location_id=shelves.location, items=lines)
    parcel = packed["order"]["fulfillments"][0]["id"]
    if progress >= Progress.SHIPPED:
        where = f"https://carrier.invalid/{parcel}"
        label = {"tracking_number": f"TRACK-{parcel[-6:]}", "tracking_url": where, "label_url": f"{where}/label"}
        admin.post(f"{parcels}/{parcel}/shipments", items=lines, labels=[label])
    if progress >= Progress.DELIVERED:
        admin.post(f"{parcels}/{parcel}/mark-as-delivered")
