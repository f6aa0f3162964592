"""The money of orders: what was captured, refunds, and differences to collect."""
