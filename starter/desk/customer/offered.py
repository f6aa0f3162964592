"""What a customer may do with their case now; the case decides all the same."""

from __future__ import annotations

from domain.catalog import CASE_TYPES
from domain.messages import CaseView
from starter.access.rules import CUSTOMER_VERBS
from starter.desk.offered import NEEDS
from starter.verbs import asked_of

ANSWERS = ("answer_solution", "answer_change", "answer_return", "report_sent", "rate_return")
"""What we wait for; everything else stands further down."""

WRAPPING_UP = ("summarising", "following_up")
"""The customer has accepted what was offered, and we tidy up."""


def offered(view: CaseView) -> tuple[str, ...]:
    """The verbs that make sense now."""
    return tuple(verb for verb in CUSTOMER_VERBS if _makes_sense(verb, view))


def _makes_sense(verb: str, view: CaseView) -> bool:
    if view.case_type not in asked_of(verb) or NEEDS[verb] not in (view.status, *view.actions):
        return False
    if verb == "rate_return":
        return view.facts.get("satisfied") is None
    # Who has just accepted something is asked what they think of it, not whether to begin anew.
    return is_over(view) if verb == "reopen" else True


def is_over(view: CaseView) -> bool:
    """Whether nothing more happens by itself."""
    return view.status in CASE_TYPES[view.case_type].over


def may_write(view: CaseView) -> bool:
    """Whether words of the customer reach somebody."""
    return not is_over(view)


def shown_amount(view: CaseView) -> str | None:
    """The amount that the customer says yes or no to; sent along, so that another one is not accepted unseen."""
    names = ("price",) if view.case_type == "return" else ("collect", "refund", "after")
    return next((str(view.facts[name]) for name in names if view.facts.get(name)), None)


def survey_round(view: CaseView) -> int | None:
    """The number under which the survey of this case is answered now; None while there is nothing to ask yet."""
    rated = view.status == "confirming" and view.facts.get("satisfied") is not None
    ended = is_over(view) and view.status != "merged"
    if not (rated or ended or view.status in WRAPPING_UP):
        return None
    return int(view.facts.get("reopened") or 0)
