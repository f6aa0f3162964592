"""A policy in words: what is promised, what happens when, who is there, and when they work."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from domain.complaint.policy import ComplaintPolicy, Tier
from domain.delivery.policy import DeliveryPolicy
from domain.order_change.policy import OrderChangePolicy
from domain.people import Language
from domain.policy import Policy
from domain.returns.policy import ReturnPolicy
from domain.sla.calendar import WorkingCalendar
from domain.sla.rules import ClockKind, ClockRule, Step, StepAction
from domain.sla.spans import HOUR, SECOND, Span, say_span
from starter.policies.difference import difference
from starter.policies.wallclock import DAYS, instant, wall_time

__all__ = ["Preview", "difference", "preview"]

SHOWN_DAYS = 14

ACTS: dict[StepAction, str] = {
    StepAction.REMIND: "remind whoever has it",
    StepAction.WARN: "warn the supervisors",
    StepAction.BREACH: "record the breach",
    StepAction.COMPENSATE: "compensate the customer",
    StepAction.ESCALATE: "escalate to the next tier",
    StepAction.HAND_OVER: "let a person decide",
    StepAction.SEND_UPDATE: "send the customer an update",
    StepAction.ASK_AGAIN: "ask the customer again",
    StepAction.LOOK_AGAIN: "look again at shop and carrier",
    StepAction.TRACE: "have the parcel traced",
    StepAction.RELEASE_CLAIM: "return the task to its queue",
    StepAction.CLOSE: "close the case",
}
"""What each step does, in words."""


class Preview(BaseModel):
    """What is in force, each part as lines in the order of the policy; `calendars` has the days' windows."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    tiers: dict[int, str]
    priorities: dict[str, str]
    clocks: dict[ClockKind, tuple[str, ...]]
    teams: dict[str, str]
    limits: tuple[str, ...]
    order_changes: tuple[str, ...]
    returns: tuple[str, ...]
    deliveries: tuple[str, ...]
    calendars: dict[str, tuple[str, ...]]

    def lines(self) -> list[str]:
        """The whole as text for a terminal."""
        parts: dict[str, list[str]] = {
            "Tiers": [f"{number}  {line}" for number, line in self.tiers.items()],
            "Priorities": [f"{name}: {line}" for name, line in self.priorities.items()],
            "Clocks": [line for lines in self.clocks.values() for line in lines],
            "Teams": [f"{name}: {line}" for name, line in self.teams.items()],
            "Limits": list(self.limits),
            "Order changes": list(self.order_changes),
            "Returns": list(self.returns),
            "Delivery problems": list(self.deliveries),
        }
        parts |= {f"Calendar {name}": list(days) for name, days in self.calendars.items()}
        text = [f"Policy {self.name}, version {self.version}"]
        for title, lines in parts.items():
            text += ["", title, *(f"  {line}" for line in lines)]
        return text


def preview(policy: Policy, first_day: date, days: int = SHOWN_DAYS) -> Preview:
    """The policy in words, with the windows of each calendar for `days` days from `first_day` in its own zone."""
    complaint = policy.complaint
    return Preview(
        name=policy.name,
        version=policy.version,
        tiers={number: _tier(tier) for number, tier in sorted(complaint.tiers.items())},
        priorities={name: f"tier times × {factor:g}" for name, factor in complaint.priorities.items()},
        clocks={kind: tuple(_clock(policy, kind)) for kind in complaint.clocks.kinds},
        teams={name: _size(policy, name) for name in policy.teams},
        limits=tuple(_limits(policy)),
        order_changes=tuple(_order_changes(policy.order_change)),
        returns=tuple(_returns(policy.returns)),
        deliveries=tuple(_deliveries(policy.deliveries)),
        calendars={name: tuple(_days(calendar, first_day, days)) for name, calendar in policy.calendars.items()},
    )


def _tier(tier: Tier) -> str:
    teams = dict.fromkeys((tier.team, *tier.team_by_channel.values(), *([tier.vip_team] if tier.vip_team else [])))
    respond = f", responds within {say_span(tier.respond_within)}" if tier.respond_within else ""
    return (
        f"{tier.name[Language.EN]}: {say_span(tier.time)}{respond}, by {', '.join(teams)}; "
        f"expected to resolve {tier.expected_share:.0%}, satisfaction target {tier.satisfaction_target:.0%}"
    )


def _clock(policy: Policy, kind: ClockKind) -> Iterator[str]:
    rule, budgets = policy.complaint.clocks.rule(kind), policy.complaint.budgets(kind)
    say = say_span if policy.calendars[rule.calendar].always else _say_open_time
    labelled = zip(_labels(policy.complaint, kind), budgets, strict=True)
    spans = ", ".join(f"{label} {say(budget)}".strip() for label, budget in labelled) or (
        "as promised" if kind is ClockKind.PROMISE else "no limit"
    )
    yield f"{kind.replace('_', ' ')}: {spans}; calendar {rule.calendar}{_extras(rule)}"
    for _, step in rule.ordered_steps(max(budgets, default=0)):
        yield f"    {_moment(step)}: {ACTS[step.do]}"


