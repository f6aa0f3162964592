"""Returns: goods that come back for a refund, an exchange or a repair, and claims for goods that need not."""
