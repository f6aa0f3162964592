"""The board's counts, sifted and parted: every number is that of the list behind its link."""

from __future__ import annotations

from domain.attention import Awaits
from domain.sla.spans import MINUTE
from readmodel.board import Cell
from starter.desk.board.sieve import Sieve, Sight, Tally, awaited, parted, sieve_of, tally

TEAMS = ("online", "phone")


def cell(count: int = 1, **fields: object) -> Cell:
    return Cell.model_validate(
        {
            "case_type": "complaint",
            "tier": 1,
            "channel": "email",
            "teams": ("online",),
            "awaits": Awaits.PERSON,
            "breached": False,
            "at_risk": False,
            "due_soon": False,
            "overdue": False,
            "count": count,
            **fields,
        }
    )


CELLS = [
    cell(4),
    cell(2, at_risk=True, due_soon=True, awaits=Awaits.QUEUE),
    cell(3, tier=2, breached=True, overdue=True, teams=("online", "phone")),
    cell(5, tier=None, case_type="return", channel="chat", teams=("phone",), awaits=Awaits.CUSTOMER),
]


def test_cases_are_counted_by_what_a_supervisor_looks_for() -> None:
    assert tally(CELLS) == Tally(all=14, at_risk=2, due_soon=2, overdue=3, breached=3, unassigned=2)
    assert [tally(CELLS).of(sight) for sight in Sight] == [2, 2, 3, 3, 2, 14]


def test_part_shows_all_values_also_when_it_is_sifted_by_one_of_them() -> None:
    sieve = Sieve(team="online", channel="email")
    assert {team: found.all for team, found in parted(CELLS, sieve, "team").items()} == {"online": 9, "phone": 3}
    assert {tier: found.all for tier, found in parted(CELLS, sieve, "tier").items()} == {"1": 6, "2": 3}
    assert {one: found.all for one, found in parted(CELLS, sieve, "channel").items()} == {"email": 9}
    assert awaited(CELLS, Sieve(awaits=Awaits.QUEUE)) == {Awaits.QUEUE: 2, Awaits.CUSTOMER: 5, Awaits.PERSON: 7}


def test_link_asks_for_what_the_sieve_holds() -> None:
    sieve = Sieve(Sight.BREACHED, tier=2, team="phone", awaits=Awaits.PERSON)
    assert sieve_of(sieve.but(), TEAMS) == sieve
    assert sieve_of(sieve.but(sight=Sight.ALL, tier=None), TEAMS) == Sieve(
        Sight.ALL, team="phone", awaits=Awaits.PERSON
    )


def test_what_means_nothing_is_left_alone() -> None:
    asked = {"sight": "<b>", "tier": "²", "team": "legal", "channel": "pigeon", "case_type": "x", "awaits": "godot"}
    assert sieve_of(asked, TEAMS) == Sieve()
    assert sieve_of({"tier": "9" * 5_000}, TEAMS).tier is None


def test_each_look_is_a_list_of_its_own() -> None:
    asked = {sight: Sieve(sight).wanted(7, None, None).model_dump(exclude_none=True) for sight in Sight}
    every = {"open": True, "sort": "due", "limit": 50}
    assert asked == {
        Sight.AT_RISK: {**every, "at_risk_by": 7},
        Sight.DUE_SOON: {**every, "due_by": 7 + 30 * MINUTE},
        Sight.OVERDUE: {**every, "overdue_at": 7},
        Sight.BREACHED: {**every, "breached": True},
        Sight.UNASSIGNED: {**every, "awaits": Awaits.QUEUE},
        Sight.ALL: every,
    }
