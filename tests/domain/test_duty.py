"""Who is there: what people said, for as long as it counts, their shifts and their absences."""

from __future__ import annotations

from domain.assignment.duty import Presence, Told, duty_of
from domain.assignment.policy import AssignmentPolicy
from domain.people import Channel
from domain.policy import Policy
from domain.sla.spans import HOUR, MINUTE
from tests.domain.assigning import pushing
from tests.domain.cases import MONDAY, charter

OFFICE = pushing(shifts={"early": {"calendar": "office", "members": ["online-01"]}}, skills={"calming": ["online-01"]})
NIGHT = MONDAY - 2 * HOUR


def duty(policy: Policy, at: int = MONDAY, person: str = "online-01", **told: object) -> tuple[object, ...]:
    said = Told.model_validate({"presence": "available", "heard_at": at} | told)
    found = duty_of(person, policy, said, {Channel.CHAT: 2, Channel.EMAIL: 1}, at)
    return found.presence, found.absent, found.on_shift, found.back_at


def test_what_somebody_said_of_themselves_counts_for_a_while() -> None:
    assert duty(charter()) == (Presence.AVAILABLE, False, True, None)
    assert duty(charter(), heard_at=MONDAY - 15 * MINUTE) == (Presence.AVAILABLE, False, True, None)
    assert duty(charter(), heard_at=MONDAY - 15 * MINUTE - 1) == (Presence.OFFLINE, False, True, None)


def test_who_has_shifts_works_while_one_of_them_is_open() -> None:
    assert duty(OFFICE) == (Presence.AVAILABLE, False, True, MONDAY)
    assert duty(OFFICE, NIGHT) == (Presence.AVAILABLE, False, False, MONDAY)
    assert duty(OFFICE, NIGHT, "online-02") == (Presence.AVAILABLE, False, True, None)


def test_absence_holds_until_its_end() -> None:
    assert duty(charter(), absent_until=MONDAY + 1) == (Presence.AVAILABLE, True, True, MONDAY + 1)
    assert duty(OFFICE, NIGHT, absent_until=NIGHT) == (Presence.AVAILABLE, False, False, MONDAY)


def test_person_is_known_with_skills_and_everything_in_hand() -> None:
    found = duty_of("online-01", OFFICE, Told(last_given=7), {Channel.CHAT: 2, Channel.EMAIL: 1}, MONDAY)
    assert (found.skills, found.load, found.last_given) == (frozenset({"calming"}), 3, 7)
    assert found.presence is Presence.OFFLINE


def test_pause_until_somebody_is_looked_for_again_doubles_up_to_a_limit() -> None:
    rules = AssignmentPolicy()
    assert [rules.pause_after(vain) // MINUTE for vain in (1, 2, 3, 4, 5, 6, 1_000)] == [1, 2, 4, 8, 15, 15, 15]


def test_team_may_have_a_time_of_its_own_to_begin_in() -> None:
    rules = AssignmentPolicy.model_validate({"push": {"vip": {"accept_within": "15s"}, "online": {}}})
    assert [rules.accept_time(team) for team in ("vip", "online", "legal")] == [15_000, 120_000, 120_000]
