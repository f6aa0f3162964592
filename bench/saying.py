"""What a measurement or a trial says while it runs: a line at once, for it may take long."""

from __future__ import annotations

import sys


def say(text: str, *, sign: str = " ") -> None:
    """Write a line behind a sign of one character."""
    sys.stdout.write(f"{sign} {text}\n")
    sys.stdout.flush()
