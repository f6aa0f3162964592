"""How an order change is shown: facts for views, and the few lines at the top of its page in Temporal's Web UI."""

from __future__ import annotations

from domain.order_change.case import OrderChange
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.rules import kinds_of
from domain.order_change.wished import wished
from domain.shop_case.show import shop_details, shop_face
from domain.sla.spans import Instant


def shown_facts(case: OrderChange) -> dict[str, object]:
    """What a view shows beyond the fields that every case has. Only of a change of address are addresses shown."""
    state = case.state
    quote, ending = state.quote, state.ending
    return {
        "team": case.team,
        "outcome": state.outcome.value if state.outcome else None,
        "wish": wished(state),
        "wanted": ", ".join(kind.value for kind in kinds_of(state.wanted)),
        "permitted_by": state.permitted_by,
        "before": str(quote.before) if quote else None,
        "after": str(quote.after) if quote else None,
        "collect": str(quote.collect) if quote and quote.collect else None,
        "refund": str(quote.refund) if quote and quote.refund else None,
        "delivery_on": quote.delivery_on.isoformat() if quote and quote.delivery_on else None,
        "reason": ending.reason if ending else None,
        "other_case": ending.other_case if ending else None,
        "steps": ", ".join(f"{step.name}: {step.state.value}" for step in state.steps) or None,
        "complaint": state.parent.case_id if state.parent else None,
        "source": state.source,
        "reference": state.reference,
    }


def face(case: OrderChange) -> dict[str, object]:
    """Present values of the search attributes; none for a status that passes, the one before stays on show."""
    return shop_face(case, passes=_passes(case))


def _passes(case: OrderChange) -> bool:
    """Whether it is over as soon as the shop has answered: nobody was asked anything, and no money moves."""
    if case.state.tasks:
        return False
    quote = case.state.quote
    moves = quote and (quote.collect or quote.refund)
    status = case.state.status
    return status is ChangeCaseStatus.PREPARING or (status is ChangeCaseStatus.COMMITTING and not moves)


def details(case: OrderChange, now: Instant) -> str:
    """Markdown for the Web UI: where it stands, who has it, every step and open clock. No personal data."""
    return shop_details(case, "Order change", now)
