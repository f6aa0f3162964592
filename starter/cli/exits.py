"""Exit codes that mean something, and the one place where the process ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from enum import IntEnum
from typing import NoReturn


class ExitCode(IntEnum):
    """What a script may rely on."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    PARTLY_REFUSED = 3
    REFUSED = 4
    NOT_FOUND = 5
    UNAVAILABLE = 6
    DIFFERENT = 7
    INTERRUPTED = 130


_BY_CODE = {
    "invalid_input": ExitCode.USAGE,
    "form_invalid": ExitCode.USAGE,
    "policy_invalid": ExitCode.USAGE,
    "case_not_found": ExitCode.NOT_FOUND,
    "report_not_found": ExitCode.NOT_FOUND,
    "task_not_found": ExitCode.NOT_FOUND,
    "clock_not_found": ExitCode.NOT_FOUND,
    "policy_unknown": ExitCode.NOT_FOUND,
    "unavailable": ExitCode.UNAVAILABLE,
}


def exit_code_of(code: str) -> ExitCode:
    """The exit code for a refusal's code; what is not about input, existence or the server was refused."""
    return _BY_CODE.get(code, ExitCode.REFUSED)


def leave(code: int) -> NoReturn:
    """End the process at once, with everything said.

    Python's own way out sometimes aborts (SIGABRT, exit code 134) after a Temporal client was used: its runtime's
    threads outlive the interpreter (sdk-python #300). A command that has done its work must not look as if it failed.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # whoever listened has gone
            stream.flush()
    os._exit(code)
