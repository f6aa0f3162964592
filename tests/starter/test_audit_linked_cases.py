"""The auditor of linked cases: who informs the customer is read from the histories of both, and a silence is found."""

from __future__ import annotations

from domain.sla.rules import ClockKind
from starter.audit.findings import Promise, Verdict
from starter.audit.record import Informed
from tests.starter.auditing import judged, read, recorded

COMPLAINT = "message_of_the_return_restarts_the_complaints_clock-1"
BY_ITSELF = "order_change_out_of_a_complaint_lapses_and_the_owner_is_told-2"


async def test_what_a_linked_case_said_is_a_sign_of_life_of_its_complaint() -> None:
    record = await read(recorded(COMPLAINT))
    assert record.linked
    assert record.elsewhere
    assert judged(record).broken == []


async def test_case_that_a_complaint_speaks_for_owes_no_update_of_its_own() -> None:
    record = await read(recorded(BY_ITSELF))
    assert [one.elsewhere for one in record.informed] == [True]
    assert judged(record).broken == []
    assert not record.breaches(ClockKind.STATUS_UPDATE)


async def test_case_that_nobody_speaks_for_any_more_owes_its_updates_again() -> None:
    record = await read(recorded(BY_ITSELF))
    begun = record.informed[0]
    # As if the complaint had handed the conversation over at once, and nobody had written since.
    record.informed = [begun, Informed(begun.at + 1, begun.event, elsewhere=False)]
    record.shown = [one for one in record.shown if one.at <= begun.at]
    record.letters = []
    found = judged(record)
    assert found.of(Promise.STATUS_UPDATE, Verdict.BROKEN)
