"""What the documentation says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runtime.settings import Settings
from starter.diagrams import (
    BEGIN,
    complaint_diagram,
    delivery_diagram,
    order_change_diagram,
    return_diagram,
    task_diagram,
)

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"])


DIAGRAMS = [
    ("complaint", "complaint", complaint_diagram()),
    ("complaint", "task", task_diagram()),
    ("order_change", "order_change", order_change_diagram()),
    ("returns", "return", return_diagram()),
    ("delivery", "delivery", delivery_diagram()),
]


@pytest.mark.parametrize(("on", "name", "diagram"), DIAGRAMS, ids=lambda value: str(value)[:20])
def test_state_diagrams_are_those_of_the_tables(on: str, name: str, diagram: str) -> None:
    page = (ROOT / "docs" / f"{on}.md").read_text(encoding="utf-8")
    assert f"{BEGIN.format(name=name)}\n\n{diagram}\n" in page, "run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").upper()
    for name in Settings.model_fields:
        last = name.upper().rsplit("_", 1)[-1]
        assert name.upper() in text or f"_{last}" in text, f"DUECOURSE_{name.upper()} is not in docs/operating.md"
