"""What order changes and returns share: an order at a shop, steps that are taken there, and people who decide."""
