"""A case as its workflow leads it, in pure Python: its deeds are carried out in turn, and it hears of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from domain import messages as m
from domain.case import Act
from domain.conversation import settle
from domain.deeds import DeliveryReport, DeliveryState, SendMessage, TakeStep
from domain.errors import CaseError
from domain.order_change import answers as change_answers
from domain.order_change.case import OrderChange
from domain.order_change.state import OrderChangeState
from domain.people import Actor
from domain.returns import answers as return_answers
from domain.returns.case import Return
from domain.returns.state import ReturnState
from domain.shop import asks
from domain.shop.refusal import Refusal
from domain.shop_case.events import Fact
from domain.shop_case.messages import OrderMoved
from domain.sla.spans import Instant
from tests.shop_cases.shop import AwayError, OpenShop

AnyCase: TypeAlias = OrderChange | Return

AWAY, LOST_REPLY, TWICE, WELL = "away", "reply lost", "twice", "well"
FATES = (AWAY, LOST_REPLY, TWICE, WELL)
"""What can befall one call: it is not made, its answer is lost after it was, it is made twice, all is well."""


@dataclass
class Life:
    """One case and what it decided that nobody has carried out."""

    case: AnyCase
    shop: OpenShop
    lane: list[TakeStep] = field(default_factory=list)
    asked: dict[str, asks.ShopAsk] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    post: DeliveryState = DeliveryState.DELIVERED
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def over(self) -> bool:
        return self.case.over and not self.lane

    @property
    def order_id(self) -> str:
        return self.case.state.order_id

    @property
    def id(self) -> str:
        return self.case.state.case_id

    # What follows each activation.

    def attend(self) -> None:
        now = self.shop.now
        while True:
            self.case.take_due_steps(now)
            self.case.go_on(now)
            fresh, self.case.state.deeds = self.case.state.deeds, []
            for deed in fresh:
                assert deed.key not in self.keys, f"the key {deed.key} names two effects"
                self.keys.add(deed.key)
            self.lane += [deed for deed in fresh if isinstance(deed, TakeStep)]
            assert len(self.lane) <= 1, "steps are taken one after the other"
            letters = [deed for deed in fresh if isinstance(deed, SendMessage)]
            for letter in letters:
                settle(self.case, letter, DeliveryReport(state=self.post, channel=letter.channels[0]), now)
            if not letters:
                return

    def hand_on(self) -> None:
        """A worker dies and another one goes on, or the run is continued as new: only what was written down is left."""
        before = self.case.state.model_dump_json()
        fresh: AnyCase
        if isinstance(self.case, OrderChange):
            fresh = OrderChange(OrderChangeState.model_validate_json(before), self.case.policy)
        else:
            fresh = Return(ReturnState.model_validate_json(before), self.case.policy)
        assert fresh.state.model_dump_json() == before
        self.case = fresh
        self.lane = [TakeStep.model_validate_json(deed.model_dump_json()) for deed in self.lane]

    # The shop.

    def step(self, fate: str = WELL) -> bool:
        """Let the next call be made, and the case hear of it unless its fate says otherwise; whether it did."""
        if not self.lane or fate == AWAY:
            return False
        deed = self.lane[0]
        if isinstance(deed.ask, asks.Keyed):
            self.asked[deed.ask.key] = deed.ask
        try:
            answer = self.shop.ask(deed.ask)
            if fate == TWICE:
                again = self.shop.ask(deed.ask)
                assert again == answer or isinstance(answer, Refusal), f"{deed.ask.do} was answered otherwise"
        except AwayError:
            return False
        if fate == LOST_REPLY:
            return False
        self.lane.pop(0)
        self._hear(deed, answer)
        self.attend()
        return True

    def drain(self) -> None:
        while self.step():
            pass

    def _hear(self, deed: TakeStep, answer: object) -> None:
        hearing: Any = change_answers if isinstance(self.case, OrderChange) else return_answers
        if isinstance(answer, Refusal):
            hearing.refused(self.case, deed, answer, self.shop.now)
        else:
            hearing.answered(self.case, deed, answer, self.shop.now)

    def tell(self, fact: Fact) -> None:
        """Signal something to the case, as the relay would."""
        if self.over or fact.order_id != self.order_id or not fact.news_to(self.id):
            return
        if isinstance(fact.event, OrderMoved):
            self.case.order_moved(fact.event, self.shop.now)
        else:
            getattr(self.case, fact.signal)(fact.event)
        self.attend()

    # People.

    def ask(self, decide: Callable[[Any, Any], Act], kind: type[m.Request], actor: Actor, **fields: Any) -> str:
        """Ask as the workflow does; returns the refusal's code, or `done`. A refusal leaves no trace."""
        if self.over:
            return "over"
        request = kind(actor=actor, request_id=f"r{next(self.numbers)}", **fields)
        if refused := self._refused(decide, request):
            return refused
        self.case.take_due_steps(self.shop.now)
        if refused := self._refused(decide, request):
            self.attend()
            return refused
        decide(self.case, request)(self.shop.now)
        self.attend()
        return "done"

    def _refused(self, decide: Callable[[Any, Any], Act], request: m.Request) -> str | None:
        before = self.case.state.model_dump_json()
        try:
            decide(self.case, request)
        except CaseError as error:
            return error.code
        finally:
            assert self.case.state.model_dump_json() == before, "deciding left a trace"
        return None

    @property
    def settled_by_hand(self) -> bool:
        """Whether a person had to do what the shop would not."""
        told = self.case.state.timeline.entries
        return any(entry.what == "task_offered" and entry.facts["kind"] == "settle_by_hand" for entry in told)


def next_due(lives: list[Life]) -> Instant | None:
    """When the next step of any of these falls due."""
    return min((life.case.plan()[0].due for life in lives if not life.over and life.case.plan()), default=None)
