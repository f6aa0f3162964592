"""What was done at the shop: each step and each refund once; and where nothing came of it, taken back, newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.life import Life
from starter.audit.record import EventRef, ShopStep
from starter.audit.subject import Undo


class ShopSteps:
    """Checks the steps at the shop of one life."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.record = life.record
        self.undo = self.record.subject.taken_back

    def findings(self) -> Iterator[Finding]:
        """Everything about steps at the shop."""
        done = [step for step in self.record.steps if step.completed and step.changes_something]
        if done:
            yield self.once(done)
        yield from self.paid_once(done)
        ended = self.record.ended[-1] if self.record.ended else None
        if ended and ended.outcome not in self.record.subject.came_true:
            yield from self.taken_back(done)

    def once(self, done: list[ShopStep]) -> Finding:
        """No step was taken twice under one key."""
        times = Counter((step.do, step.key) for step in done)
        twice = {step for step, count in times.items() if count > 1}
        if not twice:
            return self._found(Promise.SHOP_ONCE, Verdict.KEPT, f"{len(times)} steps at the shop, each once", ())
        about = "; ".join(f"{do} {key} {times[do, key]} times" for do, key in sorted(twice))
        events = tuple(event for step in done if (step.do, step.key) in twice for event in step.events)
        return self._found(Promise.SHOP_ONCE, Verdict.BROKEN, about, events)

    def paid_once(self, done: list[ShopStep]) -> Iterator[Finding]:
        """What was decided to be paid back is paid once, under whatever keys; what was collected goes back apart."""
        pays_in = self.record.subject.pays_in
        for phase in self.life.all.split(lambda one: one.status):
            if phase.first.status != pays_in:
                continue
            refunds = [step for step in done if step.do == "refund_payment" and not step.key.endswith(":back")]
            paid = [step for step in refunds if phase.start <= step.at < max(phase.end, phase.start + 1)]
            if len({step.key for step in paid}) > 1:
                about = f"{len(paid)} refunds where one was decided: {', '.join(step.key for step in paid)}"
                events = tuple(event for step in paid for event in step.events)
                yield self._found(Promise.SHOP_ONCE, Verdict.BROKEN, about, events)

    def taken_back(self, done: list[ShopStep]) -> Iterator[Finding]:
        """Every step that can be taken back was, the newest first; what the shop refused a person settled."""
        undone: list[ShopStep] = []
        forward = [step for step in done if step.do in self.undo and not self._is_undo(step)]
        for step in reversed(forward):
            back = [
                one for one in self.record.steps if one.at >= step.at and _takes_back(one, step, self.undo[step.do])
            ]
            found = next((one for one in back if one.completed), None)
            if found:
                undone.append(found)
                verdict, about = Verdict.KEPT, f"{step.do} was taken back"
            elif back and self._settled():
                verdict, about = Verdict.KEPT, f"{step.do} could not be taken back, and a person settled it"
            else:
                verdict, about = Verdict.BROKEN, f"{step.do} {step.key} was not taken back"
            yield self._found(Promise.UNDONE, verdict, about, (*step.events, *(found.events if found else ())))
        # What was freed on the way, before anything went wrong, is in no order.
        last = max((step.at for step in forward), default=0)
        late = [step for step in undone if step.at >= last]
        if late != sorted(late, key=lambda step: step.scheduled):
            events = tuple(event for step in late for event in step.events)
            yield self._found(Promise.UNDONE, Verdict.BROKEN, "not taken back newest first", events)

    def _is_undo(self, step: ShopStep) -> bool:
        word = self.undo[step.do].key_contains
        return word is not None and word in step.key

    def _settled(self) -> bool:
        """Whether a person said how a step was settled by hand."""
        return any(set(one.content["form"]) == {"how"} for one in self.record.asked_for("complete_task"))

    def _found(self, promise: Promise, verdict: Verdict, about: str, events: tuple[EventRef, ...]) -> Finding:
        return Finding(self.record.case_id, promise, verdict, about, events)


def _takes_back(one: ShopStep, step: ShopStep, undo: Undo) -> bool:
    if one.do not in undo.activities:
        return False
    if undo.key_contains is not None:
        return undo.key_contains in one.key
    return one.key in (step.key, f"{step.key}:back")
