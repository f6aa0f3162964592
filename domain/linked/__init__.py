"""Linked cases: an order change or a return that came out of a complaint, and what the two tell each other."""
