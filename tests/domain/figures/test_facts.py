"""Facts: what is counted of a case, from the lines of its timeline alone, and never otherwise afterwards."""

from __future__ import annotations

import pytest

from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.tasks import RESOLVE, SUMMARISE
from domain.figures.counting import READ, facts_of
from domain.figures.facts import CountingRules, Fact, Measure
from domain.figures.rules import counting_rules
from domain.people import Channel
from domain.sla.spans import HOUR, MINUTE, SECOND
from tests.domain.cases import AGENT, EXPERT, QUALITY, SUMMARY, Running, charter, opened
from tests.domain.complaints import close, escalate, reopen
from tests.domain.figures.telling import only, rules_of, timeline, told


def solved(case: Running | None = None) -> Running:
    """A complaint that is answered after ten minutes, and resolved five minutes later."""
    case = case or opened()
    case.deliver()
    case.claim()
    case.wait(10 * MINUTE)
    case.reply()
    case.deliver()
    case.wait(5 * MINUTE)
    case.solve()
    case.deliver()
    case.accept()
    case.deliver()
    return case


def test_resolved_at_tier_1_in_time_at_the_first_contact() -> None:
    facts = told(solved())
    (resolved,) = only(facts, Measure.RESOLVED)
    assert (resolved.tier, resolved.person, resolved.team) == (1, AGENT.id, "online")
    assert (resolved.value, resolved.good) == (15 * MINUTE, True)
    (tier,) = only(facts, Measure.TIER_TIME)
    assert (tier.tier, tier.value, tier.good) == (1, 15 * MINUTE, True)
    (said,) = only(facts, Measure.SATISFACTION)
    assert (said.value, said.good, said.person) == (5, True, AGENT.id)


def test_response_is_a_persons_words_and_counts_from_the_opening() -> None:
    facts = told(solved())
    (given,), (took,) = only(facts, Measure.FIRST_RESPONSE), only(facts, Measure.RESPONSE_TIME)
    assert (given.good, given.person, given.team) == (True, AGENT.id, "online")
    assert (took.value, took.person) == (10 * MINUTE, AGENT.id)


def test_missed_response_is_counted_when_it_is_missed_and_how_long_it_took_when_it_comes() -> None:
    case = opened(channel=Channel.CHAT)
    case.deliver()
    case.claim()
    case.wait(MINUTE)
    (missed,) = only(told(case), Measure.FIRST_RESPONSE)
    assert (missed.good, missed.at - case.complaint.arrived_at) == (False, 30 * SECOND)
    assert only(told(case), Measure.RESPONSE_TIME) == []
    case.reply()
    case.deliver()
    (took,) = only(told(case), Measure.RESPONSE_TIME)
    assert took.value == MINUTE
    assert only(told(case), Measure.FIRST_RESPONSE) == [missed]
    assert {fact.detail for fact in only(told(case), Measure.BREACH)} == {"first_response"}
    assert len(only(told(case), Measure.COMPENSATED)) == 1


def test_call_is_answered_at_once() -> None:
    facts = told(opened(channel=Channel.PHONE))
    assert [(fact.good, fact.value) for fact in only(facts, Measure.FIRST_RESPONSE)] == [(True, None)]
    assert [fact.value for fact in only(facts, Measure.RESPONSE_TIME)] == [0]


def test_tier_whose_time_ran_out_is_counted_as_late_and_what_climbed_was_not_resolved_at_first_contact() -> None:
    case = opened()
    case.deliver()
    case.wait(31 * MINUTE)
    case.deliver()
    case.solve(EXPERT)
    case.deliver()
    case.accept()
    facts = told(case)
    assert [(fact.tier, fact.good) for fact in only(facts, Measure.TIER_TIME)] == [(1, False), (2, True)]
    assert [(fact.tier, fact.good) for fact in only(facts, Measure.RESOLVED)] == [(2, False)]
    assert [fact.team for fact in only(facts, Measure.RESOLVED)] == ["specialists"]


def test_gaps_are_from_one_sign_of_life_to_the_next_until_it_is_resolved() -> None:
    case = opened()
    case.deliver()
    case.claim()
    escalate(case)
    case.deliver()
    case.wait(HOUR)
    case.claim(EXPERT)
    case.reply(EXPERT)
    case.deliver()
    case.wait(HOUR + MINUTE)
    case.solve(EXPERT)
    case.deliver()
    case.wait(HOUR)
    gaps = [(fact.value, fact.good) for fact in only(told(case), Measure.UPDATE_GAP)]
    assert gaps == [(0, True), (0, True), (HOUR, True), (HOUR + MINUTE, True)]


