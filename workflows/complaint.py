"""The life of a complaint.

A complaint arrives, its customer and order are looked up, it is classified into a tier and acknowledged with what
happens next and by when. A task is offered to that tier's team, and until the customer accepts a solution, withdraws
or falls silent it stays somebody's work: answered, asked about, escalated when its tier's time runs out. Every four
hours the customer hears from us. What was accepted is summarised, what reached the top tier gets its root cause, and
what was important is followed up. Then it is closed, and may be reopened for a while.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import options
from workflows.base import CaseWorkflow, refusal
from workflows.linked import start_linked
from workflows.verbs import verb

with workflow.unsafe.imports_passed_through():
    from activities.customers.activities import CustomerActivities
    from domain.complaint import decisions, facts, show
    from domain.complaint import messages as m
    from domain.complaint.case import Complaint
    from domain.complaint.linking import SOURCE
    from domain.complaint.machine import ComplaintStatus
    from domain.complaint.state import ComplaintResult, ComplaintStart
    from domain.deeds import JoinCase, LookupOrder, OwnDeed, StartCase
    from domain.errors import CaseError
    from domain.linked.messages import LinkedCaseMoved, LinkedCaseReplied
    from domain.linked.starts import start_of
    from domain.messages import Request
    from runtime.published import published


@workflow.defn
class ComplaintWorkflow(CaseWorkflow):
    """One complaint, from its arrival to its end."""

    case: Complaint  # type: ignore[mutable-override]  # narrowed, and set only by begin
    case_type = "complaint"
    shown_by = show

    @workflow.init
    def __init__(self, start: ComplaintStart) -> None:
        super().__init__()
        self.complaint = start.complaint
        if start.state is None:
            policy = published(start.complaint.policy)
            self.begin(facts.new_complaint(start.complaint, policy, self.now()))
            if start.found is not None:
                facts.receive(self.case, start.complaint, start.found, self.now())
        else:
            self.begin(Complaint(start.state, published(start.state.policy)))

    @workflow.run
    async def run(self, start: ComplaintStart) -> ComplaintResult:
        """The complaint's story."""
        if start.state is None and start.found is None:
            await self.receive()
        if start.reopen:
            self.take_up_again(start.reopen)
        await self.attend(until=self.answered)
        await self.attend(until=self.summarised)
        await self.attend(until=self.followed_up)
        await self.finish()
        return self.result()

    async def receive(self) -> None:
        """Look up what the door did not, then acknowledge, classify and offer."""
        order = LookupOrder(
            case_id=self.complaint.case_id,
            customer_id=self.complaint.customer_id,
            order_id=self.complaint.order_id,
        )
        found = await workflow.execute_activity_method(
            CustomerActivities.look_up, order, summary="Look up customer and order", **options.LOOK_UP
        )
        facts.receive(self.case, self.complaint, found, self.now())

    def take_up_again(self, request: m.Reopen) -> None:
        """Work again on a case that had been closed."""
        try:
            self.act_on(request, decisions.reopen)
        except CaseError as error:
            raise refusal(error) from None

    def answered(self) -> bool:
        """The customer has accepted a solution, withdrawn, fallen silent, or goes on in another case."""
        return not self.case.unresolved

    def summarised(self) -> bool:
        """Summary and root cause are recorded."""
        return self.answered() and self.case.state.status is not ComplaintStatus.SUMMARISING

    def followed_up(self) -> bool:
        """Closed, after the call that important cases get."""
        return self.case.over

    def result(self) -> ComplaintResult:
        """What the case leaves behind."""
        state = self.case.state
        return ComplaintResult(
            case_id=state.case_id,
            status=self.case.status,
            outcome=state.outcome,
            tier=state.tier,
            closed_at=state.closed_at or self.now(),
            state=state,
        )

    escalate = verb("escalate", m.Escalate, decisions.escalate)
    ask_departments = verb("ask_departments", m.AskDepartments, decisions.ask_departments)
    answer_solution = verb("answer_solution", m.AnswerSolution, decisions.answer_solution)
    withdraw = verb("withdraw", m.Withdraw, decisions.withdraw)
    reopen = verb("reopen", m.Reopen, decisions.reopen)
    open_linked_case = verb("open_linked_case", m.OpenLinkedCase, decisions.open_linked_case)
    merge = verb("merge", m.Merge, decisions.merge)
    force_tier = verb("force_tier", m.ForceTier, decisions.force_tier)

    @workflow.signal
    def case_merged(self, merged: m.CaseMerged) -> None:
        """Another case of the same customer and order goes on in this one."""
        facts.absorb(self.case, merged, self.now())
        self._turn()

    @workflow.signal
    def linked_case_moved(self, news: LinkedCaseMoved) -> None:
        """A case that came out of this one stands elsewhere, has ended, or its customer has heard from it."""
        self.case.linked_moved(news, self.now())
        self._turn()

    @workflow.signal
    def linked_case_replied(self, news: LinkedCaseReplied) -> None:
        """The customer wrote to a case that came out of this one."""
        self.case.linked_replied(news, self.now())
        self._turn()

    def opened_by(self, request: Request) -> str | None:
        return self.case.state.linked_cases[-1].case_id if isinstance(request, m.OpenLinkedCase) else None

    def start_again(self) -> ComplaintStart:
        return ComplaintStart(complaint=self.complaint, state=self.case.state)

    async def carry_out(self, deed: OwnDeed) -> None:
        """Open a case that comes out of this one, or join another."""
        if isinstance(deed, StartCase):
            await self.start_linked(deed)
        else:
            assert isinstance(deed, JoinCase)
            await self.join(deed)

    async def start_linked(self, deed: StartCase) -> None:
        """The case starts, and hears from then on what changes here."""
        informs = self.case.informs
        start = start_of(self.case.state, deed, informs=informs)
        if await start_linked(deed, start, SOURCE, self.case.policy):
            self.case.linked_started(deed, informs=informs, now=self.now())
        else:
            self.case.linked_not_started(deed, "its reference was used before", self.now())

    async def join(self, deed: JoinCase) -> None:
        """The other case is told first; only when it has taken over does this one end."""
        handle = workflow.get_external_workflow_handle(deed.target)
        try:
            await handle.signal("case_merged", facts.handover_note(self.case, self.now()))
        except ApplicationError as error:
            facts.not_joined(self.case, deed.target, error.message, self.now())
        else:
            facts.joined(self.case, deed.target, self.now())
