"""What a form with files brings: read strictly, and never more than was agreed upon."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from activities.attachments.kinds import ENDINGS, kind_of
from activities.attachments.port import NewAttachment
from domain.errors import CaseError, InvalidInputError
from domain.requests import MOST_ATTACHMENTS
from starter.api.problems import MalformedError, MediaTypeError, TooLargeError

WITH_FILES = "multipart/form-data"
LARGEST_FIELD = 100_000
"""Bytes of one field; the longest words of a person are 80,000."""

AT_ONCE = 3
"""So many of the largest files may come in one message."""

DRAINED = 4
"""How many times as much as that is read in order to say so; whoever sends more is cut off."""

LONGEST_NAME = 120


@dataclass(frozen=True)
class Upload:
    """A file as a browser sent it."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass
class FormWithFiles:
    """What came. Where there is a `fault` nothing is to be done, but what was typed before it is still here."""

    fields: dict[str, str] = field(default_factory=dict, repr=False)
    files: list[Upload] = field(default_factory=list)
    fault: CaseError | None = None


async def posted_with_files(request: Request, largest: int) -> FormWithFiles:
    """The fields of a form by name, and its files, each of at most `largest` bytes.

    Its fault is a `TooLargeError`, or a `MalformedError` for what cannot be read.

    Raises:
        MediaTypeError: it is no form with files.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != WITH_FILES:
        raise MediaTypeError(f"expected a body with Content-Type: {WITH_FILES}", field="Content-Type")
    stream, found = _limited(request, AT_ONCE * largest + LARGEST_FIELD), FormWithFiles()
    parser = MultiPartParser(
        request.headers, stream, max_files=MOST_ATTACHMENTS, max_fields=20, max_part_size=LARGEST_FIELD
    )
    try:
        found.files = await _files(await parser.parse(), largest)
    except TooLargeError as error:
        found.fault = error
    except MultiPartException as error:
        found.fault = MalformedError(f"the form cannot be read: {error.message}", field="body")
    found.fields = {name: _text(value) for name, value in parser.items if isinstance(value, str)}
    if any("\x00" in value for value in found.fields.values()):
        found.fault = MalformedError("the body has a text with the character U+0000, which is none", field="body")
    return found


def _text(value: str) -> str:
    """Browsers end lines as HTTP does."""
    return value.replace("\r\n", "\n")


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body; where it is too large the rest is read and dropped, or the browser would not show what we answer."""
    size, stream = 0, request.stream()
    async for part in stream:
        size += len(part)
        if size <= most:
            yield part
        elif size > DRAINED * most:
            break
    if size > most:
        raise TooLargeError(f"expected at most {most} bytes in one message", field="files")


async def _files(form: FormData, largest: int) -> list[Upload]:
    """The files of a form; a browser sends an empty one where none was chosen."""
    try:
        files = [await _whole(value, largest) for _, value in form.multi_items() if isinstance(value, UploadFile)]
    finally:
        await form.close()
    return [one for one in files if one.content]


async def _whole(file: UploadFile, largest: int) -> Upload:
    if (file.size or 0) > largest:
        raise TooLargeError(f"expected files of at most {largest} bytes", field="files", file=shown_name(file.filename))
    return Upload(file.filename or "", await file.read())


def attachments_of(case_id: str, request_id: str, uploads: list[Upload]) -> tuple[NewAttachment, ...]:
    """Files as they are kept: of a kind that is taken, under ids that are the same when the request comes again.

    Raises:
        InvalidInputError: a file is of another kind.
    """
    return tuple(_attachment(f"{case_id}:{request_id}:{place}", upload) for place, upload in enumerate(uploads))


def _attachment(place: str, upload: Upload) -> NewAttachment:
    media_type = kind_of(upload.content)
    if media_type is None:
        taken = ", ".join(endings[0].removeprefix(".") for endings in ENDINGS.values())
        said = f"files: expected pictures, films or PDF ({taken})"
        raise InvalidInputError(said, field="files", file=shown_name(upload.name))
    content = hashlib.sha256(upload.content).hexdigest()
    known_by = hashlib.sha256(f"{place}:{content}".encode()).hexdigest()[:32]
    return NewAttachment(known_by, harmless(upload.name, media_type), media_type, upload.content)


def shown_name(name: str | None) -> str:
    """A file's name as its sender knows it, short enough for a line; of a file without a name `?`."""
    return re.split(r"[\\/]", name or "")[-1][:LONGEST_NAME] or "?"


def harmless(name: str, media_type: str) -> str:
    """A file's name without folders and control characters, with an ending that fits what is in it."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    endings = ENDINGS[media_type]
    stem, dot, ending = plain.strip(" .").rpartition(".")
    if f".{ending}".lower() not in endings or not stem:
        stem, dot, ending = plain.strip(" ."), ".", endings[0].removeprefix(".")
    return f"{(stem or 'file')[:LONGEST_NAME]}{dot}{ending}"