def test_customer_who_is_not_satisfied_is_counted_and_nothing_is_resolved() -> None:
    case = opened()
    case.deliver()
    case.solve()
    case.deliver()
    case.reject()
    (said,) = only(told(case), Measure.SATISFACTION)
    assert (said.value, said.good, said.tier) == (2, False, 1)
    assert only(told(case), Measure.RESOLVED) == []


def test_scores_that_the_staff_enter_are_not_what_the_customer_says() -> None:
    case = opened()
    case.deliver()
    case.solve()
    case.ask(decisions.answer_solution, c.AnswerSolution, AGENT, satisfied=True, score=5)
    facts = told(case)
    assert only(facts, Measure.SATISFACTION) == []
    assert [(fact.person, fact.good) for fact in only(facts, Measure.RESOLVED)] == [(AGENT.id, True)]


def test_who_worked_on_a_case_is_of_the_staff_though_the_policy_does_not_know_them_and_a_shop_is_not() -> None:
    def said(by: str) -> list[Fact]:
        lines = [*timeline((0, "received", {}), (1, "task_offered", {"task": "T1", "kind": RESOLVE, "team": "x"}))]
        lines += timeline((2, "task_claimed", {"task": "T1", "owner": "temp-01"}), by="temp-01")
        lines += timeline((3, "task_released", {"task": "T1"}), by="temp-01")
        lines += timeline((4, "solution_accepted", {"score": 5}), by=by)
        return only(list(facts_of(lines, CountingRules())), Measure.SATISFACTION)

    assert said("temp-01") == []
    assert [fact.value for fact in said("system:webshop")] == [5]


@pytest.mark.parametrize("minutes", [0, 20])
def test_tier_that_found_no_solution_before_its_case_was_closed_kept_nothing(minutes: int) -> None:
    case = opened()
    case.deliver()
    case.wait(minutes * MINUTE)
    close(case)
    assert only(told(case), Measure.TIER_TIME) == []
    assert len(only(told(case), Measure.ENDED)) == 1


def test_tier_whose_time_was_over_is_late_though_the_case_was_closed_and_one_that_had_solved_it_is_not() -> None:
    late = timeline(
        (0, "received", {}),
        (0, "tier_entered", {"tier": 3}),
        (5, "breached", {"kind": "tier", "clock": "tier:1"}),
        (9, "case_ended", {}),
    )
    assert [fact.good for fact in only(list(facts_of(late, CountingRules())), Measure.TIER_TIME)] == [False]
    case = opened()
    case.deliver()
    case.claim()
    case.solve()
    close(case)
    assert [fact.good for fact in only(told(case), Measure.TIER_TIME)] == [True]


def test_missed_update_makes_its_gap_a_bad_one() -> None:
    case = opened(channel=Channel.PHONE)
    case.wait(5 * HOUR)
    case.deliver()
    gap, *later = only(told(case), Measure.UPDATE_GAP)
    assert (gap.value, gap.good) == (5 * HOUR, False)
    assert {fact.value for fact in later} == {0}


def test_reopened_case_is_counted_again_and_its_first_resolution_stays() -> None:
    case = solved()
    before = told(case)
    reopen(case)
    case.deliver()
    facts = told(case)
    assert facts[: len(before)] == before
    assert [fact.tier for fact in only(facts, Measure.REOPENED)] == [1]
    case.wait(MINUTE)
    case.solve(EXPERT)
    case.accept()
    assert [fact.tier for fact in only(told(case), Measure.RESOLVED)] == [1, 2]


def test_work_is_whose_it_was_and_how_long_they_had_it() -> None:
    case = solved()
    case.wait(MINUTE)
    case.complete(AGENT, SUMMARISE, **SUMMARY)
    work = [(fact.detail, fact.person, fact.team, fact.value) for fact in only(told(case), Measure.WORK)]
    assert work == [(RESOLVE, AGENT.id, "online", 15 * MINUTE), (SUMMARISE, AGENT.id, "online", MINUTE)]
    (ended,) = only(told(case), Measure.ENDED)
    assert (ended.detail, ended.good, ended.value) == ("accepted", True, 16 * MINUTE)


def test_follow_up_is_counted_by_its_score() -> None:
    case = solved(opened(upset=True))
    case.complete(AGENT, SUMMARISE, **SUMMARY)
    case.claim(QUALITY, "follow_up")
    case.complete(QUALITY, "follow_up", score=3, remarks="so so")
    (said,) = only(told(case), Measure.FOLLOW_UP)
    assert (said.value, said.good) == (3, False)


