"""What a shop knows and does, as plain values: orders, changes, money, returns, stock and parcels."""
