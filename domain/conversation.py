"""What is said to the customer, and what it means for the promises when it arrives or does not."""

from __future__ import annotations

from domain.case import Case
from domain.case_clocks import KEPT_BY_MESSAGES
from domain.deeds import DeliveryReport, DeliveryState, SendMessage
from domain.people import SYSTEM, Actor, Role
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind, StatusUpdateRule, StepAction
from domain.sla.spans import Instant
from domain.templates import TemplateName


def write(
    case: Case,
    template: TemplateName,
    now: Instant,
    about: str,
    *,
    author: str | None = None,
    key: str | None = None,
    **words: str | int | None,
) -> SendMessage:
    """Decide on a message to the customer.

    `about` is the line of the event history, without personal data. `author` is given when these are a person's words.
    """
    message = SendMessage(
        key=key or case.key(template.value),
        template=template,
        channels=case.delivery_channels(),
        words={**case.words(now), **words},
        author=author,
        about=about,
    )
    case.decide(message)
    return message


def update_rule(case: Case) -> StatusUpdateRule:
    """The status-update promise of this case's policy."""
    rule = case.rule(ClockKind.STATUS_UPDATE)
    assert isinstance(rule, StatusUpdateRule)
    return rule


def next_update_by(case: Case, now: Instant) -> Instant | None:
    """By when the customer hears again if a message goes out now; None when no update is promised any more."""
    clock = case.open_clock(ClockKind.STATUS_UPDATE)
    if clock is None or clock.running_since is None:
        return case.promised_elsewhere(now)
    rule = update_rule(case)
    calendar = case.calendar(rule.calendar)
    due = clock.instant(clock.budget, calendar)
    this_is_it = any(name.startswith(StepAction.SEND_UPDATE) for name in clock.fired)
    if rule.cadence == "fixed" and not this_is_it:
        return after_quiet_hours(case, clock, due)
    begin = now if rule.cadence == "floating" else due
    ahead = clock.model_copy(update={"running_since": begin, "consumed": 0, "budget": rule.every})
    return after_quiet_hours(case, ahead, calendar.add(begin, rule.every))


def after_quiet_hours(case: Case, clock: Clock, due: Instant) -> Instant:
    """`due` of a running update clock, later by as long as the update before it waits for the end of quiet hours.

    Without this every update that waits would be missed in the moment in which it may be sent.
    """
    rule = update_rule(case)
    if rule.quiet_hours is None:
        return due
    quiet, calendar = case.calendar(rule.quiet_hours), case.calendar(clock.calendar)
    offsets = [offset for offset, step in rule.ordered_steps(clock.budget) if step.do is StepAction.SEND_UPDATE]
    sent = [at for offset in offsets if (at := clock.instant(offset, calendar)) <= due]
    return due + max((quiet.next_open(at) - at for at in sent), default=0)


def settle(case: Case, message: SendMessage, report: DeliveryReport, now: Instant) -> None:
    """Take note of what became of a message after the last channel that was tried.

    One that arrived counts from then, whenever the case hears of it.
    """
    if report.state is DeliveryState.DELIVERED:
        _delivered(case, message, report, now)
        return
    why = report.detail or "no reason given"
    unknown = report.state is DeliveryState.UNKNOWN
    what = "delivery_unknown" if unknown else "delivery_failed"
    case.note(now, what, key=message.key, template=message.template.value, channel=report.channel.value, why=why)
    if unknown:
        case.unknown_fate(message, why, now)
    else:
        case.undeliverable(message, why, now)


def _delivered(case: Case, message: SendMessage, report: DeliveryReport, now: Instant) -> None:
    by = Actor(id=message.author, role=Role.AGENT) if message.author else SYSTEM
    template, channel = message.template.value, report.channel.value
    case.note(now, "message_delivered", by, template=template, key=message.key, channel=channel)
    arrived(case, message, min(report.at or now, now))


