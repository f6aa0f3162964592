"""Policies: read from YAML, checked, compiled, paced, shown and made ready for publishing."""
