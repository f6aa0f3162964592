"""A policy in words: what is promised, what happens when, who is there, and when they work."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from domain.complaint.policy import ComplaintPolicy, Tier
from domain.delivery.policy import DeliveryPolicy
from domain.order_change.policy import OrderChangePolicy
from domain.people import Language
from domain.policy import Policy
from domain.returns.policy import CategoryRule, ReturnPolicy
from domain.shop_case.policy import ShopCasePolicy
from domain.sla.rules import ClockKind, ClockRule, Step
from domain.sla.spans import Instant
from starter.desk.texts import Texts
from starter.policies.assignment_words import said_assignment
from starter.policies.difference import difference
from starter.policies.fortnight import open_days
from starter.policies.words import PolicyWords

__all__ = ["Preview", "difference", "preview"]

SHOWN_DAYS = 14


class Preview(BaseModel):
    """What is in force, each part as lines in the order of the policy; `calendars` has the days' windows."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    language: Language
    tiers: dict[int, str]
    priorities: dict[str, str]
    clocks: dict[ClockKind, tuple[str, ...]]
    teams: dict[str, str]
    limits: tuple[str, ...]
    order_changes: tuple[str, ...]
    returns: tuple[str, ...]
    deliveries: tuple[str, ...]
    assignment: tuple[str, ...]
    calendars: dict[str, tuple[str, ...]]

    def parts(self) -> dict[str, list[str]]:
        """The lines by their titles, without the calendars."""
        say = self._texts.say
        return {
            say("policy_says.tiers"): [f"{number}  {line}" for number, line in self.tiers.items()],
            say("policy_says.priorities"): [f"{name}: {line}" for name, line in self.priorities.items()],
            say("policy_says.clocks"): [line for lines in self.clocks.values() for line in lines],
            say("policy_says.teams"): [f"{name}: {line}" for name, line in self.teams.items()],
            say("policy_says.limits"): [*self.limits],
            say("policy_says.order_changes"): [*self.order_changes],
            say("policy_says.returns"): [*self.returns],
            say("policy_says.deliveries"): [*self.deliveries],
            say("policy_says.assignment"): [*self.assignment],
        }

    def lines(self) -> list[str]:
        """The whole as text for a terminal."""
        say, parts = self._texts.say, self.parts()
        parts |= {say("policy_says.calendar", name=name): [*days] for name, days in self.calendars.items()}
        text = [say("policy_says.title", name=self.name, version=self.version)]
        for title, lines in parts.items():
            text += ["", title, *(f"  {line}" for line in lines)]
        return text

    @property
    def _texts(self) -> Texts:
        return Texts(self.language)


def preview(policy: Policy, at: Instant, days: int = SHOWN_DAYS, language: Language = Language.EN) -> Preview:
    """The policy in words, with the windows of each calendar for `days` days from `at` on, in its own zone."""
    complaint, words = policy.complaint, PolicyWords(policy, language)
    calendars = policy.calendars.items()
    return Preview(
        name=policy.name,
        version=policy.version,
        language=language,
        tiers={number: _tier(tier, words) for number, tier in sorted(complaint.tiers.items())},
        priorities={
            words.name("priority", name): words.say("priority", factor=f"{factor:g}")
            for name, factor in complaint.priorities.items()
        },
        clocks={kind: tuple(_clock(policy, kind, words)) for kind in complaint.clocks.kinds},
        teams={name: _size(policy, name, words) for name in policy.teams},
        limits=tuple(_limits(policy, words)),
        order_changes=tuple(_order_changes(policy.order_change, words)),
        returns=tuple(_returns(policy.returns, words)),
        deliveries=tuple(_deliveries(policy.deliveries, words)),
        assignment=tuple(said_assignment(policy.assignment, words)),
        calendars={name: tuple(open_days(calendar, at, days, words)) for name, calendar in calendars},
    )


def _tier(tier: Tier, words: PolicyWords) -> str:
    teams = dict.fromkeys((tier.team, *tier.team_by_channel.values(), *([tier.vip_team] if tier.vip_team else [])))
    return words.say(
        "tier",
        name=words.own(tier.name),
        time=words.span(tier.time),
        respond=words.say("responds", span=words.span(tier.respond_within)) if tier.respond_within else "",
        teams=words.teams(teams),
        share=f"{tier.expected_share:.0%}",
        target=f"{tier.satisfaction_target:.0%}",
    )


def _clock(policy: Policy, kind: ClockKind, words: PolicyWords) -> Iterator[str]:
    rule, budgets = policy.complaint.clocks.rule(kind), policy.complaint.budgets(kind)
    span = words.span if policy.calendars[rule.calendar].always else words.open_time
    labelled = zip(_labels(policy.complaint, kind, words), budgets, strict=True)
    spans = ", ".join(words.say("labelled", label=label, span=span(budget)).strip() for label, budget in labelled) or (
        words.say("as_promised" if kind is ClockKind.PROMISE else "no_limit")
    )
    said = words.name("clock", kind)
    yield words.say(
        "clock", kind=said, spans=spans, calendar=words.name("calendar", rule.calendar), extras=_extras(rule, words)
    )
    for _, step in rule.ordered_steps(max(budgets, default=0)):
        yield "    " + words.say("step", when=_moment(step, words), what=words.act(step.do))


