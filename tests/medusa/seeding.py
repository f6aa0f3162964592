"""What the shop has before anybody orders: regions, prices, parcels and full shelves."""

from __future__ import annotations

from pydantic import BaseModel

from tests.medusa.admin import Admin, Json

PRODUCTS = {
    "Teapot": {"TEAPOT-S": (19.9, 149), "TEAPOT-L": (29.9, 229)},
    "Kettle": {"KETTLE-STEEL": (59, 459), "KETTLE-GLASS": (79.5, 619)},
    "Cup": {"CUP-WHITE": (6.5, 49), "CUP-BLUE": (7, 55)},
}
"""Prices of each SKU in euros and yuan."""

REGIONS = {"eur": ("Europe", ["de", "fr"]), "cny": ("China", ["cn"])}
PARCEL_PRICES = {"eur": 4.9, "cny": 12}
STOCK = 10_000
MANUAL_PAYMENT, MANUAL_FULFILLMENT = "pp_system_default", "manual_manual"


class Shelves(BaseModel):
    """Medusa's ids of what was seeded.

    Attributes:
        regions: by currency.
        variants: by SKU.
        inventory: the inventory item, by SKU.
        parcel, return_parcel: the shipping options.
    """

    sales_channel: str
    location: str
    parcel: str
    return_parcel: str
    regions: dict[str, str]
    variants: dict[str, str]
    inventory: dict[str, str]


def fill_shelves(admin: Admin) -> Shelves:
    """Furnish an empty shop."""
    currencies = [{"currency_code": "cny", "is_default": True}, {"currency_code": "eur"}]
    store = admin.get("stores")["stores"][0]["id"]
    admin.post(f"stores/{store}", supported_currencies=currencies)
    channel: str = admin.post("sales-channels", name="Web shop")["sales_channel"]["id"]
    profile: str = admin.post("shipping-profiles", name="Parcels", type="default")["shipping_profile"]["id"]
    location, zone = _warehouse(admin, channel)
    variants = _products(admin, channel, profile)
    return Shelves(
        sales_channel=channel,
        location=location,
        parcel=_shipping_option(admin, "Parcel", zone, profile, PARCEL_PRICES),
        return_parcel=_shipping_option(admin, "Return parcel", zone, profile, {"eur": 0, "cny": 0}),
        regions={currency: _region(admin, currency, *REGIONS[currency]) for currency in REGIONS},
        variants=variants,
        inventory={sku: _stocked(admin, sku, location) for sku in variants},
    )


def _warehouse(admin: Admin, channel: str) -> tuple[str, str]:
    address = {"address_1": "1 Quay", "country_code": "de"}
    location: str = admin.post("stock-locations", name="Warehouse", address=address)["stock_location"]["id"]
    here = f"stock-locations/{location}"
    admin.post(f"{here}/sales-channels", add=[channel])
    admin.post(f"{here}/fulfillment-providers", add=[MANUAL_FULFILLMENT])
    made = admin.post(f"{here}/fulfillment-sets?fields=*fulfillment_sets", name="Parcels", type="shipping")
    parcels = made["stock_location"]["fulfillment_sets"][0]["id"]
    countries = [{"type": "country", "country_code": code} for _, codes in REGIONS.values() for code in codes]
    zones = f"fulfillment-sets/{parcels}/service-zones?fields=*service_zones"
    zone: str = admin.post(zones, name="Here", geo_zones=countries)["fulfillment_set"]["service_zones"][0]["id"]
    return location, zone


def _shipping_option(admin: Admin, name: str, zone: str, profile: str, prices: Json) -> str:
    code = name.lower().replace(" ", "-")
    is_return = str(name.startswith("Return")).lower()
    made = admin.post(
        "shipping-options",
        name=name,
        service_zone_id=zone,
        shipping_profile_id=profile,
        provider_id=MANUAL_FULFILLMENT,
        price_type="flat",
        type={"label": name, "description": name, "code": code},
        prices=[{"currency_code": currency, "amount": amount} for currency, amount in prices.items()],
        rules=[{"attribute": "is_return", "operator": "eq", "value": is_return}],
    )
    option: str = made["shipping_option"]["id"]
    return option


def _region(admin: Admin, currency: str, name: str, countries: list[str]) -> str:
    made = admin.post(
        "regions",
        name=name,
        currency_code=currency,
        countries=countries,
        payment_providers=[MANUAL_PAYMENT],
        automatic_taxes=False,
    )
    region: str = made["region"]["id"]
    return region


def _products(admin: Admin, channel: str, profile: str) -> dict[str, str]:
    variants: dict[str, str] = {}
    for title, skus in PRODUCTS.items():
        made = admin.post(
            "products",
            title=title,
            status="published",
            shipping_profile_id=profile,
            sales_channels=[{"id": channel}],
            options=[{"title": "Kind", "values": list(skus)}],
            variants=[_variant(sku, *prices) for sku, prices in skus.items()],
        )
        variants |= {variant["sku"]: variant["id"] for variant in made["product"]["variants"]}
    return variants


def _variant(sku: str, euros: float, yuan: float) -> Json:
    prices = [{"currency_code": "eur", "amount": euros}, {"currency_code": "cny", "amount": yuan}]
    return {"title": sku, "sku": sku, "options": {"Kind": sku}, "manage_inventory": True, "prices": prices}


def _stocked(admin: Admin, sku: str, location: str) -> str:
    item: str = admin.get(f"inventory-items?sku={sku}")["inventory_items"][0]["id"]
    admin.post(f"inventory-items/{item}/location-levels", location_id=location, stocked_quantity=STOCK)
    return item
