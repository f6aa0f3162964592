"""The face of a running case: what Temporal's Web UI, metrics, logs, the read model and whoever asks see of it."""

from __future__ import annotations

from typing import Any, Protocol

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.messages import CaseView
    from domain.projecting import Projector, whole_projection
    from domain.projection import Projection
    from domain.sla.spans import Instant
    from domain.views import view_case
    from domain.worked_case import WorkedCase
    from runtime import metrics
    from runtime.projected import hand_over
    from runtime.search_attributes import changed_attributes


class Show(Protocol):
    """How cases of one type are shown: the module `show` of its room."""

    def face(self, case: Any) -> dict[str, object]:
        """Present values of the search attributes, by name."""

    def details(self, case: Any, now: Instant) -> str:
        """The case in a few lines of markdown, for the top of its page in Temporal's Web UI."""

    def shown_facts(self, case: Any) -> dict[str, object]:
        """What a view shows beyond the fields that every case has."""


class Face:
    """Shows a case in the way of its type."""

    def __init__(self, case: WorkedCase, case_type: str, show: Show) -> None:
        self._case = case
        self._type = case_type
        self._show = show
        self._told = case.state.timeline.last_seq
        self._projector = Projector(case, case_type)

    def tell(self, now: Instant) -> None:
        """Tell everybody what changed; Temporal by one upsert at the most, and only for a change."""
        changes = changed_attributes(workflow.info().typed_search_attributes, self._show.face(self._case))
        if changes:
            workflow.upsert_search_attributes(changes)
        entries = self._case.state.timeline.entries
        fresh = [entry for entry in entries if entry.seq > self._told]
        if fresh:
            self._told = fresh[-1].seq
            workflow.set_current_details(self._show.details(self._case, now))
            metrics.tell(workflow.logger, workflow.metric_meter(), self._type, self._case, fresh)
        self._project(now)

    def _project(self, now: Instant) -> None:
        """Hand over what the read model shows from now on. A replay shows nothing: what it comes to is past."""
        if not workflow.unsafe.is_replaying() and (projection := self._projector.project(now)):
            hand_over(workflow.info().task_queue, projection)

    def view(self, at: Instant) -> CaseView:
        """Everything about the case at an instant."""
        return view_case(self._case, self._type, self._case.possible, self._show.shown_facts(self._case), at)

    def projection(self, at: Instant) -> Projection:
        """All that the read model should show of the case at an instant."""
        return whole_projection(self._case, self._type, at)
