"""`python -m runtime.probe URL`: ask a program of this machine how it is; exit code 0 says well.

For containers, which have no curl. It imports next to nothing, for it runs every few seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

WITHIN = 4.0
"""Seconds in which the answer must be there."""


def ask(url: str) -> str:
    """Ask with GET; returns what is wrong, empty if the answer is 200.

    Raises:
        ValueError: expected http://host:port/path.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"expected http://host:port/path, got {url!r}")
    connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=WITHIN)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        said = answer.read(500).decode(errors="replace")
    except (OSError, HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return "" if answer.status == 200 else f"{answer.status} {said}"


def main(arguments: Sequence[str]) -> int:
    """Exit code: 0 well, 1 not, 2 asked wrongly; what is wrong goes to stderr."""
    try:
        (url,) = arguments
        wrong = ask(url)
    except ValueError as error:
        sys.stderr.write(f"usage: python -m runtime.probe URL ({error})\n")
        return 2
    if wrong:
        sys.stderr.write(f"{wrong}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
