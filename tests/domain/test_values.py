"""Money, spans, instants, people, requests and the timeline: the small things that everything else is made of."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain import messages as m
from domain import requests as r
from domain.money import Money, parse_money
from domain.sla.rules import Step, StepAction
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, parse_span, say_instant, say_span
from domain.timeline import Timeline
from tests.domain.cases import AGENT, COLLEAGUE, charter


@pytest.mark.parametrize(("minor", "said"), [(0, "0.00 CNY"), (5, "0.05 CNY"), (123_456, "1234.56 CNY")])
def test_money_is_said_in_major_units(minor: int, said: str) -> None:
    assert str(Money(minor=minor, currency="CNY")) == said


@pytest.mark.parametrize(("text", "minor"), [("12.50 CNY", 1_250), (" 0.05 CNY", 5), ("7 CNY", 700)])
def test_money_is_read_as_it_is_said(text: str, minor: int) -> None:
    assert parse_money(text) == Money(minor=minor, currency="CNY")


@pytest.mark.parametrize("text", ["", "12.5 CNY", "-1.00 CNY", "12,50 CNY", "1.00", "1.00 cny"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected an amount"):
        parse_money(text)


@pytest.mark.parametrize("wrong", [{"minor": -1}, {"minor": 10**12 + 1}, {"currency": "yuan"}, {"currency": "cny"}])
def test_money_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"minor": 1, "currency": "CNY"} | wrong)


@pytest.mark.parametrize(
    ("text", "span"),
    [("30m", 30 * MINUTE), ("1h30m", 90 * MINUTE), ("2 d", 2 * DAY), ("15s", 15 * SECOND), ("5ms", 5), (7, 7), (0, 0)],
)
def test_span_is_read_as_people_write_it(text: object, span: int) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "30", "m", "30 minutes", "-5m", "1.5h", "5m!", -1, True, None, 1.0])
def test_what_is_no_span_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="expected a span of time"):
        parse_span(text)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (2 * DAY + HOUR + MINUTE, "2 d 1 h"),
        (90 * MINUTE, "1 h 30 min"),
        (DAY + 5 * SECOND, "1 d 5 s"),
        (45 * SECOND, "45 s"),
        (40, "40 ms"),
        (0, "0 s"),
        (-1, "0 s"),
    ],
)
def test_span_is_said_in_its_two_largest_units(span: int, said: str) -> None:
    assert say_span(span) == said


def test_instant_is_said_in_utc() -> None:
    assert say_instant(1_772_413_200_999) == "2026-03-02 01:00:00Z"


def test_fingerprint_is_that_of_the_content_and_not_of_its_delivery() -> None:
    first = m.ClaimTask(request_id="r1", actor=AGENT, task_id="T1")
    again = m.ClaimTask(request_id="r2", actor=AGENT.model_copy(update={"teams": ()}), task_id="T1")
    assert first.fingerprint() == again.fingerprint()
    others = [
        m.ClaimTask(request_id="r1", actor=COLLEAGUE, task_id="T1"),
        m.ClaimTask(request_id="r1", actor=AGENT, task_id="T2"),
        m.StartTask(request_id="r1", actor=AGENT, task_id="T1"),
    ]
    assert first.fingerprint() not in [other.fingerprint() for other in others]


@pytest.mark.parametrize("request_id", ["", "a b", "-x", "x" * 65])
def test_request_id_is_an_identifier(request_id: str) -> None:
    with pytest.raises(ValidationError):
        m.ClaimTask(request_id=request_id, actor=AGENT, task_id="T1")


def test_words_of_a_person_are_never_empty() -> None:
    with pytest.raises(ValidationError):
        r.Reply(request_id="r", actor=AGENT, text="   ")
    assert r.Reply(request_id="r", actor=AGENT, text="  yes ").text == "yes"


def test_timeline_counts_on_and_forgets_what_the_archive_holds() -> None:
    timeline = Timeline()
    for number in range(1, 6):
        entry = timeline.add(number, "note_added", "online-01", text=f"note {number}", public=number == 1)
        assert (entry.seq, entry.public) == (number, number == 1)
    assert timeline.older_than_newest(5) == []
    older = timeline.older_than_newest(2)
    assert [entry.seq for entry in older] == [1, 2, 3]
    timeline.forget([])
    assert (timeline.archived, len(timeline.entries)) == (0, 5)
    timeline.forget(older)
    assert (timeline.archived, [entry.seq for entry in timeline.entries]) == (3, [4, 5])
    assert timeline.add(6, "note_added", "online-01").seq == 6


@pytest.mark.parametrize(
    ("step", "offset", "name"),
    [
        (Step(do=StepAction.REMIND, at=0.5), 30 * MINUTE, "remind@0.5"),
        (Step.model_validate({"do": "warn", "before": "10m"}), 50 * MINUTE, "warn-600000"),
        (Step.model_validate({"do": "warn", "before": "2h"}), 0, "warn-7200000"),
        (Step.model_validate({"do": "warn", "after": "5m"}), 5 * MINUTE, "warn+300000"),
        (Step.model_validate({"do": "warn", "after": 0}), 0, "warn+0"),
    ],
)
def test_step_has_its_place_in_the_budget_and_a_name_for_life(step: Step, offset: int, name: str) -> None:
    assert (step.offset(HOUR), step.name) == (offset, name)


def test_step_is_placed_exactly_once() -> None:
    for places in ({}, {"at": 1, "before": "1m"}, {"at": 0.5, "before": 0, "after": 0}):
        with pytest.raises(ValidationError, match="exactly one of at, before and after"):
            Step.model_validate({"do": "warn"} | places)


def test_policy_knows_the_teams_of_its_people() -> None:
    policy = charter()
    assert policy.staff["online-25"] == ("online", "vip")
    assert "K000001" not in policy.staff
    assert policy.version.startswith("charter@")
