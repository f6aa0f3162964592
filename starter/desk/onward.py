"""Where somebody goes on after signing in: to a page of ours, whatever a link says."""

from __future__ import annotations

import re

HOME = "/desk"
_ONWARD = re.compile(
    r"/desk(?:/cases/[A-Z][A-Z2-7]{13}(?:/history|/audit)?|/board(?:/act(?=\?))?|/search|/replies|/figures"
    r"|/policies(?:/[a-z0-9_.@-]{1,60})?)?(?:\?[A-Za-z0-9_.~%&=+@:,*-]{0,40000})?"
)


def onward_of(path: str) -> str:
    """The path itself, with what was chosen there, if it is that of a page of ours, and otherwise the inbox."""
    return path if _ONWARD.fullmatch(path) else HOME


def page_at(path: str) -> str:
    """The page on which something is asked, by the address at which it is asked: a case for what is asked of it."""
    while path and not _ONWARD.fullmatch(path):
        path = path.rpartition("/")[0]
    return path or HOME
