"""Subscribers are told: signed, in order, each event once by its id, whatever becomes of them or of us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.subscriptions.addresses import AddressGuard
from activities.subscriptions.outgoing import KEPT, RESTS, TRIED_FOR, OutgoingEvents, Sent
from activities.subscriptions.port import CaseEvent, CaseNow, Happened
from activities.subscriptions.sending import Attempt, Fate, WebhookPost
from activities.subscriptions.subscriptions import OLD_SECRET_FOR, Subscriptions
from activities.subscriptions.telling import SubscriberTelling
from domain.sla.spans import DAY, HOUR
from tests.activities.delivery_receivers import WebhookReceiver, webhook_receiver

NOON = 1_800_000_000_000
CASE = CaseNow(
    case_id="C1",
    case_type="complaint",
    status="in_progress",
    open=True,
    tier=1,
    team="online",
    priority="normal",
    channel="email",
    customer_id="K1",
    order_id=None,
    due=NOON + HOUR,
    breached=False,
    outcome=None,
)


@dataclass
class Cases:
    """Everything that has happened; the place behind something is how much that is."""

    happened: list[CaseEvent] = field(default_factory=list)
    forgotten: int = 0

    def go_on(self, what: str = "task_offered", at: int = NOON) -> str:
        seq = len(self.happened) + 1
        event = CaseEvent(
            id=f"C1-{seq}-{at}",
            seq=seq,
            at=at,
            what=what,
            by="duecourse",
            public=False,
            facts={"task": "T1"},
            case=CASE,
        )
        self.happened.append(event)
        return event.id

    async def newest(self) -> int:
        return len(self.happened)

    async def behind(self, place: int) -> Happened:
        return Happened(self.happened[place : place + 100], min(len(self.happened), place + 100))

    async def forget(self, up_to: int) -> int:
        self.forgotten = max(self.forgotten, up_to)
        return 0


@dataclass
class Ground:
    """Subscribers with real receivers, and a clock that is moved."""

    engine: AsyncEngine
    post: WebhookPost
    now: int = NOON
    cases: Cases = field(default_factory=Cases)

    def __post_init__(self) -> None:
        self.subscriptions = Subscriptions(self.engine, clock=self.clock)
        self.outgoing = OutgoingEvents(self.engine, "urn:duecourse:test", clock=self.clock)
        self.telling = self.new_worker()

    def clock(self) -> int:
        return self.now

    def new_worker(self) -> SubscriberTelling:
        return SubscriberTelling(self.cases, self.subscriptions, self.outgoing, self.post, clock=self.clock)

    async def subscribe(self, receiver: WebhookReceiver, name: str = "shop", events: Sequence[str] = ()) -> None:
        secret = await self.subscriptions.put(name, "system:shop", receiver.url, events, await self.cases.newest())
        assert secret
        receiver.secret = secret

    async def tell(self, rounds: int = 1) -> None:
        for _ in range(rounds):
            await self.telling.round()
            await self.telling.settled()

    async def states(self, name: str = "shop") -> list[str]:
        """What became of everything, the oldest first."""
        return [one.state.value for one in reversed(await self.outgoing.latest(name, None, 50))]


@pytest.fixture
async def ground(engine: AsyncEngine) -> AsyncIterator[Ground]:
    post = WebhookPost(AddressGuard("127.0.0.0/8"))
    yield Ground(engine, post)
    await post.aclose()


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with webhook_receiver() as running:
        yield running


async def test_event_arrives_once_signed_in_the_envelope_of_cloudevents(
    ground: Ground, receiver: WebhookReceiver
) -> None:
    ground.cases.go_on("before")
    await ground.subscribe(receiver)
    event_id = ground.cases.go_on()
    await ground.tell(rounds=3)
    assert receiver.attempts == [event_id]
    told = receiver.taken[event_id]
    content = told.pop("data")
    assert told == {
        "specversion": "1.0",
        "id": event_id,
        "type": "duecourse.case.task_offered",
        "source": "urn:duecourse:test",
        "time": "2027-01-15T08:00:00.000Z",
        "subject": "C1",
        "datacontenttype": "application/json",
    }
    assert (content["case_id"], content["seq"], content["facts"]) == ("C1", 2, {"task": "T1"})
    assert (content["case"]["status"], content["case"]["due"]) == ("in_progress", NOON + HOUR)


async def test_subscriber_is_told_only_what_they_want_and_in_order(ground: Ground, receiver: WebhookReceiver) -> None:
    await ground.subscribe(receiver, events=["task_claimed", "case_closed"])
    wanted = [ground.cases.go_on(what) for what in ("task_claimed", "task_offered", "case_closed", "task_claimed")]
    await ground.tell()
    assert receiver.attempts == [wanted[0], *wanted[2:]]


async def test_receiver_that_is_away_gets_everything_when_it_is_back(ground: Ground, receiver: WebhookReceiver) -> None:
    await ground.subscribe(receiver)
    receiver.status = 503
    ids = [ground.cases.go_on() for _ in range(3)]
    await ground.tell(rounds=2)
    # It is left alone as a whole, and not asked for each event.
    assert receiver.attempts == ids[:1]
    found = await ground.subscriptions.get("shop")
    assert found is not None
    assert (found.failures, found.last_error, found.rests_until) == (1, "answered 503", NOON + RESTS[0])
    receiver.status = 204
    ground.now += RESTS[0]
    await ground.tell()
    assert list(receiver.taken) == ids
    found = await ground.subscriptions.get("shop")
    assert found is not None
    assert (found.failures, found.last_error, found.delivered_at) == (0, None, ground.now)


async def test_ping_and_sending_again_end_the_rest_of_a_receiver(ground: Ground, receiver: WebhookReceiver) -> None:
    await ground.subscribe(receiver)
    receiver.status = 503
    event_id = ground.cases.go_on()
    await ground.tell(rounds=2)
    await ground.outgoing.ping("shop", "ping-1")
    receiver.status = 204
    await ground.tell()
    assert list(receiver.taken) == [event_id, "ping-1"]
    receiver.status = 503
    later = ground.cases.go_on()
    await ground.tell()
    receiver.status = 204
    assert await ground.outgoing.send_again("shop") == 0
    await ground.tell()
    assert list(receiver.taken)[-1] == later


async def test_event_that_is_not_wanted_holds_up_no_other(ground: Ground, receiver: WebhookReceiver) -> None:
    await ground.subscribe(receiver)
    first, second = ground.cases.go_on(), ground.cases.go_on()
    receiver.refuses = {first}
    await ground.tell()
    assert list(receiver.taken) == [second]
    receiver.refuses = set()
    ground.now += HOUR
    await ground.tell()
    assert list(receiver.taken) == [second, first]
    assert await ground.states() == ["delivered", "delivered"]


async def test_receiver_that_is_gone_is_told_no_more_until_somebody_subscribes_again(
    ground: Ground, receiver: WebhookReceiver
) -> None:
    await ground.subscribe(receiver)
    receiver.status = 410
    ground.cases.go_on()
    await ground.tell()
    ground.cases.go_on()
    ground.now += DAY
    await ground.tell(rounds=2)
    assert len(receiver.attempts) == 1
    receiver.status = 204
    assert await ground.subscriptions.put("shop", "x", receiver.url, (), await ground.cases.newest()) is None
    later = ground.cases.go_on()
    await ground.tell()
    assert receiver.attempts[-1] == later


async def test_worker_that_dies_before_it_notes_the_answer_sends_again_under_the_same_id(
    ground: Ground, receiver: WebhookReceiver
) -> None:
    await ground.subscribe(receiver)
    event_id = ground.cases.go_on()
    receiver.may_answer.clear()
    await ground.telling.round()
    await receiver.arrived.wait()
    await ground.telling.stop()
    receiver.may_answer.set()
    ground.telling = ground.new_worker()
    await ground.tell()
    assert (receiver.attempts, list(receiver.taken)) == ([event_id, event_id], [event_id])


async def test_receiver_that_is_slow_holds_up_nobody_else(ground: Ground, receiver: WebhookReceiver) -> None:
    receiver.may_answer.clear()
    await ground.subscribe(receiver, "slow")
    async with webhook_receiver() as quick:
        await ground.subscribe(quick, "quick")
        for _ in range(3):
            event_id = ground.cases.go_on()
            async with asyncio.timeout(5):
                while event_id not in quick.taken:
                    await ground.telling.round()
                    await asyncio.sleep(0.01)
    receiver.may_answer.set()
    await ground.telling.settled()
    assert len(receiver.taken) == 3


async def test_what_is_read_again_is_not_sent_again(ground: Ground, receiver: WebhookReceiver) -> None:
    early = ground.cases.go_on(at=NOON - DAY)
    await ground.subscribe(receiver)
    event_id = ground.cases.go_on()
    await ground.tell()
    # The read model was made anew: all of it comes once more, behind what was read before.
    ground.cases.happened += ground.cases.happened
    await ground.tell(rounds=2)
    assert receiver.attempts == [event_id]
    assert early not in receiver.taken
    ground.now += KEPT + 2 * DAY
    assert await ground.outgoing.forget_old() == 1
    ground.cases.happened += ground.cases.happened
    await ground.tell()
    assert receiver.attempts == [event_id]


async def test_event_that_was_given_up_on_can_be_sent_again(ground: Ground, receiver: WebhookReceiver) -> None:
    await ground.subscribe(receiver)
    receiver.status = 500
    event_id = ground.cases.go_on()
    await ground.tell()
    ground.now += TRIED_FOR
    await ground.tell()
    assert await ground.states() == [Sent.GIVEN_UP]
    ground.now += HOUR
    await ground.tell()
    assert len(receiver.attempts) == 2
    receiver.status = 200
    assert await ground.outgoing.send_again("shop") == 1
    await ground.tell()
    assert list(receiver.taken) == [event_id]


async def test_old_secret_signs_for_a_day_beside_the_new_one(ground: Ground, receiver: WebhookReceiver) -> None:
    await ground.subscribe(receiver)
    old, new = receiver.secret, await ground.subscriptions.new_secret("shop")
    for secret in (old, new):
        receiver.secret = secret
        ground.cases.go_on()
        await ground.tell()
    assert len(receiver.taken) == 2
    ground.now += OLD_SECRET_FOR
    receiver.secret = old
    ground.cases.go_on()
    await ground.tell()
    assert len(receiver.taken) == 2


async def test_subscription_that_ended_leaves_nothing_behind(ground: Ground, receiver: WebhookReceiver) -> None:
    await ground.subscribe(receiver)
    ground.cases.go_on()
    receiver.status = 500
    await ground.tell()
    await ground.subscriptions.remove("shop")
    await ground.tell()
    assert (await ground.subscriptions.all(), await ground.states()) == ([], [])


async def test_what_everybody_was_told_is_forgotten_but_for_the_latest(
    ground: Ground, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.subscriptions.telling.CHANGES_KEPT", 1)
    for _ in range(5):
        ground.cases.go_on()
    await ground.tell()
    assert ground.cases.forgotten == 4


async def test_receiver_inside_is_not_reached_unless_that_is_allowed(receiver: WebhookReceiver) -> None:
    post = WebhookPost(AddressGuard())
    attempt = await post.send(receiver.url, [receiver.secret], "e1", "{}")
    assert (attempt.fate, receiver.attempts) == (Fate.AWAY, [])
    await post.aclose()


@pytest.mark.parametrize("way", ["drops", "nobody", "redirects"])
async def test_what_is_no_answer_is_tried_again(receiver: WebhookReceiver, way: str) -> None:
    post, url = WebhookPost(AddressGuard("127.0.0.0/8")), receiver.url
    if way == "drops":
        receiver.drops = True
    elif way == "nobody":
        url = "http://127.0.0.1:9/"
    else:
        receiver.status = 302
    attempt: Attempt = await post.send(url, [receiver.secret], "e1", "{}")
    assert attempt.fate in (Fate.AWAY, Fate.REFUSED)
    assert attempt.detail
    await post.aclose()
