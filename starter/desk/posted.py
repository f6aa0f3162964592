"""What a form posts: read strictly, and never more than a person writes."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request

from starter.api.guarded import whole_body
from starter.api.problems import MalformedError, MediaTypeError

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200


async def posted(request: Request) -> dict[str, str]:
    """The fields of a form by name; of several with one name the last.

    Raises:
        MediaTypeError: it is no form.
        TooLargeError: more than any form has.
        MalformedError: it has characters that no text has, or too many fields.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise MediaTypeError(f"expected a body with Content-Type: {FORM}", field="Content-Type")
    body = await whole_body(request)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise MalformedError("the body is no form", field="body") from None
    if any("\x00" in value for _, value in pairs):
        raise MalformedError("the body has a text with the character U+0000, which is none", field="body")
    # Browsers end lines as HTTP does.
    return {name: value.replace("\r\n", "\n") for name, value in pairs}
