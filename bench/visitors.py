"""Who comes to the doors under load, as locust plays them: backend systems, agents at their desks, supervisors.

    locust -f bench/visitors.py --headless …     `bench.load` starts it, and tells it through the environment

Each acknowledged opening and act is a line in the journal, so that what was promised can be looked for afterwards.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import defaultdict, deque
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from locust import FastHttpUser, constant_throughput, task
from locust.contrib.fasthttp import FastResponse

TOLD: dict[str, Any] = json.loads(os.environ["DUECOURSE_LOAD"])
"""`key` of the backend systems, `passwords` by agent and supervisor, `a_second` openings, `journal`, `seed`,
`wishes`."""

BACKENDS = 4
LEFT_ALONE_ONE_IN = 25
"""Of so many complaints nobody takes one, so that first responses fall due under load."""
LEFT_ALONE = "nobody answers this one"
MIXTURE = {"/v1/complaints": 80, "/v1/order-changes": 12, "/v1/returns": 8}
"""Of a hundred openings. The charter does not say how its requests are shared out; complaints cost the most."""
RATED_AFTER = 5.0
"""Seconds after which a customer says what they think of how a return went, and tries again."""
SUPERVISORS = frozenset(name for name in TOLD["passwords"] if name.startswith("supervisor"))

JOURNAL = Path(TOLD["journal"])
LOT = random.Random(TOLD["seed"])

numbers = count(1)
offered: deque[str] = deque()
"""Cases whose customers have been offered a solution."""
to_rate: deque[tuple[float, str]] = deque()
"""Returns whose customers will be asked, soonest first, and from when on."""
wishes: dict[str, deque[dict[str, Any]]] = defaultdict(deque)
"""What customers want of their orders, by where it is handed in."""
for line in Path(TOLD["wishes"]).read_text(encoding="utf-8").splitlines():
    wish = json.loads(line)
    wishes[wish["path"]].append(wish["body"])
agents = iter(sorted(set(TOLD["passwords"]) - SUPERVISORS))
supervisors = iter(sorted(SUPERVISORS))


def noted(what: str, case_id: str) -> None:
    """Write down what was acknowledged."""
    with JOURNAL.open("a", encoding="utf-8") as journal:
        journal.write(json.dumps({"what": what, "case_id": case_id}) + "\n")


class Visitor(FastHttpUser):
    """Somebody who asks cases, with a name for each request."""

    abstract = True
    headers: ClassVar[dict[str, str]] = {}

    def ask(self, path: str, name: str, **body: object) -> FastResponse:
        """Post a request of its own; locust counts it under `name`."""
        headers = {**self.headers, "Idempotency-Key": f"load-{next(numbers)}"}
        answer: FastResponse = self.client.post(path, json=body, headers=headers, name=name)
        return answer


class Backend(Visitor):
    """A system that hands in what customers want, and what they say to the solution they got."""

    fixed_count = BACKENDS
    wait_time = constant_throughput(TOLD["a_second"] / BACKENDS)
    headers: ClassVar[dict[str, str]] = {"Authorization": f"Bearer {TOLD['key']}"}

    @task
    def open(self) -> None:
        """Open a case; then pass on what customers have said meanwhile."""
        [path] = LOT.choices(tuple(MIXTURE), tuple(MIXTURE.values()))
        if path in wishes:
            self._wished(path)
        else:
            self._complaint(path)
        self._answers()
        self._ratings()

    def _wished(self, path: str) -> None:
        answer = self.ask(path, path.removeprefix("/v1/"), **wishes[path].popleft())
        if answer.status_code != 201:
            return
        case_id = answer.json()["case_id"]
        noted("opened", case_id)
        if path == "/v1/returns":
            to_rate.append((time.monotonic() + RATED_AFTER, case_id))
        else:
            noted("changed", case_id)

    def _complaint(self, path: str) -> None:
        reference = f"load-{next(numbers)}"
        subject = LEFT_ALONE if LOT.randrange(LEFT_ALONE_ONE_IN) == 0 else "The kettle leaks"
        channel = LOT.choice(("chat", "chat", "email"))
        answer = self.ask(
            path,
            "complaints",
            reference=reference,
            channel=channel,
            customer_id=f"K{LOT.randrange(TOLD['customers']):06}",
            subject=subject,
            description="It leaks at the spout since the second day.",
        )
        if answer.status_code == 201:
            noted("opened", answer.json()["case_id"])

    def _answers(self) -> None:
        while offered:
            case_id = offered.popleft()
            if self.ask(f"/v1/cases/{case_id}/answer_solution", "answer", satisfied=True, score=5).status_code == 200:
                noted("answered", case_id)

    def _ratings(self) -> None:
        while to_rate and to_rate[0][0] <= time.monotonic():
            _, case_id = to_rate.popleft()
            headers = {**self.headers, "Idempotency-Key": f"load-{next(numbers)}"}
            with self.client.post(
                f"/v1/cases/{case_id}/rate_return",
                json={"satisfied": True},
                headers=headers,
                name="rate",
                catch_response=True,
            ) as answer:
                if answer.status_code == 409:
                    answer.success()  # Nobody has asked yet.
                    to_rate.append((time.monotonic() + RATED_AFTER, case_id))
            if answer.status_code == 200:
                noted("rated", case_id)


class Person(Visitor):
    """Somebody of the staff, signed in."""

    abstract = True
    staff_id = ""

    def sign_in(self, staff_id: str) -> None:
        """Begin a session; its cookie stays with this visitor."""
        self.staff_id = staff_id
        body = {"staff_id": staff_id, "password": TOLD["passwords"][staff_id]}
        self.client.post("/v1/session", json=body, name="sign in")
        # Not a thread but a greenlet: locust has put its own in place of Python's.
        threading.Thread(target=self._keep_desk_open, daemon=True).start()

    def _keep_desk_open(self) -> None:
        """As a page that follows what changes; its words are read, and thrown away."""
        for _ in self.client.iter_lines("/v1/events/stream", name="live"):
            pass


class Agent(Person):
    """Looks into the inbox, takes what is due soonest or nearly so, answers, and completes it."""

    fixed_count = len(TOLD["passwords"]) - len(SUPERVISORS)

    def on_start(self) -> None:
        """The next free agent."""
        self.sign_in(next(agents))

    def wait_time(self) -> float:
        """Seconds until the next task is looked for."""
        return LOT.uniform(0.5, 2)

    @task
    def work(self) -> None:
        """One task, from the inbox to its end."""
        self.client.get("/desk", name="inbox")
        found = self.client.get("/v1/tasks?open=true&state=ready&team=online&limit=50", name="list tasks").json()
        free = [row for row in found["items"] if row["subject"] != LEFT_ALONE]
        if not free:
            return
        row = LOT.choice(free[:20])
        case, ids = f"/v1/cases/{row['case_id']}", {"task_id": row["task_id"]}
        if not self._claimed(case, ids):
            return
        self.client.get(f"/desk/cases/{row['case_id']}", name="case page")
        time.sleep(LOT.uniform(1, 2))
        if row["kind"] == "summarise":
            self._complete(row, "summarised", {"summary": "Leaking spout, replaced.", "cause": "defect"})
            return
        self.ask(f"{case}/reply", "reply", text="I have your case and look at the kettle's batch.")
        if self._complete(row, "resolved", {"solution": "A new kettle is on its way."}):
            offered.append(row["case_id"])

    def _claimed(self, case: str, ids: dict[str, str]) -> bool:
        headers = {"Idempotency-Key": f"load-{next(numbers)}"}
        with self.client.post(
            f"{case}/claim_task", json=ids, headers=headers, name="claim", catch_response=True
        ) as answer:
            if answer.status_code == 409:
                answer.success()  # Somebody was quicker, as among people.
            return bool(answer.status_code == 200)

    def _complete(self, row: dict[str, str], what: str, form: dict[str, str]) -> bool:
        case = f"/v1/cases/{row['case_id']}"
        done = self.ask(f"{case}/complete_task", "complete", task_id=row["task_id"], form=form).status_code == 200
        if done:
            noted(what, row["case_id"])
        return done


class Supervisor(Person):
    """Keeps the lists of the whole department open."""

    fixed_count = len(SUPERVISORS)
    wait_time = constant_throughput(0.2)

    def on_start(self) -> None:
        """The next free supervisor."""
        self.sign_in(next(supervisors))

    @task
    def look(self) -> None:
        """The board, and what has broken."""
        self.client.get("/desk/board", name="board")
        self.client.get("/v1/cases?open=true&breached=true", name="list cases")
