"""What a case asks of the shop: which activity asks it, and what the shop refused for good."""

from __future__ import annotations

from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.carrier.activities import CarrierActivities
    from activities.inventory.activities import InventoryActivities
    from activities.orders.activities import OrderActivities
    from activities.orders.return_activities import ReturnActivities
    from activities.payments.activities import PaymentActivities
    from domain.deeds import TakeStep
    from domain.shop.refusal import Refusal

ACTIVITIES: dict[str, Any] = {
    "read_order": OrderActivities.read_order,
    "stage_change": OrderActivities.stage_change,
    "confirm_change": OrderActivities.confirm_change,
    "discard_change": OrderActivities.discard_change,
    "change_address": OrderActivities.change_address,
    "change_payment_method": OrderActivities.change_payment_method,
    "cancel_order": OrderActivities.cancel_order,
    "read_account": PaymentActivities.read_account,
    "collect_payment": PaymentActivities.collect_payment,
    "read_collection": PaymentActivities.read_collection,
    "release_collection": PaymentActivities.release_collection,
    "refund_payment": PaymentActivities.refund_payment,
    "reserve_stock": InventoryActivities.reserve_stock,
    "release_stock": InventoryActivities.release_stock,
    "find_parcels": CarrierActivities.find_parcels,
    "intercept_parcel": CarrierActivities.intercept_parcel,
    "create_label": CarrierActivities.create_label,
    "read_parcel": CarrierActivities.read_parcel,
    "take_out_stock": InventoryActivities.take_out_stock,
    "restock_goods": InventoryActivities.restock_goods,
    "read_variant": OrderActivities.read_variant,
    "request_return": ReturnActivities.request_return,
    "receive_return": ReturnActivities.receive_return,
    "cancel_return": ReturnActivities.cancel_return,
    "read_return": ReturnActivities.read_return,
    "send_replacement": ReturnActivities.send_replacement,
    "cancel_replacement": ReturnActivities.cancel_replacement,
    "read_replacement": ReturnActivities.read_replacement,
}


async def ask_shop(deed: TakeStep) -> object:
    """Ask, again and again while the shop is away; returns its answer, or a `Refusal` that no repeat would change."""
    try:
        answer: object = await workflow.execute_activity_method(
            ACTIVITIES[deed.ask.do], deed.ask, summary=deed.about, **options.SHOP
        )
    except ActivityError as error:
        if not isinstance(error.cause, ApplicationError):
            raise
        details = error.cause.details[0] if error.cause.details else {}
        return Refusal(error.cause.type or "error", error.cause.message, details)
    return answer
