"""Which kinds of files are taken: told by how their content begins, never by what a sender says of it.

Nothing is among them that a browser would run or draw as a page.
"""

from __future__ import annotations

_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF-", "application/pdf"),
)
"""Where a kind's own bytes stand, and which; the first that fits."""

ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic",),
    "image/avif": (".avif",),
    "video/mp4": (".mp4",),
    "video/quicktime": (".mov",),
    "application/pdf": (".pdf",),
}
"""The kinds that are taken, each with what its names end in; the first is put on where there is none of them."""

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Kinds that browsers draw; all others are only handed out for keeping."""


def kind_of(content: bytes) -> str | None:
    """The media type of a file, or None if it is of no kind that is taken."""
    for at, mark, media_type in _BEGINNINGS:
        if content.startswith(mark, at):
            return media_type
    return None