@pytest.mark.parametrize("channel", [Channel.CHAT, Channel.EMAIL])
def test_what_was_counted_never_changes_when_more_happens(channel: Channel) -> None:
    case = solved(opened(channel=channel))
    reopen(case)
    case.wait(50 * HOUR)
    entries, whole = case.case.state.timeline.entries, told(case)
    for length in range(len(entries) + 1):
        found = list(facts_of(entries[:length], rules_of(case)))
        assert found == whole[: len(found)]
        assert all(fact.seq > length for fact in whole[len(found) :])


def test_case_without_tiers_counts_for_the_team_that_works_on_it() -> None:
    offered: dict[str, str | int | bool | None] = {"task": "T1", "kind": "decide_return", "team": "specialists"}
    lines = timeline(
        (0, "received", {}),
        (1, "task_offered", offered),
        (2, "task_forwarded", {"task": "T1", "team": "finance"}),
        (3, "task_claimed", {"task": "T1", "owner": "finance-01"}),
        (4, "task_delegated", {"task": "T1", "to": "finance-02"}),
        (9, "task_completed", {"task": "T1", "kind": "decide_return"}),
        (10, "task_completed", {"task": "T7"}),
        (11, "not_satisfied", {"score": None}),
        (12, "followed_up", {}),
        (13, "case_ended", {"outcome": "refunded"}),
    )
    facts = list(facts_of(lines, CountingRules()))
    assert [(one.measure.value, one.value, one.team) for one in facts] == [
        ("opened", None, None),
        ("work", 5, "finance"),
        ("satisfaction", None, "specialists"),
        ("update_gap", 13, "specialists"),
        ("ended", 13, "specialists"),
    ]


def test_released_task_that_somebody_completes_all_the_same_has_no_time_in_hand() -> None:
    lines = timeline(
        (0, "task_offered", {"task": "T1", "kind": "x", "team": "phone"}),
        (1, "task_claimed", {"task": "T1", "owner": "phone-01"}),
        (2, "task_released", {"task": "T1"}),
        (3, "task_forwarded", {"task": "T9", "team": "phone"}),
        (4, "task_claimed", {"task": "T9", "owner": "phone-01"}),
        (5, "task_completed", {"task": "T1"}),
    )
    assert [fact.value for fact in facts_of(lines, CountingRules())] == [None]


def test_case_whose_complaint_informs_the_customer_owes_nothing_meanwhile() -> None:
    lines = timeline(
        (0, "received", {}),
        (5, "complaint_informs", {}),
        (50, "message_delivered", {}),
        (60, "informs_itself", {}),
        (65, "delivery_checked", {"arrived": False}),
        (70, "delivery_checked", {"arrived": True}),
        (80, "status_changed", {"status": "waits"}),
        (90, "informs_itself", {}),
        (95, "status_changed", {"status": "goes_on"}),
        (99, "contact_made", {}),
    )
    facts = list(facts_of(lines, CountingRules(silent=frozenset({"waits"}))))
    assert [fact.value for fact in only(facts, Measure.UPDATE_GAP)] == [5, 10, 10, 4]


def test_lines_before_the_first_one_count_from_themselves() -> None:
    lines = timeline((7, "solution_accepted", {"score": 5}), (8, "case_ended", {}))
    assert [(fact.measure, fact.value) for fact in facts_of(lines, CountingRules())] == [
        (Measure.SATISFACTION, 5),
        (Measure.RESOLVED, 0),
        (Measure.ENDED, 0),
    ]


def test_rules_say_who_answers_at_once_and_where_nothing_is_promised() -> None:
    rules = counting_rules(charter(), "complaint", "phone")
    assert rules.at_once
    assert rules.silent == {"solution_offered", "summarising", "following_up", "closed", "withdrawn", "merged"}
    returns = counting_rules(charter(), "return", "phone")
    assert not returns.at_once
    assert {"closed", "awaiting_answer"} <= returns.silent
    assert {AGENT.id, EXPERT.id} <= rules.staff == returns.staff
    assert counting_rules(charter(), "unheard_of", "phone") == CountingRules(staff=rules.staff)


def test_every_line_that_is_read_is_one_that_cases_write() -> None:
    case = solved()
    assert {"received", "message_delivered", "solution_accepted", "task_completed"} <= {*case.story} & {*READ}
