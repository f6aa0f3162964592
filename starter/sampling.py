"""A smaller file of CFPB complaints that keeps the shares of the large one. It drew `examples/complaints.csv`.

    python -m starter.sampling complaints-cfpb.csv examples/complaints.csv

Rows are grouped by how they came in, whether the answer was timely, and whether the customer disputed it. Each group
gets its share of the sample by largest remainders; within a group the rows with the smallest hash of seed and content
are taken, and they keep the order of the file.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from starter.cfpb import digest_of

SIZE = 200
SEED = 20_160_229
GROUPED_BY = ("Submitted via", "Timely response?", "Consumer disputed?")

Row: TypeAlias = Mapping[str, str]


def sample(rows: Sequence[Row], size: int = SIZE, seed: int = SEED) -> list[Row]:
    """`size` of the rows, in the order of the file; the same rows and seed give the same sample."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[tuple(row[column] for column in GROUPED_BY)].append(number)
    taken: list[int] = []
    for group, share in zip(groups.values(), _shares([len(group) for group in groups.values()], size), strict=True):
        taken += sorted(group, key=lambda number: _lot(rows[number], number, seed))[:share]
    return [rows[number] for number in sorted(taken)]


def _shares(sizes: list[int], total: int) -> list[int]:
    """Whole numbers proportional to `sizes` that add up to `total`."""
    exact = [size * total / sum(sizes) for size in sizes]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda at: shares[at] - exact[at])
    for at in by_remainder[: total - sum(shares)]:
        shares[at] += 1
    return shares


def _lot(row: Row, number: int, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{number}:{digest_of(row)}".encode()).hexdigest()


def main(source: Path, target: Path) -> None:
    """Draw the sample of one file into another, with the same columns."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=reader.fieldnames or [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(sample(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
