"""Counting facts and adding them up, on either database, beside the same sums done in Python."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.figures.counting import facts_of
from domain.figures.facts import CountingRules, Fact, Measure
from domain.projection import Projection
from domain.sla.spans import DAY, HOUR, MINUTE
from readmodel.counting import Counted, Counting
from readmodel.figures import SLOT, Chosen, FactsWanted, FactTables
from readmodel.model import ReadModel
from readmodel.stories import Stories
from readmodel.tables import FACTS, UNCOUNTED
from tests.domain.cases import MONDAY
from tests.domain.figures.telling import lived
from tests.readmodel.projections import entry, projection

ALWAYS = FactsWanted(since=0, until=MONDAY + 900 * DAY)
RULES = CountingRules(silent=frozenset({"solution_offered", "summarising", "closed"}))


def rules(case: Counted) -> CountingRules:
    return RULES


@pytest.fixture
async def counted(model: ReadModel, engine: AsyncEngine) -> list[Projection]:
    """Four complaints, written and counted."""
    found = [lived(number) for number in (1, 2, 3, 20)]
    await model.write_all(found)
    assert await Counting(engine).count(rules) == 4
    return found


def facts(projections: list[Projection]) -> list[Fact]:
    return [fact for one in projections for fact in facts_of(one.entries, RULES)]


async def rows(engine: AsyncEngine) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        order = (FACTS.c.case_id, FACTS.c.seq, FACTS.c.number)
        return [tuple(row) for row in await connection.execute(select(FACTS).order_by(*order))]


async def test_totals_are_those_of_the_facts(counted: list[Projection], engine: AsyncEngine) -> None:
    totals = await FactTables(engine).totals(ALWAYS)
    for measure in Measure:
        expected = [fact for fact in facts(counted) if fact.measure is measure]
        found = [total for total in totals if total.measure is measure]
        assert sum(one.count for one in found) == len(expected)
        assert sum(one.good for one in found) == sum(fact.good is True for fact in expected)
        assert sum(one.judged for one in found) == sum(fact.good is not None for fact in expected)
        assert sum(one.total for one in found) == sum(fact.value or 0 for fact in expected)
    assert {(one.case_type, one.channel) for one in totals} == {("complaint", "email")}


async def test_counting_again_changes_nothing(counted: list[Projection], engine: AsyncEngine, model: ReadModel) -> None:
    before = await rows(engine)
    assert before
    assert await Counting(engine).count(rules) == 0
    await model.write_all(counted)
    assert await Counting(engine).waiting() == 4
    assert await Counting(engine).count(rules, at_most=3) == 3
    assert await Counting(engine).count(rules, at_most=3) == 1
    assert await rows(engine) == before


async def test_line_that_comes_late_is_counted_where_it_belongs(engine: AsyncEngine, model: ReadModel) -> None:
    whole = lived(2)
    await model.write(whole.model_copy(update={"entries": whole.entries[5:]}))
    await Counting(engine).count(rules)
    assert await model.write(whole.model_copy(update={"entries": whole.entries[:5], "at": whole.at - 1})) is False
    assert await Counting(engine).count(rules) == 1
    found = {(case_id, seq, measure) for case_id, seq, _, measure, *_ in await rows(engine)}
    assert found == {("C2", fact.seq, fact.measure.value) for fact in facts([whole])}


async def test_case_without_its_timeline_is_not_waited_for_for_ever(engine: AsyncEngine, model: ReadModel) -> None:
    await model.write(projection("C9"))
    async with engine.begin() as connection:
        await connection.execute(insert(UNCOUNTED), [{"case_id": "C9"}, {"case_id": "gone"}])
    assert await Counting(engine).count(rules) == 2
    assert await Counting(engine).waiting() == 0


async def test_rules_are_those_of_the_policy_that_a_case_was_opened_under(
    engine: AsyncEngine, model: ReadModel
) -> None:
    first = entry(1, what="received", facts={"policy": "charter@old"})
    await model.write(projection("C1", policy="charter@new", entries=(first, entry(2))))
    await model.write(projection("C2", policy="charter@new", entries=(entry(2),)))
    assert await Counting(engine).policies() == {"charter@old", "charter@new"}
    asked: dict[str, str] = {}

    def noted(case: Counted) -> CountingRules:
        asked[case.case_id] = case.policy
        return RULES

    await Counting(engine).count(noted)
    assert asked == {"C1": "charter@old", "C2": "charter@new"}


async def test_what_is_removed_or_replaced_is_no_longer_counted_as_it_was(
    counted: list[Projection], engine: AsyncEngine, model: ReadModel
) -> None:
    await model.remove("C1")
    assert {row[0] for row in await rows(engine)} == {"C2", "C3", "C20"}
    shorter = counted[1].model_copy(update={"entries": counted[1].entries[:1]})
    assert await model.replace(shorter, counted[1].version)
    await Counting(engine).count(rules)
    assert [row[3] for row in await rows(engine) if row[0] == "C2"] == ["opened"]


@pytest.mark.parametrize(
    "narrower",
    [
        {"team": "online"},
        {"teams": ("online", "specialists")},
        {"person": "online-01"},
        {"since": MONDAY + 2 * HOUR},
        {"until": MONDAY + 2 * HOUR},
    ],
)
async def test_narrower_wish_adds_up_less(
    counted: list[Projection], engine: AsyncEngine, narrower: dict[str, object]
) -> None:
    wanted = ALWAYS.model_copy(update=narrower)
    expected = [
        fact
        for fact in facts(counted)
        if wanted.since <= fact.at < wanted.until
        and wanted.team in (None, fact.team)
        and (wanted.teams is None or fact.team in wanted.teams)
        and wanted.person in (None, fact.person)
    ]
    assert sum(one.count for one in await FactTables(engine).totals(wanted)) == len(expected)
    assert 0 < len(expected) < len(facts(counted))


async def test_totals_by_person_and_team(counted: list[Projection], engine: AsyncEngine) -> None:
    by_person = await FactTables(engine).totals_by("person", ALWAYS)
    assert {one.who for one in by_person} == {"online-01"}
    assert sum(one.count for one in by_person) == sum(fact.person is not None for fact in facts(counted))
    by_team = await FactTables(engine).totals_by("team", ALWAYS)
    assert {one.who for one in by_team} == {fact.team for fact in facts(counted) if fact.team}


async def test_over_time_and_spread(counted: list[Projection], engine: AsyncEngine) -> None:
    resolved, tables = [fact for fact in facts(counted) if fact.measure is Measure.RESOLVED], FactTables(engine)
    found = await tables.over_time(ALWAYS, Chosen(Measure.RESOLVED))
    assert [slot for slot, _ in found] == sorted({fact.at - fact.at % SLOT for fact in resolved})
    assert sum(total.count for _, total in found) == 4
    assert await tables.over_time(ALWAYS, Chosen(Measure.RESOLVED, tier=2)) == []
    spread = await tables.spread(ALWAYS, Chosen(Measure.RESOLVED, case_type="complaint"), [MINUTE, 3 * MINUTE])
    assert spread == [1, 2, 1]


async def test_stories_are_told_by_their_opening_whole_and_once(
    counted: list[Projection], engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readmodel.stories.AT_ONCE", 2)
    found = [story async for story in Stories(engine).told(MONDAY + HOUR, MONDAY + 20 * HOUR)]
    assert [story.case.case_id for story in found] == ["C1", "C2", "C3"]
    assert [story.entries for story in found] == [list(one.entries) for one in counted[:3]]
