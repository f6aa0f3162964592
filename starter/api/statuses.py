"""Which HTTP status each refusal has: the one table. A test insists that none is missing."""

from __future__ import annotations

from http import HTTPStatus

from domain.errors import CaseError

_S = HTTPStatus

STATUSES: dict[str, HTTPStatus] = {
    # What was sent is not what was expected.
    "malformed": _S.BAD_REQUEST,
    "invalid_input": _S.UNPROCESSABLE_ENTITY,
    "form_invalid": _S.UNPROCESSABLE_ENTITY,
    "policy_invalid": _S.UNPROCESSABLE_ENTITY,
    "currency_mismatch": _S.UNPROCESSABLE_ENTITY,
    "address_refused": _S.UNPROCESSABLE_ENTITY,
    "limit_exceeded": _S.UNPROCESSABLE_ENTITY,
    "case_error": _S.UNPROCESSABLE_ENTITY,
    "too_large": _S.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": _S.UNSUPPORTED_MEDIA_TYPE,
    # Who asked may not.
    "unauthenticated": _S.UNAUTHORIZED,
    "not_allowed": _S.FORBIDDEN,
    "not_eligible": _S.FORBIDDEN,
    "task_not_yours": _S.FORBIDDEN,
    "rate_limited": _S.TOO_MANY_REQUESTS,
    "link_over": _S.GONE,
    # There is no such thing.
    "not_found": _S.NOT_FOUND,
    "method_not_allowed": _S.METHOD_NOT_ALLOWED,
    "webhook_not_found": _S.NOT_FOUND,
    "case_not_found": _S.NOT_FOUND,
    "customer_not_found": _S.NOT_FOUND,
    "task_not_found": _S.NOT_FOUND,
    "clock_not_found": _S.NOT_FOUND,
    "promise_not_found": _S.NOT_FOUND,
    "policy_unknown": _S.NOT_FOUND,
    "report_not_found": _S.NOT_FOUND,
    # Not as things stand.
    "request_id_reused": _S.CONFLICT,
    "reference_used": _S.CONFLICT,
    "webhook_ended": _S.CONFLICT,
    "task_already_claimed": _S.CONFLICT,
    "task_state": _S.CONFLICT,
    "wrong_status": _S.CONFLICT,
    "other_case_type": _S.CONFLICT,
    "clock_state": _S.CONFLICT,
    "linked_case_open": _S.CONFLICT,
    "merge_refused": _S.CONFLICT,
    "reopen_window_over": _S.CONFLICT,
    # Nobody there just now.
    "unavailable": _S.SERVICE_UNAVAILABLE,
    "in_use": _S.SERVICE_UNAVAILABLE,
    # Shop and carrier.
    "signature_invalid": _S.UNAUTHORIZED,
    "webhook_stale": _S.UNAUTHORIZED,
    "shop_unavailable": _S.SERVICE_UNAVAILABLE,
    "shop_access": _S.SERVICE_UNAVAILABLE,
    "shop_error": _S.UNPROCESSABLE_ENTITY,
    "shop_refused": _S.CONFLICT,
    "stock_in_doubt": _S.CONFLICT,
    "order_busy": _S.CONFLICT,
    "refund_in_progress": _S.CONFLICT,
    "compensation_conflict": _S.CONFLICT,
    "key_reused": _S.CONFLICT,
    "order_not_found": _S.NOT_FOUND,
    "line_not_found": _S.NOT_FOUND,
    "variant_not_found": _S.NOT_FOUND,
    "nothing_under_key": _S.CONFLICT,
    "parcel_not_found": _S.NOT_FOUND,
    "quantity_not_possible": _S.CONFLICT,
    "empty_order": _S.CONFLICT,
    "out_of_stock": _S.CONFLICT,
    "order_state": _S.CONFLICT,
    "step_state": _S.CONFLICT,
    "payment_method_fixed": _S.CONFLICT,
    "refund_exceeds_captured": _S.CONFLICT,
    "intercept_too_late": _S.CONFLICT,
}
"""By code."""


def status_of(error: CaseError) -> HTTPStatus:
    """The status of a refusal; one that a newer worker sent and we do not know is what the case did not want."""
    return STATUSES.get(error.code, _S.UNPROCESSABLE_ENTITY)
