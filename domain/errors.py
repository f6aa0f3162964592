"""Refusals: everything the domain can say no with, each with a stable code that callers can switch on."""

from __future__ import annotations

from typing import ClassVar


class CaseError(Exception):
    """A refusal that changes nothing.

    Attributes:
        code: stable snake_case name of the refusal, part of the public contract.
        message: one sentence for a person: what was wrong and what was expected.
        details: the values behind the sentence (field, allowed values, who holds the task), JSON-ready.
    """

    code: ClassVar[str] = "case_error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInputError(CaseError):
    """A field is missing, malformed or out of range; `details["field"]` names it."""

    code = "invalid_input"


class NotAllowedError(CaseError):
    """The actor's role or team may not do this."""

    code = "not_allowed"


class WrongStatusError(CaseError):
    """The case is in a status in which this cannot be done."""

    code = "wrong_status"


class RequestIdReusedError(CaseError):
    """A request id that was answered before arrived again with other content."""

    code = "request_id_reused"


class ReferenceUsedError(CaseError):
    """A source's own reference came again with other content; details name the case that was opened under it."""

    code = "reference_used"


class OtherCaseTypeError(CaseError):
    """Cases of this type are not asked such a thing, for example an order change to climb a tier."""

    code = "other_case_type"


class TaskNotFoundError(CaseError):
    """The case has no task with this id."""

    code = "task_not_found"


class TaskAlreadyClaimedError(CaseError):
    """Somebody else holds the task; details say who and since when."""

    code = "task_already_claimed"


class TaskNotYoursError(CaseError):
    """Only the task's owner may do this."""

    code = "task_not_yours"


class TaskStateError(CaseError):
    """The task's state does not allow this verb."""

    code = "task_state"


class NotEligibleError(CaseError):
    """This person may not own the task: another team's, excluded (four eyes), or unknown."""

    code = "not_eligible"


class FormInvalidError(CaseError):
    """The form's fields do not match the task's schema; `details["fields"]` lists each with what was expected."""

    code = "form_invalid"


class PromiseNotFoundError(CaseError):
    """Nobody promised this in the case."""

    code = "promise_not_found"


class ClockNotFoundError(CaseError):
    """The case has no such clock."""

    code = "clock_not_found"


class ClockStateError(CaseError):
    """The clock's state does not allow this operation, for example extending one that is breached."""

    code = "clock_state"


class LimitExceededError(CaseError):
    """More than the policy's limit for this act; details give the limit."""

    code = "limit_exceeded"


class ReopenWindowError(CaseError):
    """The case was closed longer ago than the policy allows to reopen."""

    code = "reopen_window_over"


class MergeRefusedError(CaseError):
    """The two cases are not about the same customer and order, or one of them cannot take part."""

    code = "merge_refused"


class LinkedCaseOpenError(CaseError):
    """A case that came out of this one is still open; details give the numbers."""

    code = "linked_case_open"


class CaseNotFoundError(CaseError):
    """No case has this id."""

    code = "case_not_found"


class ReportNotFoundError(CaseError):
    """No report of this time was drawn."""

    code = "report_not_found"


class PolicyInvalidError(CaseError):
    """A policy that must not be published; `details["problems"]` lists file, line, field and what is wrong."""

    code = "policy_invalid"


class PolicyUnknownError(CaseError):
    """No published policy has this name or version."""

    code = "policy_unknown"


class CurrencyMismatchError(CaseError):
    """Two amounts of different currencies, where one currency is needed; details name both."""

    code = "currency_mismatch"
