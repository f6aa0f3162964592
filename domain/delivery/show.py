"""How a delivery problem is shown: facts for views, and the top of its page in Temporal's Web UI."""

from __future__ import annotations

from domain.delivery.case import DeliveryCase
from domain.shop_case.show import shop_details, shop_face
from domain.sla.spans import Instant


def shown_facts(case: DeliveryCase) -> dict[str, object]:
    """What a view shows beyond the fields that every case has."""
    state = case.state
    return {
        "team": case.team,
        "outcome": state.outcome.value if state.outcome else None,
        "problem": state.problem.value,
        "parcel": state.parcel_id,
        "parcel_is": state.parcel.status.value if state.parcel else None,
        "goods": case.goods,
        "remedy": state.remedy.value if state.remedy else None,
        "refund": str(state.refund_due) if state.refund_due else None,
        "steps": ", ".join(f"{step.name}: {step.state.value}" for step in state.steps) or None,
        "source": state.source,
        "reference": state.reference,
    }


def face(case: DeliveryCase) -> dict[str, object]:
    """Present values of the search attributes."""
    return shop_face(case)


def details(case: DeliveryCase, now: Instant) -> str:
    """Markdown for the Web UI: where it stands, who has it, every step and open clock. No personal data."""
    return shop_details(case, f"Delivery problem: {case.state.problem.value}", now)
