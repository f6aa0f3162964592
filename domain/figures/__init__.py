"""Figures: what the charter measures, counted from what happened and never from how things stand."""
