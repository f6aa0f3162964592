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

from activities.openings.register import Opening as Known
from domain.errors import ReferenceUsedError
from domain.people import Channel
from runtime.settings import Settings
from starter.doors import Doors, Store, open_store
from starter.importing import ImportRow
from starter.intake import Intake, take_in
from starter.new_complaint import NewComplaint
from starter.new_delivery import NewDelivery
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from starter.opening import Opening
from starter.policy_shelf import PolicyShelf
from starter.refusals import UnavailableError
from starter.repeated import _IN_THE_FIRST_FORM, NewCase, content_hash, require_same
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


BEGINNING = {"source": "shop", "reference": "r1", "channel": "email", "customer_id": "c1"}
LEAKS = NewComplaint.model_validate({**BEGINNING, "subject": "The kettle leaks", "said_at": 1_795_356_645_000})
CHANGES = [{"do": "add", "variant_id": "V1", "quantity": 2}, {"do": "remove", "line_id": "L1"}]
CHANGE = NewOrderChange.model_validate(
    {**BEGINNING, "order_id": "O1", "wanted": {"lines": CHANGES}, "asked_by": "online-01"}
)
BACK = [{"line_id": "L1", "quantity": 1, "reason": "defective"}]
RETURN = NewReturn.model_validate({**BEGINNING, "order_id": "O1", "wanted": {"kind": "refund", "items": BACK}})
LATE = NewDelivery.model_validate({"customer_id": "c1", "order_id": "O1", "parcel_id": "P1", "problem": "late"})
FIRST_FORMS = [
    (LEAKS, "fa38092ec6a5e1886536904be6993c1b46d69f4f42d43b1c7edcc56195b354a2"),
    (CHANGE, "b752f53283e5ca7666adea8edf01bec4c5bed2fff7ae1a5b85791bc9d05665e9"),
    (RETURN, "2dea7d697d139638a7b2e3ecf01c567a5a8ace692f24e06073f1ac5c6a19e9cb"),
    (LATE, "5581d498cdcf4ca3a59512d9b29df589166d15a83d566e5fbe4a0ceefd020a76"),
]
"""What was handed in to the first releases, and the hash that they kept of it."""


def kept(request_hash: str) -> Known:
    return Known("CMP-1", "shop", "r1", request_hash, opened_at=0, started=True)


@pytest.mark.parametrize(("new", "request_hash"), FIRST_FORMS, ids=["complaint", "change", "return", "delivery"])
def test_hash_that_was_kept_by_an_earlier_release_is_still_that_of_the_same_request(
    new: NewCase, request_hash: str
) -> None:
    require_same(kept(request_hash), new)
    require_same(kept(content_hash(new)), new)


class LaterComplaint(NewComplaint):
    """As a release to come may have it."""

    mood: str = "calm"


@pytest.fixture
def later_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_IN_THE_FIRST_FORM, LaterComplaint, _IN_THE_FIRST_FORM[NewComplaint])


@pytest.mark.usefixtures("later_release")
@pytest.mark.parametrize("request_hash", [FIRST_FORMS[0][1], content_hash(LEAKS)], ids=["first form", "now"])
def test_field_that_a_later_release_adds_makes_the_same_request_no_other_one(request_hash: str) -> None:
    same = LaterComplaint.model_validate(LEAKS.model_dump())
    require_same(kept(request_hash), same)
    for said in ({"mood": "cross"}, {"subject": "The lid leaks"}):
        with pytest.raises(ReferenceUsedError):
            require_same(kept(request_hash), same.model_copy(update=said))


def test_default_that_is_written_out_is_the_same_as_one_that_is_left_out() -> None:
    assert content_hash(complaint("r", upset=False, description="")) == content_hash(complaint("r"))
    assert content_hash(complaint("r", upset=True)) != content_hash(complaint("r"))


def test_each_kind_of_change_of_a_line_is_another_request() -> None:
    each: list[dict[str, Any]] = [
        {"do": "add", "variant_id": "V1", "quantity": 2},
        {"do": "remove", "line_id": "L1"},
        {"do": "quantity", "line_id": "L1", "quantity": 2},
        {"do": "variant", "line_id": "L1", "variant_id": "V1"},
    ]
    changes = [{**BEGINNING, "order_id": "O1", "wanted": {"lines": [one]}} for one in each]
    assert len({content_hash(NewOrderChange.model_validate(one)) for one in changes}) == len(each)


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
