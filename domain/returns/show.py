"""How a return is shown: facts for views, and the few lines at the top of its page in Temporal's Web UI."""

from __future__ import annotations

from domain.returns.case import Return
from domain.returns.machine import ReturnCaseStatus
from domain.returns.rules import goods
from domain.returns.wished import wished
from domain.shop_case.show import shop_details, shop_face
from domain.sla.spans import Instant


def shown_facts(case: Return) -> dict[str, object]:
    """What a view shows beyond the fields that every case has. Addresses stay out of it."""
    state = case.state
    ending = state.ending
    return {
        "team": case.team,
        "outcome": state.outcome.value if state.outcome else None,
        "wish": wished(state),
        "wanted": state.wanted.kind.value,
        "remedy": state.remedy.value,
        "goods": goods(state.shop_order, case.wished) if state.shop_order else None,
        "permitted_by": state.permitted_by,
        "price": str(state.price) if state.price else None,
        "in_warranty": state.in_warranty,
        "parcel": state.inbound.id if state.inbound else None,
        "parcel_is": state.inbound.status.value if state.inbound else None,
        "outbound_parcel": state.outbound.id if state.outbound else None,
        "satisfied": state.satisfied,
        "score": state.score,
        "waits_for": state.blocked_by,
        "reason": ending.reason if ending else None,
        "other_case": ending.other_case if ending else None,
        "steps": ", ".join(f"{step.name}: {step.state.value}" for step in state.steps) or None,
        "complaint": state.parent.case_id if state.parent else None,
        "source": state.source,
        "reference": state.reference,
    }


def face(case: Return) -> dict[str, object]:
    """Present values of the search attributes; none for a status that passes, the one before stays on show."""
    return shop_face(case, passes=_passes(case))


def _passes(case: Return) -> bool:
    """Whether nobody was asked anything: then it lasts until the shop has answered."""
    return case.is_in(ReturnCaseStatus.PREPARING) and not case.state.tasks


def details(case: Return, now: Instant) -> str:
    """Markdown for the Web UI: where it stands, who has it, every step and open clock. No personal data."""
    return shop_details(case, f"Return for {case.state.remedy.value}", now)
