"""What facts of a case are worth, in the reader's words: yes and no, words of ours, instants, and what is said."""

from __future__ import annotations

import re

from starter.desk.pages import Reader, phrased
from starter.desk.texts import GROUPS
from starter.desk.times import instant, local

WRITTEN = frozenset({"solution", "summary", "text", "question", "tried", "subject", "message", "reference", "draft"})
"""Facts that somebody wrote; they stay as they are."""

INSTANTS = frozenset({"due", "accept_by"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)*")
_NUMBERED = re.compile(r"([a-z_]+):(\w+)")


def valued(reader: Reader, name: str, value: object) -> str:
    """A fact's value as somebody reads it; what is no word of ours stays as it is."""
    if isinstance(value, bool):
        return reader.texts.say(f"choice.{str(value).lower()}")
    if isinstance(value, int) and name in INSTANTS:
        return local(value, reader.now, reader.zone)
    said = str(value)
    if name in WRITTEN:
        return said
    if name in ("clock", "kind", "channel"):
        return (
            clock_name(reader, said) if name == "clock" else _named(reader, said, ("task", "clock", "channel", *GROUPS))
        )
    if _INSTANT.fullmatch(said):
        return local(instant(said), reader.now, reader.zone)
    return phrased(reader, said) or ", ".join(_part(reader, one) for one in said.split(", "))


def clock_name(reader: Reader, clock: str) -> str:
    """What a clock is called by its id, such as `tier:1`; its number stays where there was one before it."""
    kind, _, number = clock.partition(":")
    called = reader.texts.name("clock", kind)
    return called if number in ("", "1") else f"{called} {number}"


def _part(reader: Reader, part: str) -> str:
    """One of several: a word, or a step with how far it is, such as `stage_change: done`."""
    before, colon, after = part.partition(": ")
    if colon and reader.texts.word(after):
        return f"{_part(reader, before)}: {_named(reader, after)}"
    if numbered := _NUMBERED.fullmatch(part):
        return f"{_named(reader, numbered[1])} {numbered[2]}"
    return phrased(reader, part) or _named(reader, part)


def _named(reader: Reader, word: str, groups: tuple[str, ...] = GROUPS) -> str:
    return reader.texts.word(word, groups) or (word.replace("_", " ") if _WORD.fullmatch(word) else word)
