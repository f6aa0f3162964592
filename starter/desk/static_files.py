"""Style and script of the desk: served from here, under names that change with their content, so they may be kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
KEPT = "public, max-age=31536000, immutable"
MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFile:
    """A file as it is served."""

    content: bytes
    media_type: str


@cache
def _files() -> tuple[dict[str, StaticFile], dict[str, str]]:
    served, names = {}, {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in MEDIA_TYPES:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            names[path.name] = f"{path.stem}.{digest}{path.suffix}"
            served[names[path.name]] = StaticFile(content, MEDIA_TYPES[path.suffix])
    return served, names


def static_file(name: str) -> StaticFile | None:
    """The file that is served under a name, or None."""
    return _files()[0].get(name)


def served_as(name: str) -> str:
    """Where a page finds one of our files.

    Raises:
        KeyError: there is none of this name.
    """
    return f"/desk/static/{_files()[1][name]}"
