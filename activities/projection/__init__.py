"""What cases show, on its way into the read model."""
