"""Which clock rules make no sense: steps that nothing executes, promises whose miss nobody would notice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from operator import eq, ge, le
from typing import NamedTuple, TypeAlias

from domain.sla.rules import EXECUTED, ClockKind, ClockRule, StepAction
from domain.sla.spans import Span

FieldPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands: names of fields and keys, and positions in lists from 0."""


class Finding(NamedTuple):
    """One thing that is wrong: its place, and what was expected there."""

    path: FieldPath
    problem: str


_K, _A = ClockKind, StepAction

_PROMISES = (
    *(_K.FIRST_RESPONSE, _K.STATUS_UPDATE, _K.TIER, _K.TASK_CLAIM, _K.TASK_DUE, _K.FOLLOW_UP),
    *(_K.LABEL, _K.REFUND, _K.DISPATCH, _K.PROMISE),
)

_NEEDED: tuple[tuple[tuple[ClockKind, ...], StepAction, Callable[[Span, Span], bool], str], ...] = (
    (_PROMISES, _A.BREACH, eq, "at the end (at: 1), or nobody would notice a miss"),
    ((_K.STATUS_UPDATE,), _A.SEND_UPDATE, le, "before or at the end, or no update would be sent"),
    ((_K.CLAIM_IDLE,), _A.RELEASE_CLAIM, le, "before or at the end, or an idle claim would block its task"),
    (
        (_K.CUSTOMER_ANSWER, _K.SATISFACTION, _K.PAYMENT, _K.SENDING, _K.ORDER_LOCK),
        _A.CLOSE,
        ge,
        "at the end (at: 1), or the case would stay open for ever",
    ),
    ((_K.TRANSIT,), _A.TRACE, ge, "at the end (at: 1), or nobody would miss a parcel"),
)
"""Steps that clocks must have: of which kinds, how the step's offset compares with the budget, and why."""

_NEVER_EARLY = (_A.BREACH, _A.COMPENSATE, _A.CLOSE, _A.TRACE)


def find_rule_problems(
    kind: ClockKind, rule: ClockRule, *, budgets: Collection[Span], statuses: Collection[str], tiers: int
) -> Iterator[Finding]:
    """What is wrong with the rule of one kind of clock.

    Args:
        kind: what the rule is for.
        rule: its steps, pauses and guarantee.
        budgets: every budget in ms that such a clock can have.
        statuses: the case's statuses, which a rule may pause on.
        tiers: how many tiers there are to escalate through.
    """
    for status in rule.pauses_on:
        if status not in statuses:
            yield Finding(("pauses_on", rule.pauses_on.index(status)), expected_one_of(statuses, status))
    yield from _each_step(kind, rule, budgets, tiers)
    yield from _needed_steps(kind, rule, budgets)
    compensates = any(step.do is _A.COMPENSATE for step in rule.steps)
    if compensates and rule.guarantee is None:
        yield Finding(("guarantee",), "expected a guarantee, since a step compensates for its miss")
    if rule.guarantee is not None and not compensates:
        yield Finding(("guarantee",), "expected a step that compensates, since the clock has a guarantee")


def expected_one_of(known: Iterable[object], found: object) -> str:
    """The sentence for a name that is not among the known ones."""
    return f"expected one of {', '.join(str(name) for name in known) or '(none)'}, got {str(found)!r}"


def _each_step(kind: ClockKind, rule: ClockRule, budgets: Collection[Span], tiers: int) -> Iterator[Finding]:
    names = [step.name for step in rule.steps]
    for at, step in enumerate(rule.steps):
        path: FieldPath = ("steps", at)
        if step.do not in EXECUTED[kind]:
            known = expected_one_of(sorted(EXECUTED[kind]), step.do)
            yield Finding((*path, "do"), f"nothing executes this step of a {kind} clock: {known}")
        if step.name in names[:at]:
            yield Finding(path, f"expected each step once, but {step.name} would fire only the first time")
        if step.do is _A.ESCALATE and tiers < 2:
            yield Finding((*path, "do"), "expected a second tier to escalate to, but there is only one")
        if step.do in _NEVER_EARLY and any(step.offset(budget) < budget for budget in budgets):
            yield Finding(path, f"expected {step.do} not before the end of the clock, when the promise is missed")


def _needed_steps(kind: ClockKind, rule: ClockRule, budgets: Collection[Span]) -> Iterator[Finding]:
    for kinds, action, placed, reason in _NEEDED:
        steps = [step for step in rule.steps if step.do is action]
        if kind in kinds and not any(all(placed(step.offset(span), span) for span in budgets) for step in steps):
            yield Finding(("steps",), f"expected {action} {reason}")
