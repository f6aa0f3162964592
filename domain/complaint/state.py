"""What a complaint carries with it, across continue-as-new and reopening."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from domain.case_record import CaseState
from domain.complaint.machine import ComplaintStatus
from domain.complaint.messages import ComplaintInput, Outcome, Reopen
from domain.complaint.rules import Classification
from domain.deeds import LookupReport
from domain.linked.state import LinkedCase
from domain.money import Money
from domain.sla.spans import Instant


class ComplaintState(CaseState):
    """What a complaint carries beyond what every case has."""

    source: str
    reference: str
    status: ComplaintStatus = ComplaintStatus.RECEIVED
    tier: int = 1
    entry_tier: int = 1
    highest_tier: int = 1
    classification: Classification | None = None
    business_unit: str | None = None
    said_at: Instant | None = None
    crisis_level: int | None = None
    upset: bool = False
    solution: str | None = None
    goodwill: Money | None = None
    tried: list[str] = Field(default_factory=list)
    outcome: Outcome | None = None
    score: int | None = None
    compensated: list[str] = Field(default_factory=list)
    reopened: int = 0
    merging_into: str | None = None
    heard_at: Instant | None = None
    linked_cases: list[LinkedCase] = Field(default_factory=list)


class ComplaintStart(BaseModel):
    """Input of the complaint workflow: a new complaint, or one that goes on.

    `found` is what the door looked up before it let the complaint in; without it the workflow looks it up itself.
    `state` is set after continue-as-new and reopening; `reopen` when the case had been closed.
    """

    model_config = ConfigDict(frozen=True)

    complaint: ComplaintInput
    found: LookupReport | None = None
    state: ComplaintState | None = None
    reopen: Reopen | None = None


class ComplaintResult(BaseModel):
    """What a finished complaint leaves behind; a reopened case goes on with `state`."""

    case_id: str
    status: str
    outcome: str | None
    tier: int
    closed_at: Instant
    state: ComplaintState
