"""The port of this room: keeping files beside a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from domain.sla.spans import Instant


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file without its content. `name` is the sender's, made harmless; it may say something personal."""

    id: str
    case_id: str
    name: str = field(repr=False)
    media_type: str
    size: int
    sent_by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file as it is handed in; `media_type` was found in the content."""

    id: str
    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)


class AttachmentStore(Protocol):
    """Keeps files beside cases."""

    async def keep(
        self, case_id: str, sent_by: str, files: tuple[NewAttachment, ...], at_most: int
    ) -> tuple[str, ...] | None:
        """Keep files, all or none; returns the ids of those that were not here before.

        None where the case would then have more than `at_most`.
        """

    async def drop(self, case_id: str, ids: tuple[str, ...]) -> None:
        """Forget files that the case refused."""

    async def of_case(self, case_id: str) -> list[Attachment]:
        """The files of a case, oldest first."""

    async def content(self, case_id: str, attachment_id: str) -> tuple[Attachment, bytes] | None:
        """A file of this case with its content, or None."""
