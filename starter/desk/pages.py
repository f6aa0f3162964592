"""Pages out of templates: in the reader's language, and what a customer wrote as text, never as markup."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from activities.clock import wall_clock
from domain.errors import CaseError
from domain.sla.spans import Instant
from starter.access.languages import Languages, preferred
from starter.access.principals import Principal
from starter.api.house import house_of
from starter.desk.onward import onward_of
from starter.desk.phrases import spanned, translated
from starter.desk.static_files import served_as
from starter.desk.texts import Texts
from starter.desk.times import instant, iso, local, pressure, say_left, say_measured, say_span, zone_of

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # With no-referrer a browser would send `Origin: null` with our own forms, and they would be refused.
    "Referrer-Policy": "same-origin",
    "Vary": "Accept-Language, Cookie",
}


ZONE_COOKIE = "duecourse_zone"
"""The browser's own time zone, which `desk.js` writes there; without it pages have the times of this machine."""


@dataclass(frozen=True)
class Reader:
    """Who reads a page, in which language and time zone, and when.

    Attributes:
        elsewhere: people may sign in elsewhere.
        drawn_at: number of the newest change when the page was drawn; it follows what comes after.
        asked: the address that was read, with everything that was chosen in it; empty where something was sent.
    """

    principal: Principal | None
    texts: Texts
    now: Instant
    zone: ZoneInfo | None = None
    elsewhere: bool = False
    drawn_at: int = 0
    asked: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why something was not done, as it is shown: a line in the reader's language, and what the case said.

    Attributes:
        file: the name of the file that was refused, if it was a file.
    """

    title: str
    detail: str
    fields: dict[str, str]
    code: str = ""
    file: str | None = None


async def reader_of(request: Request) -> Reader:
    """Who reads the answer to a request."""
    principal: Principal | None = getattr(request.state, "principal", None)
    house, language, drawn_at = house_of(request), None, 0
    if principal is not None:
        language = await Languages(house.doors.store.engine).of(principal.name)
        drawn_at = await house.live.newest()
    texts = Texts(language or preferred(request.headers.get("accept-language", "")))
    zone = zone_of(unquote(request.cookies.get(ZONE_COOKIE, "")))
    asked = f"{request.url.path}?{request.url.query}" if request.method == "GET" and request.url.query else ""
    return Reader(principal, texts, wall_clock(), zone, house.gate.vouching is not None, drawn_at, asked)


def refusal_of(error: CaseError, texts: Texts) -> Refusal:
    """A refusal with each wrong field and what was expected of it."""
    faults = error.details.get("fields") or error.details.get("errors")
    fields = {}
    if isinstance(faults, list):
        fields = {str(one["field"]): str(one.get("expected") or one.get("message")) for one in faults}
    elif "field" in error.details:
        fields = {str(error.details["field"]): error.message}
    file = error.details.get("file")
    return Refusal(texts.name("refusal", error.code), error.message, fields, error.code, str(file) if file else None)


def phrased(reader: Reader, sentence: str) -> str | None:
    """What a case says in English, as somebody reads it; None where we have no other words for it."""
    return translated(reader.texts, sentence, lambda at: local(instant(at), reader.now, reader.zone))


def page(reader: Reader, template: str, status: int = 200, **shown: object) -> Response:
    """A template filled in."""
    texts, now = reader.texts, reader.now
    words = {
        "texts": texts,
        "say": texts.say,
        "name": texts.name,
        "me": reader.principal,
        "elsewhere": reader.elsewhere,
        "drawn_at": reader.drawn_at,
        "now": now,
        "left": lambda due: say_left(texts, due, now),
        "span": lambda length: say_span(texts, length),
        "spanned": lambda said: spanned(texts, said),
        "measured": lambda length: say_measured(texts, length),
        "pressure": lambda due: pressure(due, now).value,
        "local": lambda at: local(at, now, reader.zone),
        "phrase": lambda sentence: phrased(reader, sentence),
        "zone": reader.zone.key if reader.zone else "",
        "labelled": lambda group, names: [(one, texts.name(group, one)) for one in names],
        "numbered": lambda low, high: [(str(number), str(number)) for number in range(low, high + 1)],
    }
    if reader.asked and onward_of(reader.asked) == reader.asked:
        words["onward"] = reader.asked
    content = (
        _environment().get_template(template).render({"refusal": None, "here": "/desk", "people": (), **words, **shown})
    )
    return Response(content, status, dict(HEADERS), "text/html; charset=utf-8")


def see_other(path: str) -> Response:
    """Go and look there, after something was done."""
    return Response(status_code=303, headers={**HEADERS, "Location": path})


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"served_as": served_as, "iso": iso}
    return made
