"""Figures: ours beside the bare workflow's, in one run; and how they are shown and kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measure. `bare` is None where there is nothing to compare with; `goal` is an upper (or lower) bound.

    Attributes:
        goal: bound on the ratio, or on `ours` where there is no ratio.
        at_least: whether the bound is a lower one.
        about: the table that it stands in: a case type, or what is measured over many cases.
    """

    name: str
    ours: float
    bare: float | None
    unit: str
    goal: float | None = None
    at_least: bool = False
    about: str = "complaints"

    @property
    def ratio(self) -> float | None:
        """Ours divided by bare."""
        return self.ours / self.bare if self.bare else None

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in a word."""
        judged = self.ratio if self.ratio is not None else self.ours
        if self.goal is None:
            return ""
        return "met" if (judged >= self.goal if self.at_least else judged <= self.goal) else "MISSED"

    @property
    def aim(self) -> str:
        """The goal in words."""
        if self.goal is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.goal:g}"


def table(figures: list[Figure]) -> str:
    """The figures as markdown tables, one for each case type and one for what is measured over many cases."""
    parts = dict.fromkeys(figure.about for figure in figures)
    return "\n\n".join(f"**{part}**\n\n{_table([one for one in figures if one.about == part])}" for part in parts)


def _table(figures: list[Figure]) -> str:
    lines = ["| figure | ours | bare | ratio | goal | |", "| --- | ---: | ---: | ---: | --- | --- |"]
    for figure in figures:
        bare = "" if figure.bare is None else f"{figure.bare:,.4g}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        name = f"`{figure.name}` ({figure.unit})"
        lines.append(f"| {name} | {figure.ours:,.4g} | {bare} | {ratio} | {figure.aim} | {figure.verdict} |")
    return "\n".join(lines)


def keep(figures: list[Figure], path: Path) -> None:
    """Write the figures as JSON."""
    rows = [
        {"name": one.name, "about": one.about, "ours": one.ours, "bare": one.bare, "ratio": one.ratio, "unit": one.unit}
        for one in figures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"figures": rows}, indent=1) + "\n")


BEGIN, END = "<!-- measured: written by python -m bench --write-docs -->", "<!-- end of measured -->"


def write_docs(figures: list[Figure], page: Path, run: str) -> None:
    """Put the table between its marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    page.write_text(f"{before}{BEGIN}\n\n{run}\n\n{table(figures)}\n\n{END}{after}", encoding="utf-8")
