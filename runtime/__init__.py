"""Temporal plumbing: plugin, search attributes, published policies in memory, logging, connection settings."""
