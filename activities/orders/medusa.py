"""The orders of a Medusa shop."""

from __future__ import annotations

from activities.orders.medusa_amendments import MedusaAmendments
from activities.orders.medusa_cancellations import MedusaCancellations
from activities.orders.medusa_changes import MedusaOrderChanges
from activities.orders.medusa_receipts import MedusaReceipts
from activities.orders.medusa_replacements import MedusaReplacements
from activities.orders.medusa_returns import MedusaReturns


class MedusaOrderSystem(
    MedusaOrderChanges, MedusaAmendments, MedusaCancellations, MedusaReturns, MedusaReceipts, MedusaReplacements
):
    """`OrderSystem` over Medusa's admin API."""
