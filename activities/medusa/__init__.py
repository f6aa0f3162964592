"""What the adapters over Medusa share: its admin API, its documents, and our record of what was asked of it."""
