"""Order changes and returns of the same orders, in whatever order things happen: money and goods always add up.

The cases are real and decide as in their workflows; the shop is the embedded one behind its real activities. Calls get
lost, or are made twice; workers die and others go on; the warehouse takes orders over, parcels move, get lost and come
back, customers change their minds and staff decide this way and that. After each of it the books must be right, and in
the end each case must come to its own.

The same lives are lived in each run, so that no unlucky draw fails somebody else's change. `EXPLORE=500` lives others.
"""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain.errors import CaseError
from domain.shop.changes import AddItem
from domain.shop.parcels import ParcelStatus
from domain.shop_case.events import fact_of
from domain.sla.spans import DAY, HOUR, MINUTE, Span
from tests.domain.cases import charter
from tests.shop_cases.books import Books
from tests.shop_cases.ledger import check_effects, check_ends
from tests.shop_cases.lives import FATES, WELL, Life, next_due
from tests.shop_cases.people import customer_says, work_on
from tests.shop_cases.shop import OpenShop, make_template
from tests.shop_cases.wishes import new_case, some_change, some_return

MOST_CASES = 8
LONGEST = 400
"""Rounds of everybody's work after which a case that is not over never will be."""

SEED = st.integers(0, 2**32)
PICK = st.integers(0, 99)
ORDERS = st.sampled_from(["o1", "o2", "o3", "o4", "o5"])
MOSTLY_OPEN = ("o1", "o1", "o2", "o2", "o3", "o4")
MOSTLY_DELIVERED = ("o4", "o4", "o5", "o5", "o1", "o3")
FATE = st.lists(st.sampled_from([*FATES, WELL, WELL, WELL]), min_size=1, max_size=8)
SPANS = st.sampled_from([MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, DAY, 4 * DAY, 8 * DAY])
SAYS = st.sampled_from(["accept", "accept", "decline", "withdraw", "sent", "satisfied", "dissatisfied"])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that each run gets a copy of."""
    made = tmp_path_factory.mktemp("stateful") / "store.db"
    make_template(made)
    return made


class ChangesAndReturns(RuleBasedStateMachine):
    """A shop, its customers and staff, and the cases that run there at the same time."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.shop = OpenShop(self.template)
        self.books = Books(self.shop.file)
        self.lives: list[Life] = []
        self.others: list[tuple[str, str]] = []
        self.numbers = itertools.count(1)
        self.broken = True

    @property
    def running(self) -> list[Life]:
        return [life for life in self.lives if not life.over]

    def some(self, pick: int) -> Life:
        return self.running[pick % len(self.running)]

    @initialize(kind=st.booleans(), seed=SEED)
    def begin(self, kind: bool, seed: int) -> None:
        self.kind = kind
        for change in (True, False):
            self.take_in(change=change, draw=random.Random(seed))
        self.broken = False

    # Wishes.

    @precondition(lambda self: len(self.lives) < MOST_CASES)
    @rule(change=st.booleans(), seed=SEED)
    def ask_for_something(self, change: bool, seed: int) -> None:
        self.take_in(change=change, draw=random.Random(seed))

    def take_in(self, *, change: bool, draw: random.Random) -> None:
        order_id = draw.choice(MOSTLY_OPEN if change else MOSTLY_DELIVERED)
        order = self.books.order(order_id)
        case_id = f"{'M' if change else 'R'}{next(self.numbers)}"
        wanted = some_change(order, draw) if change else some_return(order, draw)
        asked_by = draw.choice([None, "online-01"])
        case = new_case(case_id, wanted, order_id, charter(), self.shop.now, asked_by)
        life = Life(case, self.shop)
        self.lives.append(life)
        life.attend()
        if draw.random() < 0.7:
            life.drain()

    # The shop and what befalls it.

    @precondition(lambda self: self.running)
    @rule(pick=PICK, fates=FATE)
    def go_on(self, pick: int, fates: list[str]) -> None:
        life = self.some(pick)
        for fate in fates:
            life.step(fate)

    @precondition(lambda self: self.running)
    @rule(pick=PICK)
    def work_off(self, pick: int) -> None:
        self.some(pick).drain()

    @precondition(lambda self: self.running)
    @rule(pick=PICK)
    def lose_a_worker(self, pick: int) -> None:
        self.some(pick).hand_on()

    @rule(lost=st.booleans())
    def tell(self, lost: bool) -> None:
        """The relay tells the cases what happened at the shop; or its word is lost."""
        while events := self.shop.run(self.shop.events.untold()):
            for event in events if not lost else ():
                for life in self.running:
                    life.tell(fact_of(event))
            self.shop.run(self.shop.events.mark_told([event.id for event in events]))

    @rule(order_id=ORDERS, ship=st.booleans(), busy=st.integers(0, 2))
    def release(self, order_id: str, ship: bool, busy: int) -> None:
        """The warehouse takes an order over, if it has the time."""
        if busy:
            return
        self.shop.run(self.shop.stage.release(order_id))
        if ship:
            self.try_to(self.shop.stage.ship(order_id))

    def try_to(self, call: object) -> bool:
        """Something that the shop may refuse."""
        try:
            self.shop.run(call)  # type: ignore[arg-type]
        except CaseError:
            return False
        return True

    @rule(pick=PICK, steps=st.integers(1, 4), lose=st.integers(0, 9), turn=st.integers(0, 9))
    def move_a_parcel(self, pick: int, steps: int, lose: int, turn: int) -> None:
        parcels = [found for found in self.books.documents("parcel") if found.status not in ("delivered", "back")]
        if not parcels:
            return
        parcel = parcels[pick % len(parcels)].body
        if parcel["status"] == "lost":
            return
        if lose == 0:
            self.shop.scan(parcel["id"], ParcelStatus.LOST)
        elif turn == 0:
            self.shop.scan(parcel["id"], ParcelStatus.TURNED_BACK)
        else:
            for _ in range(steps):
                self.shop.now += MINUTE
                self.shop.run(self.shop.stage.embedded_carrier.move(parcel["id"]))
        self.tell_all()

    def tell_all(self) -> None:
        self.tell(lost=False)

    @rule(order_id=ORDERS, pick=PICK)
    def change_it_elsewhere(self, order_id: str, pick: int) -> None:
        """Somebody changes the order at the shop itself, and keeps it busy until they think better of it."""
        stage = self.shop.stage
        if self.others and pick % 2:
            self.shop.run(stage.orders.discard_change(*self.others.pop()))
            return
        key = f"clerk:change:{next(self.numbers)}"
        cup = AddItem(variant_id="cup", quantity=1)
        if not self.others and self.try_to(stage.orders.stage_change(key, order_id, [cup])):
            self.others.append((key, order_id))

    # People.

    @precondition(lambda self: self.running)
    @rule(pick=PICK, what=SAYS, then=st.booleans())
    def say(self, pick: int, what: str, then: bool) -> None:
        life = self.some(pick)
        customer_says(life, what)
        if then:
            life.drain()

    @rule(pick=PICK, twice=st.booleans())
    def pay(self, pick: int, twice: bool) -> None:
        waiting = self.books.pending(self.shop.now)
        for key, order_id in waiting[pick % 2 :][: 1 + twice]:
            self.try_to(self.shop.stage.pay(key, order_id))
            self.try_to(self.shop.stage.pay(key, order_id))

    @precondition(lambda self: any(life.case.active_tasks() for life in self.running))
    @rule(pick=PICK, which=PICK, seed=SEED, then=st.booleans())
    def work(self, pick: int, which: int, seed: int, then: bool) -> None:
        busy = [life for life in self.running if life.case.active_tasks()]
        life = busy[pick % len(busy)]
        tasks = life.case.active_tasks()
        work_on(life, tasks[which % len(tasks)], random.Random(seed))
        if then:
            life.drain()

    # Time.

    @rule(span=SPANS, served=st.booleans())
    def wait(self, span: Span, served: bool) -> None:
        """Time passes with everything up; the shop may be away meanwhile."""
        until = self.shop.now + span
        while (due := next_due(self.running)) is not None and due <= until:
            self.shop.now = max(due, self.shop.now)
            self.attend(served=served)
        self.shop.now = until
        self.attend(served=served)

    @rule(span=SPANS)
    def sleep(self, span: Span) -> None:
        """Time passes while the system is down: all that fell due runs at the end."""
        self.shop.now += span
        self.attend(served=False)

    def attend(self, *, served: bool) -> None:
        for life in self.running:
            life.attend()
            if served:
                life.drain()

    # What must be true.

    @invariant()
    def books_are_right(self) -> None:
        self.broken = True
        self.books.check()
        check_effects(self.books, self.lives)
        for life in self.lives:
            if life.over:
                assert not [clock for clock in life.case.state.clocks if clock.open]
                assert not life.case.active_tasks()
                assert life.case.state.outcome
        self.broken = False

    def teardown(self) -> None:
        try:
            if not self.broken:
                self.come_to_an_end()
        finally:
            self.books.close()
            self.shop.close()

    def come_to_an_end(self) -> None:
        """Everybody does their work, and time passes: then each case ends, and nothing stays open."""
        draw = random.Random(0)
        stage = self.shop.stage
        while self.others:
            self.shop.run(stage.orders.discard_change(*self.others.pop()))
        for _ in range(LONGEST):
            for life in self.running:
                life.drain()
                for task in life.case.active_tasks():
                    if life.case.find_task(task.id) and task.active:
                        work_on(life, task, draw, kind=self.kind)
                        life.drain()
            self.move_everything()
            self.tell_all()
            self.attend(served=True)
            if not self.running:
                break
            if (due := next_due(self.running)) is not None:
                self.shop.now = max(due, self.shop.now)
                self.attend(served=True)
        assert not self.running, [(life.id, life.case.status, life.case.state.steps) for life in self.running]
        self.books_are_right()
        check_ends(self.books, self.lives, self.shop.now)

    def move_everything(self) -> None:
        for order in self.books.orders():
            if any(line["quantity"] > line["shipped"] for line in order["lines"]):
                self.shop.run(self.shop.stage.release(order["id"]))
                self.try_to(self.shop.stage.ship(order["id"]))
        for parcel in self.books.documents("parcel"):
            outbound = parcel.body["direction"] == "outbound"
            if parcel.status not in ("delivered", "back", "lost") and (outbound or self.kind):
                self.shop.now += MINUTE
                self.shop.run(self.shop.stage.embedded_carrier.move(parcel.body["id"]))


@pytest.mark.timeout(600)
def test_money_and_goods_add_up_whatever_happens_to_changes_and_returns(template: Path) -> None:
    ChangesAndReturns.template = template
    run_state_machine_as_test(
        ChangesAndReturns,
        settings=settings(
            max_examples=int(os.environ.get("EXPLORE", "12")),
            stateful_step_count=40,
            derandomize="EXPLORE" not in os.environ,
            deadline=None,
            phases=[Phase.generate],  # shrinking would take minutes of calls to a database
            suppress_health_check=list(HealthCheck),
        ),
    )
