"""Who reads a customer's page: in their language and by their clock, with the link that brought them there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends, Request, Response

from activities.clock import wall_clock
from domain.messages import CaseView
from domain.people import Language
from domain.sla.spans import Instant
from starter.access.languages import preferred
from starter.desk.pages import Reader, page
from starter.desk.texts import Texts


@dataclass(frozen=True)
class Visitor:
    """A customer at their page.

    Attributes:
        link: the last part of their address; empty for somebody whose link is none.
        zone: by which times are told.
        until: when their link ends.
    """

    texts: Texts
    now: Instant
    link: str = field(default="", repr=False)
    zone: tzinfo = UTC
    until: Instant = 0

    @property
    def home(self) -> str:
        """Where their page is, in the language that they read."""
        return f"/my/{self.link}?language={self.texts.language}"

    def path(self, what: str) -> str:
        """Where something is asked, in the same language."""
        return f"/my/{self.link}/{what}?language={self.texts.language}"


def stranger(request: Request) -> Visitor:
    """Somebody of whom nothing is known but what their browser says."""
    return Visitor(Texts(_asked_for(request) or preferred(request.headers.get("accept-language", ""))), wall_clock())


def _visitor(request: Request) -> Visitor:
    view: CaseView = request.state.view
    language = _asked_for(request) or view.customer.language
    return Visitor(
        Texts(language), wall_clock(), request.path_params["link"], zone_of(view.customer.zone), request.state.until
    )


Visiting = Annotated[Visitor, Depends(_visitor)]


def _asked_for(request: Request) -> Language | None:
    wanted = request.query_params.get("language")
    return next((language for language in Language if language == wanted), None)


def zone_of(name: str) -> tzinfo:
    """A zone by its name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def say_when(at: Instant, zone: tzinfo, language: Language) -> str:
    """`21 Nov 2026, 18:05 (UTC+08:00)` or `2026年11月21日 18:05`: with the offset where it is not that of China."""
    there = datetime.fromtimestamp(at / 1000, zone)
    offset = f"{there:%z}"
    offset = f"UTC{offset[:3]}:{offset[3:]}"
    if language is Language.ZH_CN:
        said = f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"
        return said if offset == "UTC+08:00" else f"{said}（{offset}）"
    return f"{there.day} {there:%b %Y, %H:%M} ({offset})"


def own_page(visitor: Visitor, template: str, status: int = 200, **shown: object) -> Response:
    """A page for a customer; it tells nobody where it was, for its address is a key."""
    when: Callable[[Instant], str] = partial(say_when, zone=visitor.zone, language=visitor.texts.language)
    reader = Reader(None, visitor.texts, visitor.now)
    answer = page(reader, template, status, visitor=visitor, when=when, **shown)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
