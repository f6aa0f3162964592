"""`make medusa`: a shop for development, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
from contextlib import suppress

from starter.server import is_taken
from tests.medusa.installing import PLACE, alone
from tests.medusa.kept import DEVELOPED, SEEDED, Kept
from tests.medusa.shop import Shop, opened, prepared_cluster

PORT = 9000
"""Medusa's own default."""

STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Run the shop, and keep what became of it."""
    parser = argparse.ArgumentParser(prog="make medusa", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="another one is taken when somebody listens there")
    parser.add_argument("--fresh", action="store_true", help="start from the seeds again")
    parser.add_argument("--prepare", action="store_true", help="only install and seed it, for whoever runs it next")
    wishes = parser.parse_args()
    for number in STOPPED_BY:
        signal.signal(number, _stop)
    try:
        if wishes.prepare:
            with prepared_cluster():
                return
        _run(None if is_taken(wishes.port) else wishes.port, SEEDED if wishes.fresh else DEVELOPED)
    except KeyboardInterrupt:
        _say("Stopped before it was ready.")


def _run(port: int | None, kept: Kept) -> None:
    _say("preparing the shop; the first time, npm installs Medusa, which takes a minute or two")
    with prepared_cluster(kept) as (cluster, seeds):
        with opened(cluster, seeds, port) as shop:
            _say(_directions(shop))
            with suppress(KeyboardInterrupt):
                signal.pause()
            _say("stopping")
        with alone():
            DEVELOPED.keep(cluster, seeds)
    _say("Stopped. `make medusa` goes on from here, `make medusa ARGS=--fresh` from the seeds.")


def _stop(number: int, at: object) -> None:
    # Only once: whoever presses Ctrl-C again must not break the clean end.
    for stopping in STOPPED_BY:
        signal.signal(stopping, signal.SIG_IGN)
    raise KeyboardInterrupt


def _directions(shop: Shop) -> str:
    orders = "\n".join(f"  {order}  {name}" for name, order in shop.orders.items())
    order = shop.orders["paid in yuan"]
    with shop.admin() as admin:
        customer = admin.get(f"orders/{order}?fields=customer_id")["order"]["customer_id"]
    return (
        f"Medusa is running at {shop.url}; its log is in {PLACE}. The orders of {customer}:\n\n{orders}\n\n"
        "To point Duecourse at it, in another terminal:\n\n"
        f"  export DUECOURSE_MEDUSA_URL={shop.url}\n"
        f"  export DUECOURSE_MEDUSA_API_KEY={shop.api_key}\n"
        "  make run\n\n"
        "And in a third one, with the same two settings, an order change:\n\n"
        f"  .venv/bin/duecourse order-change open --source shop --reference 1 --channel chat --register-customer \\\n"
        f"    --customer {customer} --order {order} \\\n"
        f"    --add {shop.shelves.variants['CUP-WHITE']}=1\n\n"
        "Ctrl-C stops it."
    )


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
