"""What the figures are measured by, where no promise to a customer says so already (service charter, measures)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.people import Channel
from domain.sla.spans import MINUTE, SECOND, PolicySpan

Share = Annotated[float, Field(ge=0, le=1)]
Score = Annotated[float, Field(ge=1, le=5)]


class FigureTargets(BaseModel):
    """Targets of a department; what tiers are expected to do stands with the tiers.

    Attributes:
        promises_kept: share of promises with a time that are to be kept in time.
        tier_in_time: the same for single tiers, where less is expected.
        first_contact: share of complaints to be resolved at the first contact.
        satisfaction: share of customers to be satisfied with how their complaint was resolved.
        score_by_channel: average score, from 1 to 5.
        follow_up: share of customers to be satisfied some days later.
        csat: share of customers to be satisfied who answer the survey at the end of their case.
        nps: promoters less detractors among them, of a hundred.
        changes_succeed: share of order changes to be made.
        handling_time: average time that a complaint is in somebody's hands.
        response_time: average time until a person answers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    promises_kept: Share = 1.0
    tier_in_time: dict[int, Share] = {2: 0.97}
    first_contact: Share = 0.85
    satisfaction: Share = 0.92
    score_by_channel: dict[Channel, Score] = {
        Channel.PHONE: 4.7,
        Channel.CHAT: 4.6,
        Channel.EMAIL: 4.5,
        Channel.SOCIAL: 4.4,
    }
    follow_up: Share = 0.88
    csat: Share = 0.85
    nps: float = Field(default=40, ge=-100, le=100)
    changes_succeed: Share = 0.92
    handling_time: PolicySpan = Field(default=3 * MINUTE + 30 * SECOND, gt=0)
    response_time: PolicySpan = Field(default=30 * SECOND, gt=0)
