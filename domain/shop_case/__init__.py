"""What every case about an order has: steps that are taken at a shop, and people who decide."""
