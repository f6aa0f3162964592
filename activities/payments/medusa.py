"""The payments of a Medusa shop."""

from __future__ import annotations

from activities.payments.medusa_collections import MedusaCollections
from activities.payments.medusa_refunds import MedusaRefunds


class MedusaPaymentGateway(MedusaRefunds, MedusaCollections):
    """`PaymentGateway` over Medusa's admin API."""
