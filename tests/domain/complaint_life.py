"""A complaint and its copies, with what the workflow does around them: ask, attend to due steps, carry out letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain import messages as m
from domain.case import Act
from domain.case_clocks import UnderWay
from domain.complaint import facts
from domain.complaint.case import Complaint
from domain.complaint.machine import ComplaintStatus
from domain.conversation import may_keep, settle
from domain.deeds import Deed, DeliveryReport, DeliveryState, JoinCase, LookupReport, SendMessage
from domain.errors import CaseError
from domain.people import Actor, Channel, Role
from domain.tasks import HumanTask, eligible
from tests.domain.cases import AUDITOR, CUSTOMER, MONDAY, ORDER, STRANGER, arrival, profile
from tests.domain.complaint_draws import RARELY, policies

T = TypeVar("T")


class Life(RuleBasedStateMachine):
    """One complaint that is begun, asked and attended to; what happens to it is for others to say."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.cases: list[Complaint] = []
        self.received = False
        self.outbox: list[Deed] = []
        self.handed_over = self.now
        self.keys: set[str] = set()
        self.fired: dict[tuple[str, str], int] = {}
        self.asked: list[tuple[Callable[[Any, Any], Act], m.Request]] = []
        self.number = 0
        self.broken = False
        self.post: DeliveryState | None = DeliveryState.DELIVERED

    @property
    def status(self) -> ComplaintStatus | None:
        return self.case.state.status if self.cases else None

    @property
    def case(self) -> Complaint:
        return self.cases[0]

    def each(self, do: Callable[[Complaint], T]) -> T:
        """Do the same to the case and to its copy; both must answer the same."""
        self.broken = True
        answers = [do(case) for case in self.cases]
        self.broken = False
        assert answers.count(answers[0]) == len(answers)
        return answers[0]

    # Asking.

    def ask(self, decide: Callable[[Any, Any], Act], request_type: type[m.Request], actor: Actor, **fields: Any) -> str:
        """Ask of all copies; returns the refusal's code, or `done`."""
        self.number += 1
        request = request_type(request_id=f"r{self.number}", actor=actor, **fields)
        self.asked.append((decide, request))
        answer = self.each(lambda case: self.ask_one(case, decide, request))
        self.attend()
        return answer

    def ask_one(self, case: Complaint, decide: Callable[[Any, Any], Act], request: m.Request) -> str:
        """The validator refuses or not; the handler runs what fell due before, decides once more, and acts."""
        refused, _ = self.decided(case, decide, request)
        if refused is not None or case.answered(request):
            return refused or "done"
        under_way = next((deed for deed in self.outbox if isinstance(deed, SendMessage)), None)
        case.take_due_steps(self.now, UnderWay(may_keep(under_way), self.handed_over) if under_way else None)
        refused, act = self.decided(case, decide, request)
        if act is None:
            return str(refused)
        act(self.now)
        answer = m.Answer(case_id=case.state.case_id, status=case.status, tier=case.tier, at=self.now)
        case.remember(request, answer)
        return "done"

    def decided(
        self, case: Complaint, decide: Callable[[Any, Any], Act], request: m.Request
    ) -> tuple[str | None, Act | None]:
        """The refusal's code, or the act. Neither may leave a trace."""
        before = case.state.model_dump_json()
        refusal, act = None, None
        try:
            if case.answered(request) is None:
                act = decide(case, request)
        except CaseError as error:
            refusal = error
        assert case.state.model_dump_json() == before, "deciding left a trace"
        if refusal is None:
            return None, act
        assert refusal.message
        assert json.dumps(refusal.details)
        return refusal.code, None

    def attend(self) -> None:
        """What the workflow does after each activation: due steps, then what was decided goes off."""
        self.each(lambda case: case.take_due_steps(self.now))
        deeds = self.each(lambda case: case.state.deeds)
        for case in self.cases:
            case.state.deeds = []
        for deed in deeds:
            assert deed.key not in self.keys, f"the key {deed.key} names two effects"
            self.keys.add(deed.key)
        if not any(isinstance(deed, SendMessage) for deed in self.outbox):
            self.handed_over = self.now
        self.outbox += deeds
        if self.post is not None:
            self.carry_out_letters(self.post)

    def staff(self, member: str) -> Actor:
        teams = self.case.policy.staff[member]
        roles = {self.case.policy.teams[team].role for team in teams}
        return Actor(id=member, role=max(roles, key=list(Role).index), teams=teams)

    def person(self, who: str, task: HumanTask | None, pick: int) -> Actor:
        """Somebody in that relation to a task, or to the case where there is no task."""
        policy = self.case.policy
        team = policy.teams[task.team if task else self.case.team]
        if who == "owner" and task and task.owner:
            return self.staff(task.owner)
        pool = (task and eligible(task, policy)) or team.present
        people = {
            "lead": self.staff(policy.teams["management"].members[pick % 2]),
            "supervisor": self.staff(policy.teams["supervisors"].members[pick % 3]),
            "customer": CUSTOMER,
            "stranger": STRANGER,
            "auditor": AUDITOR,
            "other": self.staff(sorted(policy.staff)[pick % 100]),
        }
        return people.get(who) or self.staff(pool[pick % min(3, len(pool))])

    def some_task(self, which: int) -> str:
        """Mostly an active task, sometimes one that has ended, rarely none at all."""
        tasks = self.case.active_tasks() if which % 8 else self.case.state.tasks
        return tasks[which % len(tasks)].id if tasks else "T999"

    # Beginning.

    @initialize(
        channel=st.sampled_from(Channel),
        vip=RARELY,
        policy=st.sampled_from(range(4)),
        subject=st.sampled_from(["The kettle leaks", "Identity theft", "The kettle exploded"]),
        upset=st.booleans(),
        crisis_level=st.sampled_from([None, None, 1, 2, 3]),
        order=st.booleans(),
        at_once=st.sampled_from([True, True, True, False]),
    )
    def open(self, channel: Channel, vip: bool, policy: int, order: bool, at_once: bool, **fields: Any) -> None:
        self.complaint = arrival(policies()[policy], channel=channel, **fields)
        self.found = LookupReport(customer=profile(vip=vip), order=ORDER if order else None)
        self.cases = [facts.new_complaint(self.complaint, policies()[policy], self.now)]
        if at_once:
            self.take_in()

    @precondition(lambda self: self.cases and not self.received)
    @rule()
    def receive(self) -> None:
        self.take_in()

    def take_in(self) -> None:
        self.received = True
        self.each(lambda case: facts.receive(case, self.complaint, self.found, self.now))
        self.attend()

    def carry_out_letters(self, state: DeliveryState) -> None:
        letters = [deed for deed in self.outbox if isinstance(deed, SendMessage)]
        self.outbox = [deed for deed in self.outbox if isinstance(deed, JoinCase)]

        def tell(case: Complaint) -> None:
            for letter in letters:
                settle(case, letter, DeliveryReport(state=state, channel=letter.channels[0]), self.now)

        self.each(tell)
        if letters:
            self.attend()
