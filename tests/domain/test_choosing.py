"""Who of a team gets a task: who is free and fit, who of them is first, and what decided."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assignment.choosing import Bar, Choice, Reason, bar_of, choose
from domain.assignment.duty import Duty, Presence
from domain.assignment.policy import AssignmentPolicy
from domain.people import Channel, Language
from tests.domain.assigning import RULES, at_desk, need

CHAT, EMAIL = Channel.CHAT, Channel.EMAIL
SKILLED = AssignmentPolicy.model_validate(
    {
        "skills": {"calming": ["a", "b"], "english": ["b"]},
        "needs": [
            {"skill": "calming", "when": {"upset": True}},
            {"skill": "english", "when": {"language": ["en"]}, "required": False},
        ],
    }
)
STRICT = AssignmentPolicy.model_validate(
    {"skills": {"privacy": ["b"]}, "needs": [{"skill": "privacy", "when": {"problem": ["privacy"]}, "required": True}]}
)


@pytest.mark.parametrize(
    ("how", "bar"),
    [
        ({}, None),
        ({"absent": True}, Bar.ABSENT),
        ({"on_shift": False}, Bar.OFF_SHIFT),
        ({"presence": Presence.BUSY}, Bar.BUSY),
        ({"presence": Presence.AWAY}, Bar.NOT_PRESENT),
        ({"presence": Presence.OFFLINE}, Bar.NOT_PRESENT),
        ({"in_hand": {CHAT: 3}}, None),
        ({"in_hand": {CHAT: 4}}, Bar.FULL),
        ({"in_hand": {EMAIL: 10}}, None),
        ({"in_hand": {EMAIL: 9, CHAT: 3}}, Bar.FULL),
    ],
)
def test_people_are_given_tasks_when_they_are_there_and_have_room(how: dict[str, Any], bar: Bar | None) -> None:
    assert bar_of(at_desk("a", **how), need(), RULES) is bar


def test_who_is_excluded_or_has_passed_is_not_given_it() -> None:
    assert bar_of(at_desk("a"), need(excluded=("a",)), RULES) is Bar.EXCLUDED
    assert bar_of(at_desk("a"), need(passed=("a",)), RULES) is Bar.PASSED


def test_what_needs_a_skill_goes_to_nobody_without_it() -> None:
    team = [at_desk("a"), at_desk("b", skills={"privacy"}, in_hand={CHAT: 3})]
    assert choose(need(problem="privacy"), team, STRICT).person == "b"
    assert choose(need(problem="billing"), team, STRICT).person == "a"
    assert choose(need(problem="privacy"), team[:1], STRICT) == Choice(barred={Bar.LACKS_SKILL: 1})


def test_channel_without_a_number_of_its_own_is_limited_by_all_together() -> None:
    rules = AssignmentPolicy(capacity={}, in_all=5)
    assert bar_of(at_desk("a", in_hand={CHAT: 4}), need(), rules) is None
    assert bar_of(at_desk("a", in_hand={CHAT: 5}), need(), rules) is Bar.FULL


@pytest.mark.parametrize(
    ("team", "person", "reason"),
    [
        ([at_desk("b")], "b", Reason.ONLY_ONE),
        ([at_desk("a", in_hand={EMAIL: 2}), at_desk("b", in_hand={CHAT: 1})], "b", Reason.LEAST_BUSY),
        ([at_desk("a", in_hand={CHAT: 1}), at_desk("b", in_hand={EMAIL: 1})], "b", Reason.LEAST_BUSY),
        ([at_desk("a", last_given=2), at_desk("b", last_given=1)], "b", Reason.LONGEST_WITHOUT),
        ([at_desk("b"), at_desk("a")], "a", Reason.LONGEST_WITHOUT),
        ([at_desk("a"), at_desk("n", in_hand={CHAT: 3})], "n", Reason.NAMED_AGENT),
        ([at_desk("a"), at_desk("n", in_hand={CHAT: 4})], "a", Reason.ONLY_ONE),
    ],
)
def test_least_busy_gets_it_unless_the_customer_has_an_agent(team: list[Duty], person: str, reason: Reason) -> None:
    found = choose(need(named="n"), team, RULES)
    assert (found.person, found.reason) == (person, reason)


def test_whoever_has_more_of_the_skills_goes_before_whoever_is_less_busy() -> None:
    a, b = at_desk("a", skills={"calming"}), at_desk("b", skills={"calming", "english"}, in_hand={CHAT: 3})
    both = choose(need(upset=True), [a, b], SKILLED)
    assert (both.person, both.reason, both.skills) == ("b", Reason.BEST_SKILLED, ("calming", "english"))
    calm = choose(need(upset=True, language=Language.ZH_CN), [a, b], SKILLED)
    assert (calm.person, calm.reason, calm.skills) == ("a", Reason.LEAST_BUSY, ("calming",))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"problem": ["delivery"]}, False),
        ({"problem": ["billing"], "vip": True}, True),
        ({"vip": False}, False),
        ({"kind": ["summarise"]}, False),
        ({"channel": ["email"]}, False),
        ({"channel": ["chat"], "language": ["en"], "upset": False}, True),
    ],
)
def test_skill_is_needed_where_everything_holds_that_the_rule_names(when: dict[str, Any], holds: bool) -> None:
    rules = AssignmentPolicy.model_validate({"needs": [{"skill": "calming", "when": when, "required": True}]})
    wanted = need(problem="billing", vip=True)
    assert wanted.skills(rules, required=True) == ({"calming"} if holds else set())
    assert wanted.skills(rules, required=False) == set()


def test_only_the_customers_own_agent_is_asked_where_the_team_takes_from_its_queue() -> None:
    team = [at_desk("a"), at_desk("n")]
    assert choose(need(named="n", named_only=True), team, RULES).person == "n"
    away = choose(need(named="n", named_only=True), [team[0], at_desk("n", presence=Presence.AWAY)], RULES)
    assert away == Choice(barred={Bar.NOT_PRESENT: 1})


def test_where_nobody_is_free_it_is_said_why_and_when_the_first_is_back() -> None:
    off = [at_desk("a", on_shift=False, back_at=900), at_desk("b", absent=True, back_at=500), at_desk("c", absent=True)]
    excluded = at_desk("d", on_shift=False, back_at=100)
    found = choose(need(excluded=("d",)), [*off, excluded], RULES)
    assert found == Choice(barred={Bar.OFF_SHIFT: 1, Bar.ABSENT: 2, Bar.EXCLUDED: 1}, again_at=500)
    assert choose(need(), [*off, at_desk("e", presence=Presence.BUSY)], RULES).again_at is None
    assert choose(need(), [], RULES) == Choice()


PEOPLE = st.builds(
    at_desk,
    st.sampled_from("abcdef"),
    presence=st.sampled_from(Presence),
    absent=st.booleans(),
    on_shift=st.booleans(),
    skills=st.frozensets(st.sampled_from(["calming", "english"])),
    in_hand=st.dictionaries(st.sampled_from(Channel), st.integers(0, 6)),
    last_given=st.integers(0, 3),
)


@given(st.lists(PEOPLE, unique_by=lambda duty: duty.person), st.randoms())
def test_choice_does_not_depend_on_the_order_of_the_team_and_counts_everybody_once(team: list[Duty], dice: Any) -> None:
    found = choose(need(upset=True, named="c"), team, SKILLED)
    shuffled = dice.sample(team, len(team))
    assert choose(need(upset=True, named="c"), shuffled, SKILLED) == found
    assert found.fit + sum(found.barred.values()) == len(team)
    assert (found.person is None) == (found.fit == 0)
    if found.person:
        [one] = [duty for duty in team if duty.person == found.person]
        assert bar_of(one, need(upset=True), SKILLED) is None
        free = [duty for duty in team if bar_of(duty, need(), SKILLED) is None and duty.skills >= one.skills]
        assert found.reason is Reason.NAMED_AGENT or one.load == min(duty.load for duty in free)
