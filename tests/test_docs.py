"""What the documentation says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runtime.settings import Settings
from starter.diagrams import BEGIN, DIAGRAMS, Diagram

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"])


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda diagram: diagram.name)
def test_state_diagrams_are_those_of_the_tables(diagram: Diagram) -> None:
    page = (ROOT / "docs" / f"{diagram.page}.md").read_text(encoding="utf-8")
    assert f"{BEGIN.format(name=diagram.name)}\n\n{diagram.text()}\n" in page, "run make docs"


def test_every_place_for_a_diagram_is_filled() -> None:
    marks = re.compile(re.escape(BEGIN).replace(r"\{name\}", r"(\w+)"))
    places = {(page.stem, name) for page in PAGES for name in marks.findall(page.read_text(encoding="utf-8"))}
    assert places == {(diagram.page, diagram.name) for diagram in DIAGRAMS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").upper()
    for name in Settings.model_fields:
        last = name.upper().rsplit("_", 1)[-1]
        assert name.upper() in text or f"_{last}" in text, f"DUECOURSE_{name.upper()} is not in docs/operating.md"
