"""Each figure drawn over time, and how what it was measured on is spread."""

from __future__ import annotations

from typing import Literal, NamedTuple

from domain.catalog import COMPLAINT, RETURN
from domain.complaint.tasks import RESOLVE
from domain.figures.facts import Measure
from domain.figures.figures import Unit
from domain.figures.totals import Sum
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, Span


class Curve(NamedTuple):
    """What a figure is drawn from.

    Attributes:
        measure: of the facts.
        unit: of the points.
        groups: what `of` means for this figure; None where it is not given by groups.
        case_type: of the facts, where the figure is about one type.
        detail: of the facts, likewise.
    """

    measure: Measure
    unit: Unit
    groups: Literal["tier", "channel", "case_type", "detail"] | None = None
    case_type: str | None = None
    detail: str | None = None

    def point(self, found: Sum) -> float | None:
        """The value of some time; None where there was nothing to measure."""
        if self.measure is Measure.UPDATE_GAP:
            return found.most
        if self.unit is Unit.COUNT:
            return found.count
        return found.share if self.unit is Unit.SHARE else found.average


_COMPLAINT, _RETURN = COMPLAINT.name, RETURN.name

CURVES: dict[str, Curve] = {
    "resolved_by_tier": Curve(Measure.RESOLVED, Unit.COUNT, "tier"),
    "tier_in_time": Curve(Measure.TIER_TIME, Unit.SHARE, "tier"),
    "response_in_time": Curve(Measure.FIRST_RESPONSE, Unit.SHARE, "channel"),
    "response_time": Curve(Measure.RESPONSE_TIME, Unit.SPAN, "channel"),
    "longest_gap": Curve(Measure.UPDATE_GAP, Unit.SPAN, "case_type"),
    "first_contact": Curve(Measure.RESOLVED, Unit.SHARE),
    "resolution_time": Curve(Measure.RESOLVED, Unit.SPAN),
    "reopened": Curve(Measure.REOPENED, Unit.COUNT),
    "handling_time": Curve(Measure.WORK, Unit.SPAN, case_type=_COMPLAINT, detail=RESOLVE),
    "satisfied": Curve(Measure.SATISFACTION, Unit.SHARE, case_type=_COMPLAINT),
    "satisfied_by_tier": Curve(Measure.SATISFACTION, Unit.SHARE, "tier", case_type=_COMPLAINT),
    "score": Curve(Measure.SATISFACTION, Unit.SCORE, "channel", case_type=_COMPLAINT),
    "return_satisfied": Curve(Measure.SATISFACTION, Unit.SHARE, case_type=_RETURN),
    "follow_up_satisfied": Curve(Measure.FOLLOW_UP, Unit.SHARE),
    "ended_in_time": Curve(Measure.ENDED, Unit.SHARE, "case_type"),
    "breaches": Curve(Measure.BREACH, Unit.COUNT, "detail"),
    "compensated": Curve(Measure.COMPENSATED, Unit.COUNT),
    "opened": Curve(Measure.OPENED, Unit.COUNT, "case_type"),
    "ended": Curve(Measure.ENDED, Unit.COUNT, "case_type"),
}
"""By the name of the figure. Shares of all that were resolved, or of outcomes, are drawn as numbers."""

SPANS: tuple[Span, ...] = (
    *(15 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY, 2 * DAY, 7 * DAY),
)
"""Edges between which spans are spread: the charter's limits are among them."""

SCORES = (1, 2, 3, 4, 5)
