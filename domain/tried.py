"""What a case would refuse as it is now, whoever asks: tried on the case itself, so that nobody is offered it."""

from __future__ import annotations

from collections.abc import Callable

from domain.correspondence import check_awaited, check_heard
from domain.errors import CaseError
from domain.rights import require_unresolved
from domain.sla.clock import Clock
from domain.supervision import check_extended, check_held, check_let_go, check_news, check_priority
from domain.worked_case import WorkedCase

_OF_EVERY: dict[str, Callable[[WorkedCase], None]] = {
    "reply": require_unresolved,
    "await_answer": check_awaited,
    "customer_reply": check_heard,
    "make_promise": require_unresolved,
    "send_update_now": check_news,
    "change_priority": check_priority,
    "close_case": lambda case: case.check_close(),
}
"""By verb, and by the field of a reply that asks the case to wait, the refusals that these meet in any type of case."""

_OF_CLOCKS: dict[str, Callable[[WorkedCase, Clock], None]] = {
    "extend_clock": check_extended,
    "pause_clock": check_held,
    "resume_clock": check_let_go,
}


def refused_now(case: WorkedCase) -> tuple[str, ...]:
    """The verbs that the case would refuse, and `await_answer` where a reply cannot wait for its answer."""
    every = [name for name, check in _OF_EVERY.items() if _refuses(check, case)]
    return (*every, *(verb for verb, check in case.own_checks.items() if _refuses(check)))


def refused_of(case: WorkedCase, clock: Clock) -> tuple[str, ...]:
    """The verbs that the case would refuse for one of its clocks."""
    return tuple(verb for verb, check in _OF_CLOCKS.items() if _refuses(check, case, clock))


def _refuses(check: Callable[..., None], *asked: object) -> bool:
    try:
        check(*asked)
    except CaseError:
        return True
    return False
