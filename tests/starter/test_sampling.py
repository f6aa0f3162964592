"""The sample keeps the shares of the file that it was drawn from."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from starter.cfpb import COLUMNS
from starter.sampling import GROUPED_BY, Row, main, sample

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "complaints.csv"

WHOLE = {
    ("Web", "Yes", "No"): 1094,
    ("Web", "Yes", "Yes"): 280,
    ("Referral", "Yes", "No"): 261,
    ("Phone", "Yes", "No"): 102,
    ("Postal mail", "Yes", "No"): 90,
    ("Referral", "Yes", "Yes"): 51,
    ("Web", "No", "No"): 23,
    ("Fax", "Yes", "No"): 21,
    ("Phone", "Yes", "Yes"): 17,
    ("Web", "No", ""): 15,
    ("Web", "Yes", ""): 10,
    ("Fax", "Yes", "Yes"): 8,
    ("Postal mail", "Yes", "Yes"): 8,
    ("Referral", "No", "No"): 5,
    ("Web", "No", "Yes"): 4,
}
"""Rows of each group in the 2,000 that the committed sample was drawn from; 10 more lie in groups of at most 3."""


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


def test_draw_stays_what_it_was() -> None:
    assert [row["Company"] for row in sample(made_up(500), 10)] == [
        "12", "73", "146", "155", "233", "373", "377", "455", "467", "498"
    ]  # fmt: skip


def test_file_is_drawn_with_its_columns_its_order_and_its_letters(tmp_path: Path) -> None:
    main(SAMPLE, tmp_path / "drawn.csv")
    assert (tmp_path / "drawn.csv").read_bytes() == SAMPLE.read_bytes()


def test_committed_sample_has_the_share_of_each_group_of_the_whole() -> None:
    with SAMPLE.open(newline="") as file:
        drawn = Counter(tuple(row[column] for column in GROUPED_BY) for row in csv.DictReader(file))
    assert drawn.keys() <= WHOLE.keys()
    assert all(abs(drawn[group] - count / 10) < 1 for group, count in WHOLE.items())


def test_committed_sample_has_the_original_columns_and_200_rows() -> None:
    with SAMPLE.open(newline="") as file:
        reader = csv.DictReader(file)
        assert len(list(reader)) == 200
        assert tuple(reader.fieldnames or ()) == COLUMNS
