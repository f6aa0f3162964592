"""What a customer wants of goods that were delivered, piece by piece: what comes back, why, and for what."""

from __future__ import annotations

from domain.messages import Wished
from domain.returns.rules import goods
from domain.returns.state import ReturnState
from domain.returns.wish import ReturnKind, WantedItem


def wished(state: ReturnState) -> tuple[Wished, ...]:
    """The whole wish, for whoever decides; before the order was read goods are named by the ids of their lines."""
    wanted = state.wanted
    what = f"claim_{wanted.claimed.value}" if wanted.kind is ReturnKind.CLAIM else wanted.kind.value
    items = tuple(_item(item, what, state) for item in wanted.items)
    return (*items, Wished(what="in_advance")) if wanted.in_advance else items


def _item(item: WantedItem, what: str, state: ReturnState) -> Wished:
    variant = state.variants.get(item.variant_id) if item.variant_id else None
    instead = variant.title if variant else item.variant_id
    pieces = {item.line_id: item.quantity}
    return Wished(
        what=what,
        now=goods(state.shop_order, pieces) if state.shop_order else f"{item.quantity} × {item.line_id}",
        wanted=f"{item.quantity} × {instead}" if instead else None,
        reason=item.reason.value,
        condition=item.condition.value,
    )
