"""The embedded shop behind the ports of orders, payments, inventory and carrier: its books, in the store."""
