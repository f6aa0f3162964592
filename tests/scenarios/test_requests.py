"""Requests: repeated ones answer as before, reused ids are refused, bad ones change nothing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from temporalio.client import WorkflowUpdateFailedError

from activities.clock import wall_clock
from domain import messages as m
from domain import requests as r
from domain.complaint import messages as c
from domain.complaint.state import ComplaintStart
from domain.messages import Answer, DeliveryReported
from domain.people import Channel, DeliveryChannel
from starter.new_complaint import NewComplaint
from tests.world import AGENT, NUMBERS, SUPERVISOR, OpenCase, World, refused
from workflows.complaint import ComplaintWorkflow


async def test_repeated_request_answers_as_before_and_does_nothing_twice(world: World) -> None:
    case = await world.open()
    await case.claim()
    first = await case.ask("reply", r.Reply, AGENT, text="hello", request_id="one")
    assert await case.ask("reply", r.Reply, AGENT, text="hello", request_id="one") == first
    await case.quiet()
    assert (await case.story()).count("replied") == 1


async def test_reused_request_id_with_other_content_is_refused(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.ask("reply", r.Reply, AGENT, text="hello", request_id="one")
    with refused("request_id_reused"):
        await case.ask("reply", r.Reply, AGENT, text="good bye", request_id="one")
    with refused("request_id_reused"):
        await case.ask("add_note", r.AddNote, AGENT, text="hello", request_id="one")


async def test_refusal_leaves_no_trace_in_the_history(world: World) -> None:
    case = await world.open()
    before = len((await case.handle.fetch_history()).events)
    for _ in range(3):
        with refused("not_allowed"):
            await case.reply()
    assert len((await case.handle.fetch_history()).events) <= before


async def test_malformed_payload_is_refused_and_the_case_goes_on(world: World) -> None:
    case = await world.open()
    with pytest.raises(WorkflowUpdateFailedError):
        await case.handle.execute_update("claim_task", {"task_id": 7, "nonsense": True}, result_type=Answer)
    assert (await case.claim()).owner == AGENT.id


async def test_lesson_13_invalid_signal_never_fails_the_case(world: World) -> None:
    case = await world.open()
    await case.handle.signal("case_merged", {"no": "sense"})
    await case.handle.signal(
        "case_merged",
        c.CaseMerged(
            case_id="C1", customer_id="K9", order_id=None, subject="x", description="", left={"tier": -5, "bogus": 1}
        ),
    )
    await case.handle.signal("delivery_reported", 42)
    await case.handle.signal("no_such_signal", 42)
    await case.quiet()
    assert (await case.claim()).owner == AGENT.id
    assert "merge_ignored" in await case.story()


async def test_bounced_message_goes_to_a_person_once(world: World) -> None:
    case = await world.open()
    report = DeliveryReported(
        event_id="e1", key=f"{case.case_id}:acknowledgement:1", channel=DeliveryChannel.EMAIL, delivered=False
    )
    for _ in range(2):
        await case.handle.signal("delivery_reported", report)
    await case.quiet()
    assert [task.kind for task in (await case.view()).tasks].count("contact_customer") == 1


async def test_same_source_and_reference_answer_with_the_same_case(world: World) -> None:
    customer = await world.customer()
    new = NewComplaint(
        source="shop", reference="4711x", channel=Channel.EMAIL, customer_id=customer.id, subject="leaks"
    )
    first = await world.service.open_complaint(new)
    again = await world.service.open_complaint(new)
    assert (first.created, again.created, again.case_id) == (True, False, first.case_id)


async def test_opening_that_was_cut_off_is_finished_later(world: World) -> None:
    customer = await world.customer()
    new = NewComplaint(source="shop", reference="4712", channel=Channel.EMAIL, customer_id=customer.id, subject="leaks")
    start = world.service.client.start_workflow

    async def down(*_: object, **__: object) -> None:
        raise ConnectionError("the server is away")

    world.service.client.start_workflow = down  # type: ignore[method-assign, assignment]
    with pytest.raises(ConnectionError):
        await world.service.open_complaint(new)
    world.service.client.start_workflow = start  # type: ignore[method-assign]
    assert await world.service.finish_openings() == 1
    assert (await world.service.open_complaint(new)).created is False


async def test_unknown_customer_and_foreign_order_are_named(world: World) -> None:
    one, other = await world.customer(), await world.customer()
    order = await world.order(other)
    for customer_id, order_id, field in (
        ("K999999", None, "customer_id"),
        (one.id, order, "order_id"),
        (one.id, "O9", "order_id"),
    ):
        with refused("invalid_input") as said:
            await world.open_raw(customer_id=customer_id, order_id=order_id)
        assert said[0].details["field"] == field


def test_bad_fields_of_a_new_complaint_are_named() -> None:
    with pytest.raises(ValidationError) as caught:
        NewComplaint.model_validate(
            {"source": "a b", "reference": "", "channel": "fax", "customer_id": "K1", "subject": ""}
        )
    assert {error["loc"][0] for error in caught.value.errors()} == {"source", "reference", "channel", "subject"}


async def test_unknown_case_is_not_found(world: World) -> None:
    with refused("case_not_found"):
        await world.service.snapshot("CNOSUCHCASE")
    with refused("case_not_found"):
        request = r.CloseCase(request_id="r", actor=SUPERVISOR, reason="x")
        await world.service.act("CNOSUCHCASE", "close_case", request)


async def test_lesson_9_claiming_in_somebody_elses_name_is_impossible(world: World) -> None:
    case = await world.open()
    task = await case.task()
    with pytest.raises(ValidationError):
        m.ClaimTask.model_validate(
            {"request_id": "r", "actor": AGENT.model_dump(), "task_id": task.id, "assignee": "online-02"}
        )
    assert (await case.claim()).owner == AGENT.id


async def test_workflow_looks_up_itself_what_no_door_has_looked_up(world: World) -> None:
    customer = await world.customer(vip=True)
    complaint = c.ComplaintInput(
        case_id=f"backend-{next(NUMBERS)}",
        source="backend",
        reference="1",
        policy=(await world.archive.latest(world.settings.policy)).version,
        arrived_at=wall_clock(),
        channel=Channel.PHONE,
        customer_id=customer.id,
        subject="The kettle leaks",
    )
    await world.client.start_workflow(
        ComplaintWorkflow.run,
        ComplaintStart(complaint=complaint),
        id=complaint.case_id,
        task_queue=world.settings.task_queue,
    )
    case = OpenCase(world, complaint.case_id, customer)
    world.opened.append(case)
    await case.quiet()
    view = await case.view()
    assert (view.customer.vip, view.priority) == (True, "high")
