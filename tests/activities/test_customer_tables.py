"""What customers send and answer, in both databases: kept once, counted by case, never changed."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.attachments.embedded import EmbeddedAttachmentStore
from activities.attachments.port import Attachment, NewAttachment
from activities.surveys.answers import SurveyAnswer, SurveyAnswers
from domain.figures.surveys import Tally
from domain.survey import Survey


def file(number: int) -> NewAttachment:
    return NewAttachment(f"{number:032d}", f"{number}.png", "image/png", bytes([number]) * 3)


async def test_files_are_kept_once_and_found_with_their_case_only(engine: AsyncEngine) -> None:
    store = EmbeddedAttachmentStore(engine, clock=lambda: 7)
    assert await store.keep("c1", "customer:K1", (file(1), file(2)), 3) == (file(1).id, file(2).id)
    assert await store.keep("c1", "customer:K1", (file(2), file(3)), 3) == (file(3).id,)
    expected = [Attachment(file(n).id, "c1", f"{n}.png", "image/png", 3, "customer:K1", 7) for n in (1, 2, 3)]
    assert await store.of_case("c1") == expected
    assert await store.content("c1", file(2).id) == (expected[1], b"\x02\x02\x02")
    assert await store.content("c2", file(2).id) is None
    await store.drop("c2", (file(1).id,))
    await store.drop("c1", (file(2).id, file(3).id))
    assert await store.of_case("c1") == expected[:1]
    await store.drop("c1", ())


async def test_case_gets_no_more_files_than_it_may_however_many_come_at_once(engine: AsyncEngine) -> None:
    store = EmbeddedAttachmentStore(engine)
    kept = await asyncio.gather(*(store.keep("c1", "customer:K1", (file(number),), 2) for number in range(6)))
    assert sum(one is not None for one in kept) == len(await store.of_case("c1")) == 2
    assert await store.keep("c2", "customer:K1", tuple(file(number) for number in range(10, 13)), 2) is None
    assert await store.of_case("c2") == []


async def test_first_answer_to_a_survey_stays_and_all_of_a_time_are_found(engine: AsyncEngine) -> None:
    times = iter([10, 20, 30, 40, 50])
    answers = SurveyAnswers(engine, clock=lambda: next(times))
    assert await answers.write("c1", "complaint", 0, Survey(csat=5, nps=10, ces=7, text="Well done"))
    assert not await answers.write("c1", "complaint", 0, Survey(csat=1))
    assert await answers.write("c1", "complaint", 1, Survey(nps=0))
    assert await answers.write("c2", "return", 0, Survey(ces=3))
    first = SurveyAnswer("c1", 0, "complaint", 10, 5, 10, 7, "Well done")
    assert await answers.of_case("c1") == [first, SurveyAnswer("c1", 1, "complaint", 30, None, 0, None, None)]
    assert {*await answers.tallies(10, 40)} == {Tally(5, 10, 7, 1), Tally(None, 0, None, 1)}
    assert {*await answers.tallies(11, 41)} == {Tally(None, 0, None, 1), Tally(None, None, 3, 1)}
    assert await answers.write("c3", "return", 0, Survey(ces=3))
    assert await answers.tallies(31, 100) == [Tally(None, None, 3, 2)]
    assert "Well done" not in repr(first)
