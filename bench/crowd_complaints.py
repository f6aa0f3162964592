"""Complaints under chaos: customers who may be upset, not satisfied or have second thoughts."""

from __future__ import annotations

import random

from activities.customers.port import Registration
from bench.crowd import Crowd
from bench.played import PlayedCase
from domain.complaint import messages as c
from domain.messages import CaseView
from domain.people import Actor, Channel, CustomerProfile, DeliveryChannel, Role
from domain.tasks import ACTIVE
from starter.new_complaint import NewComplaint


async def open_complaint(crowd: Crowd, number: int, lot: random.Random) -> PlayedCase:
    """Make a customer known, and open a complaint."""
    customer = Actor(id=f"K{number:06d}", role=Role.CUSTOMER)
    addresses = dict.fromkeys(DeliveryChannel, f"{customer.id}@example.invalid")
    profile = CustomerProfile(id=customer.id)
    await crowd.ground.customers.register(Registration(profile=profile, addresses=addresses))
    new = NewComplaint(
        source="chaos",
        reference=str(number),
        channel=lot.choice(tuple(Channel)),
        customer_id=customer.id,
        subject="It broke",
        upset=lot.random() < 0.1,
    )
    opened = await crowd.insist(new.reference, lambda: crowd.service.open_complaint(new))
    return _Complaint(crowd, opened.case_id, customer, lot)


class _Complaint(PlayedCase):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.rejects = self.lot.random() < 0.1
        self.withdraws = self.lot.random() < 0.05

    async def move(self, view: CaseView) -> None:
        active = [task for task in view.tasks if task.state in ACTIVE]
        if await self.reach(view):
            return
        if view.status == "solution_offered":
            satisfied, self.rejects = not self.rejects, False
            await self.ask("answer_solution", c.AnswerSolution, self.customer, satisfied=satisfied)
        elif self.withdraws and view.status == "in_progress":
            await self.ask("withdraw", c.Withdraw, self.customer)
        elif active:
            await self.do(active[0])