def _labels(complaint: ComplaintPolicy, kind: ClockKind) -> list[str]:
    """What each budget of a kind of clock is for, in the order of `ComplaintPolicy.budgets`."""
    if kind is ClockKind.FIRST_RESPONSE:
        return [*complaint.clocks.first_response.by_channel, "vip"]
    if kind is ClockKind.TASK_DUE:
        return [name.replace("_", " ") for name in type(complaint.task_times).model_fields]
    if kind in (ClockKind.TIER, ClockKind.CLAIM_IDLE):
        return [f"tier {number}" for number in complaint.tiers]
    return [""] * len(complaint.budgets(kind))


def _say_open_time(span: Span) -> str:
    """In hours, since a day of an office is not one of 24 hours."""
    return f"{span / HOUR:g} h" if span >= HOUR else say_span(span)


def _extras(rule: ClockRule) -> str:
    pauses = [status.replace("_", " ") for status in rule.pauses_on]
    paused = f", paused while {' or '.join(pauses)}" if pauses else ""
    return f"{paused}, guaranteed with {rule.guarantee.grant}" if rule.guarantee else paused


def _moment(step: Step) -> str:
    if step.at is not None:
        return "at the end" if step.at == 1 else f"after {step.at:.0%}"
    return (
        f"{say_span(step.before)} before the end" if step.before is not None else f"after {say_span(step.after or 0)}"
    )


def _size(policy: Policy, name: str) -> str:
    team = policy.teams[name]
    away = f", {len(team.absent)} absent" if team.absent else ""
    return f"{team.name[Language.EN]}, {len(team.members)} people{away} ({team.role})"


def _order_changes(rules: OrderChangePolicy) -> Iterator[str]:
    for kind, window in rules.windows.items():
        stages = " or ".join(window.while_order_is)
        yield f"{kind.replace('_', ' ')}: alone within {say_span(window.within)}, while the order is {stages}"
    yield f"outside: {rules.deciding_team} decides within {say_span(rules.task_times.decide_change)}"
    yield f"a price is accepted within {say_span(rules.clocks.customer_answer.within)}"
    yield f"a difference is paid within {say_span(rules.clocks.payment.within)}"
    for role, amount in rules.authority.items():
        yield f"refund without a second pair of eyes, {role}: up to {amount}"


def _returns(rules: ReturnPolicy) -> Iterator[str]:
    for kind, within in rules.windows.items():
        yield f"{kind}: without a decision within {say_span(within)} of the delivery"
    for category, rule in rules.categories.items():
        own = ", ".join(f"{kind} within {say_span(within)}" for kind, within in rule.windows.items())
        yield f"{category}: {'only for a fault' if rule.only_faulty else own or 'as all else'}"
    yield f"outside: {rules.deciding_team} decides within {say_span(rules.task_times.decide_return)}"
    yield f"the parcel is sent within {say_span(rules.clocks.sending.within)}, or it lapses"
    yield f"the money is on its way within {say_span(rules.clocks.refund.within)} of the parcel's arrival"
    for role, amount in rules.authority.items():
        yield f"refund without a second pair of eyes, {role}: up to {amount}"


def _deliveries(rules: DeliveryPolicy) -> Iterator[str]:
    yield f"the customer, who has not asked, is told at once, by {rules.contact_by} first"
    yield f"{rules.deciding_team} decides within {say_span(rules.task_times.decide_delivery)}"
    yield f"a parcel is looked for, or waited for, {say_span(rules.clocks.search.within)}, then it is decided anew"
    yield f"until it is resolved the customer hears from us every {say_span(rules.clocks.status_update.every)}"
    for role, amount in rules.authority.items():
        yield f"refund without a second pair of eyes, {role}: up to {amount}"


def _limits(policy: Policy) -> Iterator[str]:
    complaint = policy.complaint
    for role, amount in complaint.authority.items():
        yield f"goodwill that {role} grants alone: {amount}"
    yield f"extension of a clock: at most {say_span(complaint.extend_at_most)}"
    yield f"reopening: within {say_span(complaint.reopen_within)} of closing"
    if policy.customer_page.below_messages:
        yield f"link to the customer's page: leads there for {say_span(policy.customer_page.link_lasts)}"


def _days(calendar: WorkingCalendar, first_day: date, days: int) -> Iterator[str]:
    if calendar.always:
        yield "always open"
        return
    zone = ZoneInfo(calendar.zone)
    yield f"wall time in {calendar.zone}"
    for day in (first_day + timedelta(days=offset) for offset in range(days)):
        windows = " ".join(_windows(calendar, day, zone)) or "closed"
        yield f"{DAYS[day.weekday()]} {day}  {windows}"


def _windows(calendar: WorkingCalendar, day: date, zone: ZoneInfo) -> Iterator[str]:
    """The open stretches of one day, cut at its two midnights."""
    at, end = (instant(midnight, 0, zone, late=False) for midnight in (day, day + timedelta(days=1)))
    while (at := calendar.next_open(at * SECOND) // SECOND) < end:
        closing = _closing(calendar, at, end)
        until = "24:00" if closing == end else f"{wall_time(closing, zone):%H:%M}"
        yield f"{wall_time(at, zone):%H:%M}-{until}"
        at = closing


def _closing(calendar: WorkingCalendar, opening: int, limit: int) -> int:
    """The second, up to `limit`, until which it stays open."""
    later = range(opening + 1, limit + 1)

    def lost(second: int) -> bool:
        return calendar.between(opening * SECOND, second * SECOND) < (second - opening) * SECOND

    return opening + bisect_left(later, True, key=lost)
