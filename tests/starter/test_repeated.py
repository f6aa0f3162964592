"""The same reference again: the same content is answered with its case, other content is not lost but refused."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import ReferenceUsedError
from domain.people import Channel
from runtime.settings import Settings
from starter.doors import Doors, Store, open_store
from starter.importing import ImportRow
from starter.intake import Intake, take_in
from starter.new_complaint import NewComplaint
from starter.new_order_change import NewOrderChange
from starter.opening import Opening
from starter.policy_shelf import PolicyShelf
from starter.refusals import UnavailableError
from starter.repeated import content_hash
from tests.starter.command_line import CUSTOMER, ListeningService

_NUMBERS = itertools.count(1)


@dataclass
class SomeServer:
    """Starts everything, and says the same of every case."""

    told: WorkflowExecutionStatus | RPCStatusCode = WorkflowExecutionStatus.RUNNING
    down: bool = False

    async def start_workflow(self, *_: object, **__: object) -> None:
        if self.down:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    def get_workflow_handle(self, case_id: str) -> SomeServer:
        return self

    async def describe(self) -> SimpleNamespace:
        if isinstance(self.told, RPCStatusCode):
            raise RPCError("no", self.told, b"")
        return SimpleNamespace(status=self.told)


@pytest.fixture
def server() -> SomeServer:
    return SomeServer()


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with open_store(settings) as opened:
        yield opened


@pytest.fixture
def opening(store: Store, server: SomeServer) -> Opening:
    return Opening(
        client=cast(Client, server),
        task_queue="q",
        register=store.openings,
        policies=PolicyShelf(store.policies),
        customers=store.customers,
        orders=store.orders,
        policy="charter",
    )


def complaint(reference: str | None = None, **said: Any) -> NewComplaint:
    fields = {"source": "shop", "channel": "email", "customer_id": CUSTOMER, "subject": "The kettle leaks", **said}
    return NewComplaint.model_validate({"reference": reference or f"repeated-{next(_NUMBERS)}", **fields})


@pytest.mark.parametrize(
    ("told", "is_open"),
    [
        (WorkflowExecutionStatus.RUNNING, True),
        (WorkflowExecutionStatus.COMPLETED, False),
        (RPCStatusCode.NOT_FOUND, False),
    ],
    ids=["runs", "over", "forgotten"],
)
async def test_same_content_again_is_its_case_and_says_whether_that_is_open(
    opening: Opening, server: SomeServer, told: WorkflowExecutionStatus | RPCStatusCode, is_open: bool
) -> None:
    new = complaint()
    first = await opening.open_complaint(new)
    server.told = told
    again = await opening.open_complaint(new)
    assert (first.created, first.open) == (True, True)
    assert (again.case_id, again.created, again.open) == (first.case_id, False, is_open)


async def test_other_content_is_refused_with_the_number_of_the_case(opening: Opening) -> None:
    new = complaint()
    first = await opening.open_complaint(new)
    with pytest.raises(ReferenceUsedError) as refused:
        await opening.open_complaint(complaint(new.reference, subject="The lid is broken, too"))
    assert refused.value.details == {"field": "reference", "case_id": first.case_id}


async def test_other_content_behind_an_opening_that_was_cut_off_is_refused_when_the_first_has_started(
    opening: Opening, store: Store, server: SomeServer
) -> None:
    new = complaint()
    server.down = True
    with pytest.raises(UnavailableError):
        await opening.open_complaint(new)
    server.down = False
    with pytest.raises(ReferenceUsedError) as refused:
        await opening.open_complaint(complaint(new.reference, subject="Something else"))
    known = await store.openings.get(str(refused.value.details["case_id"]))
    assert known is not None
    assert (known.started, known.request_hash) == (True, content_hash(new))


async def test_import_passes_over_the_same_row_and_reports_a_changed_one(opening: Opening, store: Store) -> None:
    same, changed = complaint(), complaint()
    for new in (same, changed):
        await opening.open_complaint(new)
    rows: list[Any] = [
        ImportRow(2, {}, same),
        ImportRow(3, {}, complaint(changed.reference, subject="Changed since then")),
    ]
    doors = Doors(store.settings, store, cast(Client, None), ListeningService())
    intake = await take_in(doors, rows, intake=Intake(), tell=lambda _: None)
    assert (intake.known, [(one.line, one.field) for one in intake.refused]) == (1, [(3, "reference")])


def test_who_of_the_staff_enters_it_makes_it_no_other_request() -> None:
    one, other = (
        NewOrderChange.model_validate(
            {
                "source": "desk",
                "reference": "r",
                "channel": Channel.CHAT,
                "customer_id": CUSTOMER,
                "order_id": "O1",
                "wanted": {"cancel": "too late"},
                "asked_by": who,
            }
        )
        for who in ("online-01", "online-02")
    )
    assert content_hash(one) == content_hash(other)
