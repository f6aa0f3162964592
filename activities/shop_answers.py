"""A shop's refusals as Temporal needs them: which are tried again, which are told to the case. The only such place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError

from domain.errors import CaseError
from domain.shop.errors import OrderBusyError, ShopError


@contextmanager
def told() -> Iterator[None]:
    """Ask a shop inside; a final refusal reaches the case with its code, sentence and details.

    A busy order is final here: the other change waits for its customer, and ours is told of it instead of waiting too.

    Raises:
        ApplicationError: what the shop refused; retryable when the same call may succeed later.
    """
    try:
        yield
    except CaseError as error:
        again = isinstance(error, ShopError) and error.transient and not isinstance(error, OrderBusyError)
        raise ApplicationError(error.message, error.details, type=error.code, non_retryable=not again) from error
