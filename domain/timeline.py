"""The timeline: what happened to a case, in order, as supervisors read it."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from domain.sla.spans import Instant

Facts: TypeAlias = dict[str, str | int | bool | None]


class Entry(BaseModel):
    """One line of a case's story.

    `seq` counts from 1 over the whole life of the case, across continue-as-new and reopening. `public` entries are
    words the customer has said or was sent.
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    at: Instant
    what: str
    by: str
    facts: Facts = {}
    text: str | None = None
    public: bool = False


class Timeline(BaseModel):
    """The entries that a run carries with it; older ones live in the archive.

    Attributes:
        last_seq: number of the newest entry ever written.
        archived: number of the newest entry that was moved to the archive.
    """

    entries: list[Entry] = Field(default_factory=list)
    last_seq: int = 0
    archived: int = 0

    def add(
        self,
        at: Instant,
        what: str,
        by: str,
        facts: Facts | None = None,
        *,
        text: str | None = None,
        public: bool = False,
    ) -> Entry:
        """Write the next entry."""
        self.last_seq += 1
        entry = Entry(seq=self.last_seq, at=at, what=what, by=by, facts=facts or {}, text=text, public=public)
        self.entries.append(entry)
        return entry

    def older_than_newest(self, keep: int) -> list[Entry]:
        """The entries to archive so that only the newest `keep` stay."""
        return self.entries[:-keep] if len(self.entries) > keep else []

    def forget(self, archived: list[Entry]) -> None:
        """Drop entries that the archive now holds."""
        if archived:
            self.archived = archived[-1].seq
            self.entries = [entry for entry in self.entries if entry.seq > self.archived]
