"""What the embedded shop sells when it is seeded: a few things of each kind that policies treat differently."""

from __future__ import annotations

from domain.shop.values import Variant

_OFFERED = (
    ("phone-a1-black", "Phone A1, 256 GB, black", "electronics", 429_900, 54_900, 24, 3),
    ("phone-a1-white", "Phone A1, 256 GB, white", "electronics", 429_900, 54_900, 24, 5),
    ("phone-a1-512", "Phone A1, 512 GB, black", "electronics", 499_900, 63_900, 24, 4),
    ("earbuds-mini", "Earbuds Mini", "electronics", 39_900, 5_490, 12, 2),
    ("kettle-17", "Kettle, 1.7 l", "appliances", 19_900, 2_990, 24, 3),
    ("robot-vacuum", "Robot vacuum cleaner R2", "appliances", 219_900, 28_900, 36, 4),
    ("washer-9kg", "Washing machine, 9 kg", "appliances", 329_900, 44_900, 36, 7),
    ("coat-wool-s", "Wool coat, S", "clothing", 89_900, 11_990, 0, 3),
    ("coat-wool-m", "Wool coat, M", "clothing", 89_900, 11_990, 0, 3),
    ("shoes-run-42", "Running shoes, 42", "clothing", 49_900, 6_990, 6, 3),
    ("desk-oak", "Desk, oak, 140 cm", "furniture", 159_900, 21_900, 24, 12),
    ("chair-office", "Office chair", "furniture", 69_900, 9_990, 24, 8),
    ("book-temporal", "Durable execution, a book", "books", 9_900, 1_490, 0, 2),
    ("tea-longjing", "Longjing tea, 250 g", "food", 26_800, 3_690, 0, 2),
)

CATALOG = tuple(
    Variant(
        id=name,
        title=title,
        category=category,
        prices={"CNY": fen, "EUR": cents},
        warranty_months=warranty,
        lead_days=days,
    )
    for name, title, category, fen, cents, warranty, days in _OFFERED
)
"""Prices include taxes; food comes back only when it is not sound, which is for the policy to say."""