def _labels(complaint: ComplaintPolicy, kind: ClockKind, words: PolicyWords) -> list[str]:
    """What each budget of a kind of clock is for, in the order of `ComplaintPolicy.budgets`."""
    if kind is ClockKind.FIRST_RESPONSE:
        channels = [words.name("channel", channel) for channel in complaint.clocks.first_response.by_channel]
        return [*channels, words.name("policy_word", "vip")]
    if kind is ClockKind.TASK_DUE:
        return [words.name("task", name) for name in type(complaint.task_times).model_fields]
    if kind in (ClockKind.TIER, ClockKind.CLAIM_IDLE):
        return [words.say("tier_number", number=number) for number in complaint.tiers]
    return [""] * len(complaint.budgets(kind))


def _extras(rule: ClockRule, words: PolicyWords) -> str:
    statuses = words.say("or").join(words.name("status", status) for status in rule.pauses_on)
    paused = words.say("paused", statuses=statuses) if statuses else ""
    return paused + (words.say("guaranteed", amount=rule.guarantee.grant) if rule.guarantee else "")


def _moment(step: Step, words: PolicyWords) -> str:
    if step.at is not None:
        return words.say("at_the_end") if step.at == 1 else words.say("after", how_long=f"{step.at:.0%}")
    if step.before is not None:
        return words.say("before", span=words.span(step.before))
    return words.say("after", how_long=words.span(step.after or 0))


def _size(policy: Policy, name: str, words: PolicyWords) -> str:
    team = policy.teams[name]
    away = words.say("away", count=len(team.absent)) if team.absent else ""
    role = words.name("role", team.role)
    return words.say("team", name=words.own(team.name), count=len(team.members), away=away, role=role)


def _order_changes(rules: OrderChangePolicy, words: PolicyWords) -> Iterator[str]:
    for kind, window in rules.windows.items():
        stages = words.say("or").join(words.name("policy_word", stage) for stage in window.while_order_is)
        said = words.name("policy_word", kind)
        yield words.say("window", kind=said, span=words.span(window.within), stages=stages)
    decided = words.span(rules.task_times.decide_change)
    yield words.say("outside", team=words.team(rules.deciding_team), span=decided)
    yield words.say("price", span=words.span(rules.clocks.customer_answer.within))
    yield words.say("difference", span=words.span(rules.clocks.payment.within))
    yield from _refunds(rules, words)


def _returns(rules: ReturnPolicy, words: PolicyWords) -> Iterator[str]:
    for kind, within in rules.windows.items():
        yield words.say("return_window", kind=words.name("policy_word", kind), span=words.span(within))
    for category, rule in rules.categories.items():
        yield words.say("category", name=category, how=_category(rule, words))
    decided = words.span(rules.task_times.decide_return)
    yield words.say("outside", team=words.team(rules.deciding_team), span=decided)
    yield words.say("parcel", span=words.span(rules.clocks.sending.within))
    yield words.say("money", span=words.span(rules.clocks.refund.within))
    yield from _refunds(rules, words)


def _category(rule: CategoryRule, words: PolicyWords) -> str:
    if rule.only_faulty:
        return words.say("only_faulty")
    windows = rule.windows.items()
    own = [
        words.say("kind_within", kind=words.name("policy_word", kind), span=words.span(span)) for kind, span in windows
    ]
    return ", ".join(own) or words.say("as_all_else")


def _deliveries(rules: DeliveryPolicy, words: PolicyWords) -> Iterator[str]:
    yield words.say("told", channel=words.name("channel", rules.contact_by))
    decided = words.span(rules.task_times.decide_delivery)
    yield words.say("decides", team=words.team(rules.deciding_team), span=decided)
    yield words.say("searched", span=words.span(rules.clocks.search.within))
    yield words.say("hears", span=words.span(rules.clocks.status_update.every))
    yield from _refunds(rules, words)


def _refunds(rules: ShopCasePolicy, words: PolicyWords) -> Iterator[str]:
    for role, amount in rules.authority.items():
        yield words.say("refund", role=words.name("role", role), amount=amount)


def _limits(policy: Policy, words: PolicyWords) -> Iterator[str]:
    complaint, customer_page = policy.complaint, policy.customer_page
    for role, amount in complaint.authority.items():
        yield words.say("goodwill", role=words.name("role", role), amount=amount)
    yield words.say("extension", span=words.span(complaint.extend_at_most))
    yield words.say("reopening", span=words.span(complaint.reopen_within))
    if customer_page.below_messages:
        yield words.say("link", span=words.span(customer_page.link_lasts))
