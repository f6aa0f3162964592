"""Which browser the tests drive: the distribution's Chromium, which is installed where it is missing."""

from __future__ import annotations

import os
import shutil
import subprocess

NAME = "chromium"
INSTALL = (
    ["apt-get", "update", "-q"],
    ["apt-get", "install", "-q", "-y", "--no-install-recommends", NAME, "fonts-noto-cjk"],
)


def chromium() -> str:
    """Where Chromium is.

    Raises:
        RuntimeError: it is missing and cannot be installed; a browser test that does not run proves nothing.
    """
    if found := shutil.which(NAME):
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise RuntimeError(f"the browser tests need Chromium; on Debian, as root: apt-get install {NAME}")
    for command in INSTALL:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip() or done.stdout.strip()}")
    found = shutil.which(NAME)
    assert found, f"{NAME} was installed and is not there"
    return found
