"""Compensation for missed guarantees, granted exactly once."""
