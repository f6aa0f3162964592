"""The running shop: a copy of a kept database with Medusa's server on it, on ports of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starter.server import free_port
from tests.medusa.admin import Admin, new_api_key
from tests.medusa.installing import PLACE, alone, installed
from tests.medusa.kept import SEEDED, Kept, Seeds, made_from
from tests.medusa.ordering import Progress, place_order
from tests.medusa.programs import medusa_command, medusa_server
from tests.medusa.seeding import Shelves, fill_shelves
from tests.postgres_server import Cluster, temporary_cluster

EMAIL, PASSWORD = "admin@duecourse.invalid", "only for rehearsals"

ORDERS: dict[str, tuple[str, Progress]] = {
    "unpaid": ("eur", Progress.PLACED),
    "paid": ("eur", Progress.PAID),
    "paid in yuan": ("cny", Progress.PAID),
    "fulfilled": ("eur", Progress.FULFILLED),
    "shipped": ("cny", Progress.SHIPPED),
    "delivered": ("eur", Progress.DELIVERED),
    "delivered in China": ("cny", Progress.DELIVERED),
}
"""The orders that a seeded shop has: what each is called, its currency, and how far it has come."""


@dataclass(frozen=True)
class Shop:
    """Medusa as Duecourse finds it."""

    url: str
    api_key: str
    shelves: Shelves
    orders: dict[str, str]

    def admin(self) -> Admin:
        """A connection of its own."""
        return Admin(self.url, self.api_key)


@contextmanager
def running_shop() -> Iterator[Shop]:
    """Run a freshly seeded shop that nobody else has, until the context ends; then it is forgotten.

    The first time, this installs Medusa and seeds a database: that takes a minute.
    """
    with prepared_cluster() as (cluster, seeds), opened(cluster, seeds) as shop:
        yield shop


@contextmanager
def prepared_cluster(kept: Kept = SEEDED) -> Iterator[tuple[Cluster, Seeds]]:
    """A cluster at rest with a shop in it: a copy of what is kept there, or else of the seeds."""
    with temporary_cluster() as cluster:
        with alone():
            installed()
            seeds = kept.seeds()
            if seeds is None:
                kept, seeds = SEEDED, SEEDED.seeds() or _seed()
            cluster.copy_from(kept.rows)
        yield cluster, seeds


@contextmanager
def opened(cluster: Cluster, seeds: Seeds, port: int | None = None) -> Iterator[Shop]:
    """Run PostgreSQL and Medusa on a prepared cluster."""
    with _database(cluster) as database, _medusa(database, port or free_port()) as url:
        yield Shop(url, seeds.api_key, seeds.shelves, seeds.orders)


@contextmanager
def _database(cluster: Cluster) -> Iterator[str]:
    # A port, although a socket would do: Medusa's migrations find no database behind one.
    port = free_port()
    with cluster.running(port):
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def _medusa(database: str, port: int) -> Iterator[str]:
    with medusa_server(PLACE / "app", database, port, PLACE / f"medusa-{port}.log") as url:
        yield url
    (PLACE / f"medusa-{port}.log").unlink()


def _seed() -> Seeds:
    with temporary_cluster() as cluster:
        cluster.create()
        with _database(cluster) as database:
            medusa_command(PLACE / "app", database, "db:migrate", "--skip-scripts")
            medusa_command(PLACE / "app", database, "user", "-e", EMAIL, "-p", PASSWORD)
            with _medusa(database, free_port()) as url:
                seeds = _sown(url)
        SEEDED.keep(cluster, seeds)
        return seeds


def _sown(url: str) -> Seeds:
    key = new_api_key(url, EMAIL, PASSWORD)
    with Admin(url, key) as admin:
        shelves = fill_shelves(admin)
        orders = {
            name: place_order(admin, shelves, currency=currency, progress=progress)
            for name, (currency, progress) in ORDERS.items()
        }
    return Seeds(made_from=made_from(), api_key=key, shelves=shelves, orders=orders)
