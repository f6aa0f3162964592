"""When a customer hears from us again: floating and fixed cadence, pauses, and quiet hours."""

from __future__ import annotations

from domain.conversation import next_update_by, start_updates
from domain.deeds import GrantCompensation
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND
from domain.templates import TemplateName
from tests.domain.cases import MONDAY, changed, opened
from tests.domain.steps import BREACH, COMPENSATE, GUARANTEE, SEND, fixed, slow, templates

UPDATE = ClockKind.STATUS_UPDATE


# --- status updates, floating ---------------------------------------------------------------------------------


def test_floating_update_starts_anew_with_every_delivered_message() -> None:
    case = opened(slow())
    case.deliver()
    assert (case.clock(UPDATE).instance, case.clock(UPDATE).due(case.case.calendar("always"))) == (2, MONDAY + 4 * HOUR)
    case.wait(4 * HOUR - MINUTE)
    (update,) = case.messages
    assert (update.key, update.template) == ("C1:status_update:2:update", TemplateName.STATUS_UPDATE)
    assert update.words["next_update_by"] == case.now + 4 * HOUR
    case.deliver()
    assert case.clock(UPDATE).started_at == case.now


def test_update_that_did_not_arrive_is_missed_and_the_next_one_is_promised() -> None:
    case = opened(slow())
    case.deliver()
    case.wait(4 * HOUR)
    missed, fresh = [clock for clock in case.case.state.clocks if clock.kind is UPDATE][-2:]
    assert (missed.state, missed.open, fresh.state) == (ClockState.BREACHED, False, ClockState.RUNNING)
    assert fresh.started_at == case.now
    assert not [deed for deed in case.deeds if isinstance(deed, GrantCompensation)]


def test_guaranteed_update_that_did_not_arrive_is_compensated() -> None:
    steps = [SEND, BREACH, COMPENSATE]
    case = opened(slow(status_update={"steps": steps, "guarantee": GUARANTEE}))
    case.wait(4 * HOUR)
    assert [str(deed.amount) for deed in case.deeds if isinstance(deed, GrantCompensation)] == ["5.00 CNY"]
    assert len({deed.key for deed in case.deeds}) == len(case.deeds)


def test_second_try_of_an_update_has_a_key_of_its_own() -> None:
    case = opened(slow(status_update={"steps": [{"do": "send_update", "before": "30m"}, SEND, BREACH]}))
    case.wait(4 * HOUR)
    keys = [message.key for message in case.messages if message.template is TemplateName.STATUS_UPDATE]
    assert keys == ["C1:status_update:1:update", "C1:status_update:1:update:2"]


def test_paused_update_promises_nothing() -> None:
    case = opened()
    case.solve()
    assert case.clock(UPDATE).state is ClockState.PAUSED
    assert next_update_by(case.case, case.now) is None
    case.accept()
    assert next_update_by(case.case, case.now) is None
    case.deliver()
    assert case.case.open_clock(UPDATE) is None


# --- status updates, fixed ------------------------------------------------------------------------------------


def test_fixed_update_keeps_its_grid_whatever_else_is_written() -> None:
    case = opened(fixed())
    case.claim()
    case.wait(HOUR // 6)
    case.reply()
    assert case.messages[-1].words["next_update_by"] == MONDAY + 4 * HOUR
    case.deliver()
    assert case.case.due(case.clock(UPDATE)) == MONDAY + 4 * HOUR


def test_fixed_update_is_followed_by_the_next_of_the_grid() -> None:
    case = opened(slow("fixed", status_update={"cadence": "fixed"}))
    case.deliver()
    case.wait(4 * HOUR - MINUTE)
    assert case.messages[0].words["next_update_by"] == MONDAY + 8 * HOUR
    case.deliver()
    clock = case.clock(UPDATE)
    assert (clock.running_since, case.case.due(clock)) == (MONDAY + 4 * HOUR, MONDAY + 8 * HOUR)
    case.solve()
    case.reject()
    assert case.case.due(case.clock(UPDATE)) == MONDAY + 8 * HOUR


def test_fixed_update_that_nobody_got_is_missed_on_the_grid() -> None:
    case = opened(slow("fixed", status_update={"cadence": "fixed"}))
    case.sleep(9 * HOUR)
    assert case.case.due(case.clock(UPDATE)) == MONDAY + 12 * HOUR
    assert "late_by_system" in case.story


def test_fixed_update_whose_words_went_out_with_another_message_was_given() -> None:
    """Escalation and update fall due while the system is down: one letter says both, and it counts as the update."""
    case = opened(
        changed(
            "fixed", status_update={"cadence": "fixed", "steps": [{"do": "send_update", "before": "3h30m"}, BREACH]}
        )
    )
    case.sleep(31 * MINUTE)
    letters = case.deliver()
    assert [letter.template for letter in letters] == [TemplateName.ACKNOWLEDGEMENT, TemplateName.ESCALATED]
    assert letters[-1].joined == ("C1:status_update:1:update",)
    assert case.clock(UPDATE).instance == 2


def test_promise_on_a_fixed_grid_leaves_passed_periods_out() -> None:
    case = opened(fixed())
    case.case.cancel(UPDATE, case.now, "test")
    start_updates(case.case, MONDAY + 9 * HOUR, "test", runs_from=MONDAY)
    assert case.clock(UPDATE).running_since == MONDAY + 8 * HOUR


# --- quiet hours ----------------------------------------------------------------------------------------------


def test_update_of_the_night_is_sent_when_quiet_hours_end_and_is_not_missed() -> None:
    steps = [SEND, BREACH, COMPENSATE]
    policy = slow(status_update={"quiet_hours": "office", "guarantee": GUARANTEE, "steps": steps})
    case = opened(policy, at=MONDAY + 7 * HOUR)
    case.deliver()
    morning = MONDAY + DAY
    assert next_update_by(case.case, case.now) == morning + MINUTE
    case.wait(morning - case.now)
    assert templates(case) == ["status_update"]
    case.wait(30 * SECOND)
    case.deliver()
    case.wait(3 * HOUR)
    assert "breached" not in case.story
    assert case.case.due(case.clock(UPDATE)) == morning + 30 * SECOND + 4 * HOUR


def test_update_of_the_night_that_nobody_gets_in_the_morning_is_missed() -> None:
    case = opened(slow(status_update={"quiet_hours": "office"}), at=MONDAY + 7 * HOUR)
    case.deliver()
    case.wait(2 * DAY)
    missed = next(entry for entry in case.case.state.timeline.entries if entry.what == "breached")
    assert missed.at == MONDAY + DAY + MINUTE
