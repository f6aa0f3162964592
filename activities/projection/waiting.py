"""Projections that wait to be written: the newest of each case, with the lines of those that it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from domain.projection import Projection


class WaitingProjections:
    """A queue in which a case stands once. Cases put in from threads of their own, one writer takes out."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[str, Projection] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, projections: Iterable[Projection]) -> int:
        """Let projections wait; returns how many cases gave up their place because too many wait already."""
        with self._lock:
            for projection in projections:
                case_id = projection.case.case_id
                known = self._waiting.get(case_id)
                self._waiting[case_id] = _together(known, projection) if known else projection
            too_many = list(self._waiting)[: max(len(self._waiting) - self._most, 0)]
            for case_id in too_many:
                del self._waiting[case_id]
        return len(too_many)

    def take(self, count: int) -> list[Projection]:
        """Take out at most so many, those that came first."""
        with self._lock:
            first = list(self._waiting)[:count]
            return [self._waiting.pop(case_id) for case_id in first]


def _together(one: Projection, other: Projection) -> Projection:
    """The newer of two projections of a case, with the lines of both."""
    newer = max(one, other, key=lambda projection: projection.version)
    entries = {entry.seq: entry for entry in (*one.entries, *other.entries)}
    return newer.model_copy(update={"entries": tuple(entries[seq] for seq in sorted(entries))})
