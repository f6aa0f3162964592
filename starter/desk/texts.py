"""Every word of the desk, in every language, read from one catalogue of texts: a file for each part of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeAlias

import yaml

from domain.people import Language

FILES = Path(__file__).with_name("texts")

Catalogue: TypeAlias = dict[str, dict[Language, str]]


@cache
def catalogue() -> Catalogue:
    """All texts by key, such as `verb.claim_task`.

    Raises:
        ValueError: a text is not in exactly our languages, or stands in two files.
    """
    found: Catalogue = {}
    for path in sorted(FILES.glob("*.yaml")):
        said = _read(path)
        if twice := sorted(found.keys() & said.keys()):
            raise ValueError(f"{path.name}: {', '.join(twice)} stands in another file, too")
        found |= said
    return found


def _read(path: Path) -> Catalogue:
    read: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = {
        f"{group}.{name}": {Language(language): text for language, text in said.items()}
        for group, names in read.items()
        for name, said in names.items()
    }
    if lacking := [key for key, said in found.items() if {*said} != {*Language}]:
        raise ValueError(f"{path.name}: expected every language for {', '.join(lacking)}")
    return found


GROUPS = ("value", "status", "choice", "outcome", "priority", "type", "task", "channel", "clock_state", "refusal")
"""Where a word of ours is looked for that does not say what it is, first come first served."""


@cache
def _titles() -> dict[str, str]:
    return {said[Language.EN]: key for key, said in catalogue().items() if key.startswith("task.")}


class Texts:
    """The catalogue in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, key: str, **values: object) -> str:
        """A text with its values filled in.

        Raises:
            KeyError: there is no such text, or a value is missing.
        """
        return catalogue()[key][self.language].format(**values)

    def name(self, group: str, name: object) -> str:
        """What something of ours is called; what has no text yet is said by its own name in words."""
        own = catalogue().get(f"{group}.{name}")
        return own[self.language] if own else str(name).replace("_", " ")

    def word(self, word: str, groups: tuple[str, ...] = GROUPS) -> str | None:
        """A word of ours, or a kind of task by its English title, in this language; None for any other."""
        keys = [f"{group}.{word.replace(' ', '_')}" for group in groups] + [_titles().get(word, "")]
        return next((catalogue()[key][self.language] for key in keys if key in catalogue()), None)

    @property
    def other(self) -> Language:
        """The other language, to change to."""
        return Language.EN if self.language is Language.ZH_CN else Language.ZH_CN
