"""What cases say in English sentences of their own, said in the reader's language, with their times and zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

import yaml

from domain.people import Language
from starter.desk.texts import Texts

FILE = Path(__file__).with_name("phrases.yaml")

NUMBERS = frozenset({"task", "tier", "promise", "number"})
NO_BLANK, ANYTHING = r"\S+?", r".+?"

SayInstant = Callable[[str], str]
"""Says `2026-11-21 14:05:09Z` as the reader's clock has it."""


@dataclass(frozen=True)
class Phrase:
    """A sentence with parts that change.

    Attributes:
        pattern: finds it, with its parts as groups.
        kinds: how each part is said; empty for as it is.
        said: the sentence in other languages.
    """

    english: str
    pattern: re.Pattern[str]
    kinds: Mapping[str, str]
    said: Mapping[Language, str]


@cache
def phrases() -> tuple[Phrase, ...]:
    """All of them, in the order in which they are tried: those first that leave least open.

    Raises:
        ValueError: a translation has other parts than the sentence.
    """
    read: dict[str, dict[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    made = [
        _phrase(english, Language(language), said)
        for language, sentences in read.items()
        for english, said in sentences.items()
    ]
    return tuple(sorted(made, key=lambda phrase: -len(re.sub(r"\{[^}]*\}", "", phrase.english))))


def _phrase(english: str, language: Language, said: str) -> Phrase:
    pattern, kinds = "", {}
    for words, name, kind, _ in Formatter().parse(english):
        pattern += re.escape(words)
        if name is not None:
            # A number or a name has no blanks, or a shorter sentence would swallow a longer one.
            pattern += f"(?P<{name}>{NO_BLANK if name in NUMBERS else ANYTHING})"
            kinds[name] = kind or ""
    if unknown := {name for _, name, _, _ in Formatter().parse(said) if name} - {*kinds}:
        raise ValueError(f"{FILE.name}: {english!r} has no {', '.join(sorted(unknown))}")
    return Phrase(english, re.compile(pattern, re.DOTALL), kinds, {language: said})


@lru_cache(maxsize=2_000)
def found(sentence: str) -> tuple[Phrase, Mapping[str, str]] | None:
    """The phrase that a sentence is, with its parts; None if it is none of ours."""
    for phrase in phrases():
        if parts := phrase.pattern.fullmatch(sentence):
            return phrase, parts.groupdict()
    return None


def translated(texts: Texts, sentence: str, instant: SayInstant) -> str | None:
    """A sentence in the reader's language, or None where we have it in English only."""
    if (known := found(sentence)) is None:
        return _each(texts, sentence, instant) or texts.word(sentence)
    phrase, parts = known
    words = phrase.said.get(texts.language)
    if words is None:
        # Where the sentence has its language already, its instants are still another clock's.
        words = re.sub(r"(\{\w+):\w+(?=\})", r"\1", phrase.english)
        return words.format(**{name: _instant(phrase.kinds[name], part, instant) for name, part in parts.items()})
    return words.format(**{name: _part(texts, phrase.kinds[name], part, instant) for name, part in parts.items()})


def _each(texts: Texts, sentence: str, instant: SayInstant) -> str | None:
    """Several sentences in one, each about a field: `solution: Field required; goodwill: …`."""
    said = []
    for one in sentence.split("; "):
        field, _, words = one.partition(": ")
        own = translated(texts, words, instant) if re.fullmatch(r"[\w.]+", field) and found(words) else None
        if own is None:
            return None
        said.append(f"{label(texts, field)}: {own}")
    return "; ".join(said)


def label(texts: Texts, field: str) -> str:
    """What a field is called: `form.items.0.sound` by its last name that is no number."""
    named = [part for part in field.split(".") if not part.isdigit()]
    return texts.name("field", named[-1]) if named else field


def _part(texts: Texts, kind: str, part: str, instant: SayInstant) -> str:
    if kind == "said":
        return translated(texts, part, instant) or part
    if kind == "span":
        return spanned(texts, part)
    if kind and kind != "instant":
        return texts.say("app.and").join(texts.name(kind, one.replace(" ", "_")) for one in part.split(", "))
    return _instant(kind, part, instant)


def spanned(texts: Texts, said: str) -> str:
    """Spans as cases and policies say them, `14 min 45 s`, in the reader's units; anything else as it is."""
    if not re.fullmatch(r"(?:\d+ (?:d|h|min|s|ms)(?:, | |$))+", said):
        return said
    return re.sub(r"(\d+) (d|h|min|s|ms)\b", lambda one: texts.say(f"time.{one[2]}", count=one[1]), said)


def _instant(kind: str, part: str, instant: SayInstant) -> str:
    return instant(part) if kind == "instant" else part
