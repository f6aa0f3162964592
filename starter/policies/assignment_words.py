"""Who gets tasks, and how, in words."""

from __future__ import annotations

from collections.abc import Iterator

from domain.assignment.policy import AssignmentPolicy, Circumstances
from starter.policies.words import PolicyWords


def said_assignment(rules: AssignmentPolicy, words: PolicyWords) -> Iterator[str]:
    """What a policy says about assignment, a line for each rule."""
    if not rules.push:
        yield words.say("pulled")
    for team in rules.push:
        yield words.say("pushed", team=words.team(team), span=words.span(rules.accept_time(team)))
    yield words.say("own_agents", span=words.span(rules.accept_within))
    channels = [
        words.say("channel_tasks", channel=words.name("channel", channel), count=count)
        for channel, count in rules.capacity.items()
    ]
    yield words.say("at_once", channels=", ".join(channels), in_all=rules.in_all)
    for need in rules.needs:
        kind, count = "needed" if need.required else "preferred", len(rules.skills[need.skill])
        yield words.say(kind, when=_under(need.when, words), skill=need.skill, count=count)
    for name, shift in rules.shifts.items():
        yield words.say("shift", name=name, count=len(shift.members), calendar=shift.calendar)


def _under(when: Circumstances, words: PolicyWords) -> str:
    listed = (when.problem, when.kind, when.channel, when.language)
    said = [
        ", ".join(words.name(group, one) for one in some) for group, some in zip(_GROUPS, listed, strict=True) if some
    ]
    if when.vip is not None:
        said.append(words.say("vip_customer" if when.vip else "other_customer"))
    if when.upset is not None:
        said.append(words.say("upset_customer" if when.upset else "calm_customer"))
    return words.say("and").join(said) or words.say("every_task")


_GROUPS = ("type", "task", "channel", "language")
"""Of texts: what each of the things is called that a rule may list."""
