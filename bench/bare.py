"""The bare workflows that ours are measured against: what the outside requires, and nothing else.

They take the same start, the same updates and the same message activity as ours, and have no clocks, no look-up, no
checks, no timeline and no search attributes. Whatever ours cost more is the price of keeping promises.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.notifications.activities import NotificationActivities
    from domain import messages as m
    from domain.complaint.messages import AnswerSolution, ComplaintInput
    from domain.complaint.state import ComplaintStart
    from domain.deeds import MessageOrder
    from domain.people import DeliveryChannel, Language
    from domain.requests import Reply
    from domain.templates import TemplateName

RESOLVE, SUMMARISE = "T1", "T2"


def letter(complaint: ComplaintInput, template: TemplateName, number: int, text: str | None = None) -> MessageOrder:
    """A message to the customer, the same order that ours sends."""
    return MessageOrder(
        case_id=complaint.case_id,
        key=f"{complaint.case_id}:{template.value}:{number}",
        channel=DeliveryChannel.EMAIL,
        customer_id=complaint.customer_id,
        language=Language.EN,
        zone="Asia/Shanghai",
        policy=complaint.policy,
        template=template,
        words={
            "case_number": complaint.case_id,
            "subject": complaint.subject,
            "tier": 1,
            "doing": "in_progress",
            "text": text,
        },
        automatic=text is None,
    )


@workflow.defn
class BareComplaintWorkflow:
    """Acknowledge, take the agent's and the customer's word, send what they say, end."""

    @workflow.init
    def __init__(self, start: ComplaintStart) -> None:
        self._complaint = start.complaint
        self._letters = [letter(start.complaint, TemplateName.ACKNOWLEDGEMENT, 1)]
        self._status = "in_progress"
        self._owner: str | None = None

    @workflow.run
    async def run(self, start: ComplaintStart) -> str:
        while self._letters or self._status != "closed":
            await workflow.wait_condition(lambda: bool(self._letters) or self._status == "closed")
            while self._letters:
                order = self._letters.pop(0)
                await workflow.execute_activity_method(
                    NotificationActivities.send_message, order, summary=order.template.value, **options.SEND
                )
        return self._status

    @workflow.update
    def claim_task(self, request: m.ClaimTask) -> m.Answer:
        self._owner = request.actor.id
        return self._answer(request.task_id)

    @workflow.update
    def reply(self, request: Reply) -> m.Answer:
        self._letters.append(letter(self._complaint, TemplateName.AGENT_MESSAGE, 1, request.text))
        return self._answer(None)

    @workflow.update
    def complete_task(self, request: m.CompleteTask) -> m.Answer:
        if request.task_id == RESOLVE:
            self._status = "solution_offered"
            solution = str(request.form["solution"])
            self._letters.append(letter(self._complaint, TemplateName.SOLUTION_OFFERED, 1, solution))
        else:
            self._status = "closed"
        return self._answer(request.task_id)

    @workflow.update
    def answer_solution(self, request: AnswerSolution) -> m.Answer:
        self._status = "summarising"
        self._letters.append(letter(self._complaint, TemplateName.RESOLVED, 1))
        return self._answer(None)

    def _answer(self, task_id: str | None) -> m.Answer:
        return m.Answer(
            case_id=self._complaint.case_id,
            status=self._status,
            tier=1,
            task_id=task_id,
            owner=self._owner,
            at=workflow.time_ns() // 1_000_000,
        )


@workflow.defn
class BareUpdatesWorkflow:
    """An update to the customer every four hours, for ever: what a status update costs at the least."""

    @workflow.run
    async def run(self, start: ComplaintStart) -> None:
        number = 0
        while True:
            await workflow.sleep(timedelta(hours=4))
            number += 1
            await workflow.execute_activity_method(
                NotificationActivities.send_message,
                letter(start.complaint, TemplateName.STATUS_UPDATE, number),
                summary=f"Status update no. {number}",
                **options.SEND,
            )
