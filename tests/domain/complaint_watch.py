"""What must hold of a complaint at every moment, and that it can always be ended."""

from __future__ import annotations

from hypothesis.stateful import invariant

from domain import requests as r
from domain import supervision
from domain.case_clocks import KEPT_ENDED_CLOCKS
from domain.case_record import KEPT_ENDED_TASKS, REMEMBERED_ANSWERS
from domain.complaint.machine import WORKING, ComplaintStatus
from domain.complaint.tasks import APPROVE_GOODWILL, DEPARTMENT, FOLLOW_UP, RESOLVE, ROOT_CAUSE, SUMMARISE
from domain.deeds import DeliveryState
from domain.sla.clock import Clock, ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY
from domain.tasks import TaskState
from domain.worked_case import CONTACT
from tests.domain.cases import SUPERVISOR
from tests.domain.complaint_life import Life

ENDINGS = ("closed", "withdrawn", "merged")


class Watched(Life):
    """Looks at the complaint after each step."""

    @invariant()
    def copy_lives_the_same_life(self) -> None:
        if len(self.cases) > 1:
            first, second = (case.state.model_dump_json() for case in self.cases)
            assert first == second

    @invariant()
    def tasks_and_their_owners_are_in_order(self) -> None:
        if not self.cases:
            return
        assert len(self.case.active_tasks(RESOLVE)) <= 1
        assert len(self.case.active_tasks(APPROVE_GOODWILL)) <= 1
        assert len(self.case.active_tasks(CONTACT)) <= 1
        ids = [task.id for task in self.case.state.tasks]
        assert len(ids) == len(set(ids))
        for task in self.case.active_tasks():
            at_work = task.suspended_from if task.state is TaskState.SUSPENDED else task.state
            assert at_work in (TaskState.READY, TaskState.RESERVED, TaskState.IN_PROGRESS)
            assert (task.owner is None) == (at_work is TaskState.READY)
            assert task.owner not in task.excluded
            if task.owner and task.kind != SUMMARISE:
                assert task.owner in (task.nominees or self.case.policy.teams[task.team].members)
            if task.kind in (RESOLVE, DEPARTMENT, APPROVE_GOODWILL):
                assert task.tier == self.case.tier
                assert self.status in WORKING
        assert len(self.case.state.tasks) - len(self.case.active_tasks()) <= KEPT_ENDED_TASKS

    @invariant()
    def clocks_are_in_order(self) -> None:
        if not self.cases:
            return
        clocks = self.case.state.clocks
        ids = [clock.id for clock in clocks]
        assert len(ids) == len(set(ids))
        tasks = {task.id for task in self.case.active_tasks()}
        for kind in ClockKind:
            opened = [clock for clock in clocks if clock.kind is kind and clock.open]
            ended = len([clock for clock in clocks if clock.kind is kind]) - len(opened)
            if kind in (ClockKind.TASK_CLAIM, ClockKind.TASK_DUE, ClockKind.CLAIM_IDLE):
                assert ended <= KEPT_ENDED_CLOCKS + KEPT_ENDED_TASKS
            else:
                assert len(opened) <= 1, f"two open clocks: {kind}"
                assert ended <= KEPT_ENDED_CLOCKS + 1
            assert len({clock.task for clock in opened}) == len(opened)
            assert all(clock.task in tasks for clock in opened if clock.task), f"{kind} of a task that is over"
        for clock in clocks:
            assert [event.at for event in clock.why] == sorted(event.at for event in clock.why)
            for step, instant in clock.fired.items():
                assert self.fired.setdefault((clock.id, step), instant) == instant, "a step fired twice"
            if clock.open and clock.held:
                assert clock.running_since is None
            self.miss_is_on_record(clock)

    def miss_is_on_record(self, clock: Clock) -> None:
        """A clock that was met after its time was breached before, and a guaranteed one was compensated."""
        changes = {event.what for event in clock.why} & {"budget changed", "rules changed", "carried over"}
        promise = clock.kind in (ClockKind.TIER, ClockKind.TASK_CLAIM, ClockKind.TASK_DUE)
        if promise and clock.ended_as is ClockState.MET and not changes and clock.consumed > clock.budget:
            assert clock.breached_at is not None, f"{clock.id} was met late and nobody knows"
        same_rules = clock.policy == self.case.policy_version and "rules changed" not in changes
        if clock.breached_at is not None and same_rules and self.case.rule(clock.kind).guarantee:
            assert f"C1:{clock.id}" in self.case.state.compensated

    @invariant()
    def somebody_has_the_word(self) -> None:
        if not self.cases:
            return
        case, status = self.case, self.case.state.status
        assert status in ComplaintStatus
        assert case.tier in case.rules.tiers
        assert case.tier <= case.state.highest_tier
        updates = [clock for clock in case.state.clocks if clock.kind is ClockKind.STATUS_UPDATE and clock.open]
        if case.over:
            assert not [clock for clock in case.state.clocks if clock.open]
            assert not case.active_tasks()
            assert case.state.outcome
            assert status in ENDINGS
        elif status in WORKING:
            assert case.active_tasks(RESOLVE) or case.active_tasks(APPROVE_GOODWILL), "nobody has the case"
            assert len(updates) == 1
            assert case.open_clock(ClockKind.TIER)
        elif status is ComplaintStatus.SOLUTION_OFFERED:
            assert case.open_clock(ClockKind.SATISFACTION)
            assert len(updates) == 1
            assert not case.active_tasks(RESOLVE)
        elif self.received:
            assert status in (ComplaintStatus.SUMMARISING, ComplaintStatus.FOLLOWING_UP)
            wrapping_up = (SUMMARISE, ROOT_CAUSE, FOLLOW_UP)
            assert [task for task in case.active_tasks() if task.kind in wrapping_up], "nobody wraps it up"
            assert not updates
        assert (case.open_clock(ClockKind.CUSTOMER_ANSWER) is not None) == (
            status is ComplaintStatus.WAITING_FOR_CUSTOMER
        )
        if status is ComplaintStatus.WAITING_FOR_DEPARTMENT:
            assert case.active_tasks(DEPARTMENT)

    @invariant()
    def record_is_whole_and_bounded(self) -> None:
        if not self.cases:
            return
        timeline = self.case.state.timeline
        assert [entry.seq for entry in timeline.entries] == list(range(1, timeline.last_seq + 1))
        assert len(self.case.state.answers) <= REMEMBERED_ANSWERS

    def teardown(self) -> None:
        """Whatever has happened, a supervisor can end the case, and then nothing stays open."""
        if not self.cases or self.broken:
            return
        if not self.received:
            self.take_in()
        if not self.case.over:
            self.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="enough")
        self.carry_out_letters(DeliveryState.UNKNOWN)
        assert self.case.over
        assert not self.case.plan()
        self.outbox.clear()
        self.now += 400 * DAY
        self.attend()
        assert not self.outbox
        assert not self.case.active_tasks()
        assert not [clock for clock in self.case.state.clocks if clock.open]
