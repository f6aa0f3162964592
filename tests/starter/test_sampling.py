"""The sample keeps the shares of the file that it was drawn from."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from starter.cfpb import COLUMNS
from starter.sampling import GROUPED_BY, Row, main, sample

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "complaints.csv"
WHOLE = ROOT.parent / "shared" / "data" / "complaints-cfpb.csv"


def made_up(count: int) -> list[Row]:
    """Rows of which 70 % came by web, 3 % were answered late and 20 % were disputed."""
    return [
        dict.fromkeys(COLUMNS, "x")
        | {
            "Company": str(number),
            "Submitted via": "Web" if number % 10 < 7 else "Phone",
            "Timely response?": "No" if number % 33 == 0 else "Yes",
            "Consumer disputed?": "Yes" if number % 5 == 0 else "No",
        }
        for number in range(count)
    ]


def test_shares_stay_within_one_row_of_each_hundred() -> None:
    rows = made_up(3_000)
    drawn = sample(rows, size=300)
    assert len(drawn) == 300
    for column in GROUPED_BY:
        before, after = (Counter(row[column] for row in some) for some in (rows, drawn))
        assert all(abs(after[value] - count / 10) <= 3 for value, count in before.items()), (column, before, after)


def test_same_seed_draws_the_same_rows_and_another_seed_others() -> None:
    rows = made_up(500)
    assert sample(rows, 50) == sample(rows, 50) != sample(rows, 50, seed=1)


def test_committed_sample_is_the_drawn_one(tmp_path: Path) -> None:
    if not WHOLE.exists():
        pytest.skip("the whole file lies beside the checkout of the developers only")
    main(WHOLE, tmp_path / "drawn.csv")
    assert (tmp_path / "drawn.csv").read_bytes() == SAMPLE.read_bytes()


def test_committed_sample_has_the_original_columns_and_200_rows() -> None:
    with SAMPLE.open(newline="") as file:
        reader = csv.DictReader(file)
        assert len(list(reader)) == 200
        assert tuple(reader.fieldnames or ()) == COLUMNS
