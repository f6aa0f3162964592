"""Medusa in `var/medusa/app`: installed by npm into our own few project files, once."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.medusa.programs import npm

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "var" / "medusa"
PROJECT = Path(__file__).parent / "project"

PUBLISHED_BEFORE = "2026-11-20"
"""A lock file would name registry addresses; this day pins what Medusa's own dependencies resolve to."""

INSTALL = ("install", "--before", PUBLISHED_BEFORE, "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund")
# The registry's answers are many and small: npm's own 15 connections take three times as long.
QUICKLY = ("--maxsockets", "60", "--prefer-offline", "--loglevel", "error")


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process of this checkout installs or prepares, then keep others from it."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(files: Iterable[Path], *further: str) -> str:
    """Of these files' contents: what was made from them is made again when it changes."""
    digest = hashlib.sha256("\0".join(further).encode())
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def project_files() -> list[Path]:
    """The files that make a Medusa project."""
    return [path for path in PROJECT.rglob("*") if path.is_file()]


def installed() -> Path:
    """The folder of the installed project; call it `alone`.

    Raises:
        RuntimeError: npm failed.
    """
    app, wanted = PLACE / "app", fingerprint(project_files(), *INSTALL)
    done = app / ".installed"
    if not (done.exists() and done.read_text() == wanted):
        shutil.rmtree(app, ignore_errors=True)
        shutil.copytree(PROJECT, app)
        npm(*INSTALL, *QUICKLY, folder=app)
        done.write_text(wanted)
    return app
