"""What customers thought, as figures: by hand and against a plain count of every answer."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from domain.figures.figures import Figure
from domain.figures.surveys import Tally, survey_figures
from domain.figures.targets import FigureTargets

Given: TypeAlias = tuple[int | None, int | None, int | None, int]
SCORES = st.tuples(
    st.none() | st.integers(1, 5), st.none() | st.integers(0, 10), st.none() | st.integers(1, 7), st.integers(1, 4)
)


def by_name(*tallies: Tally) -> dict[str, Figure]:
    return {one.name: one for one in survey_figures(tallies, FigureTargets())}


def test_figures_of_a_few_answers_are_what_the_hand_finds() -> None:
    found = by_name(Tally(5, 10, 7, 2), Tally(3, 6, None, 1), Tally(None, 8, 1, 1))
    assert {name: (one.count, one.value, one.met) for name, one in found.items()} == {
        "survey_satisfied": (3, 2 / 3, False),
        "recommend": (4, 25.0, False),
        "effort": (3, 5.0, None),
    }


def test_without_answers_there_is_nothing_to_say() -> None:
    assert {(one.count, one.value) for one in by_name().values()} == {(0, None)}


@given(st.lists(SCORES, max_size=20))
def test_tallies_say_the_same_as_each_answer_counted(
    drawn: list[tuple[int | None, int | None, int | None, int]],
) -> None:
    found = by_name(*(Tally(*one) for one in drawn))
    nps = [nps for _, nps, _, count in drawn if nps is not None for _ in range(count)]
    plain = sum((score >= 9) - (score <= 6) for score in nps) * 100 / len(nps) if nps else None
    assert (found["recommend"].count, found["recommend"].value) == (len(nps), plain)
    assert all(one.value is None or -100 <= one.value <= 100 for one in found.values())
