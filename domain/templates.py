"""The messages that a customer can get, and the words that a template may use."""

from __future__ import annotations

from enum import StrEnum


class TemplateName(StrEnum):
    """Every template that some code sends; a policy that lacks one in any language is refused at load."""

    ACKNOWLEDGEMENT = "acknowledgement"
    STATUS_UPDATE = "status_update"
    ESCALATED = "escalated"
    AGENT_MESSAGE = "agent_message"
    SOLUTION_OFFERED = "solution_offered"
    SOLUTION_REMINDER = "solution_reminder"
    QUESTION_REMINDER = "question_reminder"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CLOSED_WITHOUT_ANSWER = "closed_without_answer"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    MERGED = "merged"
    COMPENSATION = "compensation"


class Doing(StrEnum):
    """What is being done about a case right now, the answer to a customer's first question."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    AWAITING_APPROVAL = "awaiting_approval"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    WAITING_FOR_DEPARTMENT = "waiting_for_department"
    SOLUTION_OFFERED = "solution_offered"


VARIABLES = frozenset(
    {
        "case_number",  # the case id, which the customer may quote
        "subject",  # the complaint's own subject line
        "tier",  # number of the tier
        "tier_name",  # its name in the customer's language
        "doing",  # a value of Doing
        "next_update_by",  # instant in ms, or None when no further update is promised; render with | local_time
        "due_by",  # instant in ms by which this tier's time is over; render with | local_time
        "answer_by",  # instant in ms by which the customer's answer is expected; render with | local_time
        "text",  # what an agent wrote
        "order_id",  # the order it is about, or None
        "compensation",  # an amount with its currency, or None
        "other_case",  # the case that this one was merged into
    }
)
"""All that a template may mention. `local_time` turns an instant into the customer's own zone and language."""
