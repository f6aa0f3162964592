"""What is refused before a case is asked: nobody knows who this is, or they ask too often."""

from __future__ import annotations

from domain.errors import CaseError


class UnauthenticatedError(CaseError):
    """No key, no session, or none that is good; which of these it is, is not said."""

    code = "unauthenticated"


class LinkOverError(CaseError):
    """A customer's link led to their page until some time ago."""

    code = "link_over"


class RateLimitedError(CaseError):
    """Too many requests; `details["retry_after"]` says in how many seconds there is room again."""

    code = "rate_limited"
