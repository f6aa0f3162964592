"""The players: for each complaint a script of what its customer, agents, departments and supervisors do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

from domain import messages as m
from domain import requests as r
from domain.complaint import messages as c
from domain.complaint import tasks as kinds
from domain.complaint.machine import ComplaintStatus
from domain.messages import CaseView, TaskView
from domain.sla.spans import SECOND
from starter.demo.cast import Part
from starter.demo.playing import CasePlayer, Move, active, is_active
from starter.demo.stage import Stage

STUDY: dict[int, tuple[float, float]] = {1: (0.05, 0.4), 2: (2.0, 8.0), 3: (1.0, 3.0)}
"""Seconds that people of a tier think about a case: moments, up to a working day, some hours."""

DEPARTMENTS = ("finance", "legal")


class Player(CasePlayer):
    """Everybody who takes part in one complaint."""

    def __init__(self, stage: Stage, part: Part, first: CasePlayer | None, lot: random.Random) -> None:
        """Set the scene; `first` plays the complaint that this one is merged into."""
        super().__init__(stage, lot)
        self.part = part
        self.first = first
        self.rejects = part.rejects
        self.spoke_at: set[int] = set()
        self.asked: set[str] = set()

    @property
    def customer_id(self) -> str:
        return self.part.row.complaint.customer_id

    @property
    def moves(self) -> Mapping[str, Move]:
        return {
            ComplaintStatus.IN_PROGRESS: self._work,
            ComplaintStatus.WAITING_FOR_CUSTOMER: self._customer_answers,
            ComplaintStatus.WAITING_FOR_DEPARTMENT: self._departments_answer,
            ComplaintStatus.SOLUTION_OFFERED: self._customer_judges,
            ComplaintStatus.SUMMARISING: self._wrap_up,
            ComplaintStatus.FOLLOWING_UP: self._wrap_up,
        }

    async def come_in(self) -> str:
        row = self.part.row
        if row.customer:
            await self.stage.house.doors.store.customers.register(row.customer)
        return (await self.service.open_complaint(row.complaint)).case_id

    # Agents.

    async def _work(self, view: CaseView) -> None:
        tier = view.tier or 1
        if self.first:
            await self._join(self.first)
        elif self.part.withdraws:
            await self._pause(0.5, 1.2)
            await self._ask("withdraw", c.Withdraw, self.customer, text="It has settled itself.")
        elif approval := active(view, kinds.APPROVE_GOODWILL):
            await self._complete(approval, approved=True, remarks="Fair.")
        elif tier == 1 and (1 in self.part.overruns or self.part.late):
            await self._left(tier)
        elif task := active(view, kinds.RESOLVE):
            await self._resolve(view, task, tier)
        else:
            await self._wait(view)

    async def _resolve(self, view: CaseView, task: TaskView, tier: int) -> None:
        agent = await self._owner(task)
        if tier not in self.spoke_at:
            self.spoke_at.add(tier)
            asks = self.part.asks_back and "customer" not in self.asked
            self.asked.add("customer")
            text = "When did you last hear from them?" if asks else "I am looking into it."
            await self._ask("reply", r.Reply, agent, text=text, await_answer=asks)
            if asks:
                return
        if tier in self.part.overruns:
            await self._left(tier)
            return
        if "departments" not in self.asked:
            await self._pause(*STUDY.get(tier, STUDY[3]))
        if tier == self.stage.house.policy.complaint.top_tier and "departments" not in self.asked:
            self.asked.add("departments")
            questions = tuple(c.DepartmentQuestion(team=team, question="What do you know?") for team in DEPARTMENTS)
            await self._ask("ask_departments", c.AskDepartments, agent, questions=questions)
            return
        goodwill = self.part.goodwill.model_dump() if self.part.goodwill else None
        solution: dict[str, object] = {"solution": "We correct it and confirm it in writing.", "goodwill": goodwill}
        await self._ask("complete_task", m.CompleteTask, agent, task_id=task.id, form=solution)

    async def _left(self, tier: int) -> None:
        await self._until(lambda line: line.tier != tier or not line.running)

    async def _departments_answer(self, view: CaseView) -> None:
        for task in view.tasks:
            if task.kind == kinds.DEPARTMENT and is_active(task):
                await self._pause(0.3, 0.8)
                await self._complete(task, answer="It was an error of ours.")

    async def _wrap_up(self, view: CaseView) -> None:
        forms: dict[str, dict[str, object]] = {
            kinds.SUMMARISE: {"summary": "Put right and confirmed.", "cause": "error of ours"},
            kinds.ROOT_CAUSE: {
                "root_cause": "Nobody checks the entry.",
                "preventive_measure": "A second pair of eyes before it goes out.",
                "measure_owner": "manager-01",
                "measure_due": "2027-01-31",
            },
            kinds.FOLLOW_UP: {"score": 5, "remarks": "Satisfied."},
        }
        for task in view.tasks:
            if task.kind in forms and is_active(task):
                await self._pause(0.2, 0.8)
                await self._complete(task, **forms[task.kind])

    async def _join(self, first: CasePlayer) -> None:
        supervisor = self._staff(self.lot.choice(self.stage.house.policy.teams["supervisors"].present))
        self.first = None  # should it be refused, or be over already, this complaint is worked on like any other
        await self.service.merge(
            self.case_id, first.case_id, request_id=self._request_id(), actor=supervisor, reason="the same matter"
        )
        await asyncio.sleep(0.5)

    # Customers.

    async def _customer_answers(self, view: CaseView) -> None:
        await self._pause(3.0, 5.0)
        await self._ask("customer_reply", r.CustomerReply, self.customer, text="Three weeks ago.")

    async def _customer_judges(self, view: CaseView) -> None:
        within = self.stage.house.policy.complaint.clocks.satisfaction.within / SECOND
        if self.part.silent:
            await self._until(lambda line: not line.running)
        elif self.rejects:
            self.rejects -= 1
            await self._pause(0.3, 1.0)
            await self._ask("answer_solution", c.AnswerSolution, self.customer, satisfied=False, score=2)
        else:
            if self.part.hesitates:
                with self.stage.idle():
                    await asyncio.sleep(within * 0.5 + 1.0)
            await self._pause(0.2, 1.0)
            await self._ask("answer_solution", c.AnswerSolution, self.customer, satisfied=True, score=5)
