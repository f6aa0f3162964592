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
    CHANGE_RECEIVED = "change_received"
    CHANGE_OFFERED = "change_offered"
    CHANGE_PAYMENT = "change_payment"
    CHANGE_REMINDER = "change_reminder"
    CHANGE_UPDATE = "change_update"
    CHANGE_MESSAGE = "change_message"
    CHANGE_DONE = "change_done"
    CHANGE_ENDED = "change_ended"
    RETURN_RECEIVED = "return_received"
    RETURN_OFFERED = "return_offered"
    RETURN_PAYMENT = "return_payment"
    RETURN_REMINDER = "return_reminder"
    RETURN_LABEL = "return_label"
    RETURN_PROGRESS = "return_progress"
    RETURN_UPDATE = "return_update"
    RETURN_DONE = "return_done"
    RETURN_MESSAGE = "return_message"
    RETURN_ENDED = "return_ended"
    DELIVERY_PROBLEM = "delivery_problem"
    DELIVERY_UPDATE = "delivery_update"
    DELIVERY_RESOLVED = "delivery_resolved"
    DELIVERY_MESSAGE = "delivery_message"


OF_ORDER_CHANGES = tuple(name for name in TemplateName if name.startswith("change_"))
"""What customers are told of order changes."""

OF_DELIVERIES = tuple(name for name in TemplateName if name.startswith("delivery_"))
"""What customers are told of delivery problems."""

OF_RETURNS = tuple(name for name in TemplateName if name.startswith("return_"))
"""What customers are told of returns; the rest is about complaints."""


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
        "other_case",  # the case that this one was merged into, or that keeps the order busy
        "order_number",  # the order that a change is about, as the customer knows it
        "stage",  # where an order change stands: a value of its machine
        "changes",  # what an order will hold after a change: pieces and names
        "collect",  # an amount to pay on top, with its currency, or None
        "refund",  # an amount to be paid back, with its currency, or None
        "delivery_on",  # the delivery date that follows, ISO 8601, or None
        "reason",  # why a change or a return came to nothing: a refusal's code, or None
        "kind",  # what a return comes to: refund, exchange, repair or replacement
        "goods",  # what a return is about: pieces and names, or None
        "parcel",  # the tracking number of a parcel, or None
        "problem",  # what is wrong with a delivery: late, lost, damaged or refused
        "news",  # what has happened to a return
        "kept",  # pieces that were kept for it and are free again: a number, or None
        "paid_back",  # yes where money that was paid for it goes back, or None
        "sent_home",  # yes where goods that lie with us go back to the customer, or None
        "linked",  # open cases that came out of a complaint, each with `number`, `kind` and `stage`, or None
    }
)
"""All that a template may mention. `local_time` turns an instant into the customer's own zone and language."""
