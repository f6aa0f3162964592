"""A complaint under random verbs of random people at random times, in health and after downtime.

Everything is asked as the workflow asks it: the decision is made once to check, once more to act; then due steps run.
A second case, read back from the first one's JSON at some moment as after continue-as-new, must live the same life.

The same lives are lived in each run, so that no unlucky draw fails somebody else's change. `EXPLORE=5000` lives others.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.complaint import facts
from domain.complaint import messages as c
from domain.complaint.case import Complaint
from domain.complaint.machine import ComplaintStatus
from domain.complaint.show import details, face, shown_facts
from domain.complaint.state import ComplaintState
from domain.deeds import DeliveryState, JoinCase
from domain.messages import DeliveryReported
from domain.people import Actor, Role
from domain.reaching import delivery_reported
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, Span
from domain.views import view_case
from tests.domain.cases import CUSTOMER, STRANGER
from tests.domain.complaint_acts import PeopleAct
from tests.domain.complaint_draws import NUMBERS, SPANS
from tests.domain.complaint_life import Life
from tests.domain.complaint_watch import Watched


class WorldActs(Life):
    """Time, the post, other cases and the system that carries it all."""

    @rule(span=SPANS)
    def time_passes(self, span: Span) -> None:
        """Everything is up: each step runs at its own instant."""
        self.let_time_pass(span)

    def let_time_pass(self, span: Span) -> None:
        until = self.now + span
        while (steps := self.case.plan()) and steps[0].due <= until:
            self.now = max(steps[0].due, self.now)
            self.attend()
        self.now = until

    @precondition(lambda self: self.status in (ComplaintStatus.SOLUTION_OFFERED, ComplaintStatus.WAITING_FOR_CUSTOMER))
    @rule(span=st.integers(HOUR, 4 * DAY))
    def customer_is_silent(self, span: Span) -> None:
        """While the customer has the word nobody else may do anything for days."""
        self.let_time_pass(span)

    @rule(span=SPANS, verb_first=st.booleans())
    def system_is_down(self, span: Span, verb_first: bool) -> None:
        """What fell due runs at the end, all at once; a verb that lay waiting may come before."""
        self.now += span
        if not verb_first:
            self.attend()

    @rule(post=st.sampled_from([None, *DeliveryState, DeliveryState.DELIVERED, DeliveryState.DELIVERED]))
    def fortune_of_the_post_changes(self, post: DeliveryState | None) -> None:
        """From now on every letter has this fate; None leaves letters lying until it changes again."""
        self.post = post
        self.attend()

    @precondition(lambda self: any(isinstance(deed, JoinCase) for deed in self.outbox))
    @rule(joins=st.booleans())
    def other_case_answers(self, joins: bool) -> None:
        """The case that this one is to go on in has taken over, or is gone."""
        deed = next(deed for deed in self.outbox if isinstance(deed, JoinCase))
        self.outbox.remove(deed)
        if joins:
            self.each(lambda case: facts.joined(case, deed.target, self.now))
        else:
            self.each(lambda case: facts.not_joined(case, deed.target, "it is gone", self.now))
        self.attend()

    @rule(number=st.integers(1, 3), fits=st.booleans(), left=st.integers(-DAY, 2 * DAY))
    def another_case_is_merged_into_it(self, number: int, fits: bool, left: Span) -> None:
        order = self.case.state.order.id if self.case.state.order else None
        merged = c.CaseMerged(
            case_id=f"D{number}",
            customer_id=CUSTOMER.id if fits else STRANGER.id,
            order_id=order,
            subject="The kettle still leaks",
            description="",
            notes=("was called",),
            left=dict.fromkeys([*ClockKind, "promise_of_tomorrow"], left),
        )
        self.each(lambda case: facts.absorb(case, merged, self.now))
        self.attend()

    @rule(event=st.integers(1, 5), delivered=st.booleans(), which=NUMBERS)
    def provider_reports(self, event: int, delivered: bool, which: int) -> None:
        sent = sorted(self.keys)
        key = sent[which % len(sent)] if sent else "C1:acknowledgement:1"
        channel = self.case.delivery_channels()[0]
        report = DeliveryReported(event_id=f"e{event}", key=key, channel=channel, delivered=delivered)
        self.each(lambda case: delivery_reported(case, report, self.now))
        self.attend()

    # Going on as new, being looked at, being asked again.

    @rule()
    def continue_as_new(self) -> None:
        """From here on a copy that was read back from JSON lives the same life."""
        written = self.case.state.model_dump_json()
        state = ComplaintState.model_validate_json(written)
        assert state.model_dump_json() == written
        self.cases = [self.case, Complaint(state, self.case.policy)]

    @rule()
    def looks(self) -> None:
        before = self.case.state.model_dump_json()
        view = view_case(self.case, "complaint", (), shown_facts(self.case), self.now)
        assert view.model_dump_json()
        assert face(self.case)["CaseTier"] == self.case.tier
        assert details(self.case, self.now).startswith(f"**Tier {self.case.tier}")
        assert self.case.state.model_dump_json() == before

    @precondition(lambda self: self.asked)
    @rule(which=NUMBERS)
    def ask_again(self, which: int) -> None:
        """A request that comes again is answered as before and does nothing; with other content it is refused."""
        decide, request = self.asked[which % len(self.asked)]
        if request.request_id not in self.case.state.answers:
            return
        before = self.case.state.model_dump_json()
        self.each(lambda case: self.ask_one(case, decide, request))
        other = request.model_copy(update={"actor": Actor(id="somebody-else", role=Role.AGENT)})
        assert self.each(lambda case: self.ask_one(case, decide, other)) == "request_id_reused"
        assert self.case.state.model_dump_json() == before


class ComplaintLife(PeopleAct, WorldActs, Watched):
    """One complaint and everybody who has to do with it."""


TestComplaintLife = ComplaintLife.TestCase
TestComplaintLife.pytestmark = [pytest.mark.timeout(600)]  # type: ignore[attr-defined]  # pytest reads it
TestComplaintLife.settings = settings(
    max_examples=int(os.environ.get("EXPLORE", "300")),
    stateful_step_count=50,
    derandomize="EXPLORE" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
