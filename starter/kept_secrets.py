"""Secrets that an installation of one's own makes for itself, once, in files that only their owner reads."""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

SECRET_BYTES = 24
"""As many as Standard Webhooks recommends at least."""


def kept_secret(file: Path) -> SecretStr:
    """The secret in a file, made the first time; programs that come at the same moment get the same one."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}\n")
        # Linked once it is written: nobody reads half of it, and of two the first counts.
        with suppress(FileExistsError):
            os.link(made, file)
        made.unlink()
    return SecretStr(file.read_text().strip())
