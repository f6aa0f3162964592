"""Rendering: a policy's template and a message's words become a letter in the customer's language and zone."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import StrictUndefined, Template, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, SandboxedEnvironment

from domain.deeds import MessageOrder, Words
from domain.people import Language
from domain.policy import Policy
from domain.sla.spans import Instant
from domain.templates import VARIABLES

ZONE, LANGUAGE = "_zone", "_language"
"""Names under which `local_time` finds the customer's zone and language in a template's context."""

NO_INSTANT = "—"
"""What `local_time` makes of None: an ugly line that goes out beats a message that does not."""


class TemplateFailedError(Exception):
    """The policy's template is missing or does not render; says which, never with what words."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered message. The subject is one line without control characters."""

    subject: str = field(repr=False)
    body: str = field(repr=False)


def environment() -> SandboxedEnvironment:
    """The environment for message templates: sandboxed, strict about unknown names, plain text, with `local_time`."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["local_time"] = local_time
    return made


@pass_context
def local_time(context: Context, at: Instant | None) -> str:
    """An instant in the customer's zone and language: `2026-11-21 18:05 (UTC+08:00)`, `2026年11月21日 18:05`.

    Chinese text names the offset only where it is not that of China. An unknown zone is shown as UTC.
    """
    if at is None:
        return NO_INSTANT
    local = datetime.fromtimestamp(at / 1000, _zone(str(context.get(ZONE, "UTC"))))
    offset = f"UTC{local:%z}"
    offset = f"{offset[:-2]}:{offset[-2:]}"
    if context.get(LANGUAGE) == Language.ZH_CN:
        said = f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
        return said if offset == "UTC+08:00" else f"{said}（{offset}）"
    return f"{local:%Y-%m-%d %H:%M} ({offset})"


def render(order: MessageOrder, policy: Policy) -> Letter:
    """The letter that this order asks for.

    Raises:
        TemplateFailedError: the policy has no such template, or it cannot be rendered with these words.
    """
    words = words_of(order, policy)
    try:
        template = policy.templates[order.template.value][order.language]
        subject = _compiled(template.subject).render(words)
        body = _compiled(template.body).render(words)
    except LookupError:
        raise TemplateFailedError(f"no template {order.template} in {order.language}") from None
    # What a template's expression raises may quote the customer's words, so neither text nor cause is kept.
    except (TemplateError, ArithmeticError, TypeError, ValueError) as error:
        raise TemplateFailedError(f"template {order.template} failed with {type(error).__name__}") from None
    return Letter(one_line(subject), body)


def in_words_of(order: MessageOrder, source: str, **words: str | int) -> str:
    """Some other text of a policy in the language and zone of whom this order is for.

    Raises:
        TemplateError, ArithmeticError, TypeError, ValueError: it cannot be rendered with these words.
    """
    return _compiled(source).render({**words, ZONE: order.zone, LANGUAGE: order.language})


def words_of(order: MessageOrder, policy: Policy) -> dict[str, object]:
    """Every variable that a template may use: what is absent is None, the tier's name comes from the policy."""
    known: Words = dict.fromkeys(VARIABLES) | order.words
    tier = policy.complaint.tiers.get(known["tier"]) if isinstance(known["tier"], int) else None
    if known["tier_name"] is None and tier is not None:
        known["tier_name"] = tier.name.get(order.language)
    return {**known, ZONE: order.zone, LANGUAGE: order.language}


def one_line(text: str) -> str:
    """The text with every run of white space and control characters as one space: safe in a mail header."""
    plain = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return " ".join(plain.split())


@lru_cache(maxsize=512)
def _compiled(source: str) -> Template:
    return environment().from_string(source)


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
