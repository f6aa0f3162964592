"""Durable stories: one page for each case type, and what they share."""
