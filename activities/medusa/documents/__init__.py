"""Medusa's documents, as far as we read them. Amounts are in whole currency units; what we do not read is ignored."""
