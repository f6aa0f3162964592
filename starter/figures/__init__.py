"""Figures for people and systems: counted, shown, kept as reports, handed out, and tried out with another policy."""