def arrived(case: Case, message: SendMessage, at: Instant) -> None:
    """The customer has heard from us: only a person's words are a response, any message is an update.

    What had fallen due by then comes first, so that a promise that was kept too late does not look kept.
    """
    for kind in sorted(may_keep(message)):
        case.take_steps_before_arrival(kind, case.not_before(kind, at))
    if message.author:
        responded = case.not_before(ClockKind.FIRST_RESPONSE, at)
        case.meet(ClockKind.FIRST_RESPONSE, responded, f"{message.author}'s message was delivered")
    case.customer_heard(at)
    clock = case.open_clock(ClockKind.STATUS_UPDATE)
    if clock is None:
        return
    rule, now = update_rule(case), case.not_before(ClockKind.STATUS_UPDATE, at)
    if rule.cadence == "floating":
        _next_update(case, clock, now, now)
    elif _is_update_of(case, clock, message):
        due = clock.due(case.calendar(clock.calendar)) or now
        _next_update(case, clock, now, due)


def may_keep(message: SendMessage) -> frozenset[ClockKind]:
    """The promises that a message keeps when it arrives: an automatic one is no response."""
    return frozenset(KEPT_BY_MESSAGES) if message.author else frozenset({ClockKind.STATUS_UPDATE})


def update_key(case: Case, clock: Clock) -> str:
    """The effect key of the status update that this clock sends; a second try of the same update adds to it.

    `case:clock` alone is the key of the compensation for a miss.
    """
    return f"{case.state.case_id}:{clock.id}:update"


def _is_update_of(case: Case, clock: Clock, message: SendMessage) -> bool:
    own = update_key(case, clock)
    return any(key == own or key.startswith(f"{own}:") for key in (message.key, *message.joined))


def reached_by_a_person(case: Case, how: str, now: Instant) -> None:
    """Somebody spoke with the customer: a response, and an update where those count from the last contact."""
    case.meet(ClockKind.FIRST_RESPONSE, now, how)
    case.customer_heard(now)
    case.record_misses(now, ClockKind.STATUS_UPDATE)
    clock = case.open_clock(ClockKind.STATUS_UPDATE)
    if clock and update_rule(case).cadence == "floating":
        _next_update(case, clock, now, now, how)


def heard_elsewhere(case: Case, at: Instant, cause: str) -> None:
    """The customer has heard from a linked case: an update where those count from the last contact."""
    case.take_steps_before_arrival(ClockKind.STATUS_UPDATE, case.not_before(ClockKind.STATUS_UPDATE, at))
    clock = case.open_clock(ClockKind.STATUS_UPDATE)
    if clock and update_rule(case).cadence == "floating":
        heard = case.not_before(ClockKind.STATUS_UPDATE, at)
        _next_update(case, clock, heard, heard, cause)


def inform_again(case: Case, now: Instant, cause: str) -> None:
    """This case informs the customer again, who has just heard from the one that did so until now."""
    if case.open_clock(ClockKind.STATUS_UPDATE):
        case.cancel(ClockKind.STATUS_UPDATE, now, cause)
        start_updates(case, now, cause)


def _next_update(
    case: Case, clock: Clock, now: Instant, runs_from: Instant, cause: str = "the customer was written to"
) -> None:
    clock.meet(now, cause, case.calendar(clock.calendar))
    start_updates(case, now, cause, runs_from=runs_from)


def start_updates(case: Case, now: Instant, cause: str, runs_from: Instant | None = None) -> None:
    """Promise the next status update. On a fixed grid, periods that have passed already are left out."""
    rule = update_rule(case)
    calendar = case.calendar(rule.calendar)
    begin = now if runs_from is None else runs_from
    while calendar.add(begin, rule.every) <= now:
        begin = calendar.add(begin, rule.every)
    case.start_clock(ClockKind.STATUS_UPDATE, rule.every, now, cause, runs_from=begin)


def missed_update(case: Case, clock: Clock, now: Instant) -> None:
    """An update did not arrive in time: that is on record, and the next one is promised from here."""
    calendar = case.calendar(clock.calendar)
    due = clock.due(calendar) or now
    clock.breach(now, "no message was delivered in time", calendar)
    clock.cancel(now, "missed; the next update is promised instead", calendar)
    fixed = update_rule(case).cadence == "fixed"
    start_updates(case, now, "the update before was missed", runs_from=due if fixed else now)
