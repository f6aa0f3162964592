"""The complaint's statuses, what moves it from one to the next, and the table that says so."""

from __future__ import annotations

from enum import StrEnum

from domain.machines import StatusMachine, TransitionTable


class ComplaintStatus(StrEnum):
    """Where a complaint stands; the values are search attributes and part of the public contract."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    WAITING_FOR_DEPARTMENT = "waiting_for_department"
    SOLUTION_OFFERED = "solution_offered"
    SUMMARISING = "summarising"
    FOLLOWING_UP = "following_up"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class ComplaintTrigger(StrEnum):
    """What can happen to a complaint."""

    ACKNOWLEDGE = "acknowledge"
    CLASSIFY = "classify"
    CLIMB = "climb"
    ASK_CUSTOMER = "ask_customer"
    CUSTOMER_ANSWERS = "customer_answers"
    ASK_DEPARTMENT = "ask_department"
    DEPARTMENTS_ANSWER = "departments_answer"
    OFFER_SOLUTION = "offer_solution"
    ACCEPT = "accept"
    REJECT = "reject"
    LAPSE = "lapse"
    WRAP_UP = "wrap_up"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    REOPEN = "reopen"


_S, _T = ComplaintStatus, ComplaintTrigger

WORKING = (_S.IN_PROGRESS, _S.WAITING_FOR_CUSTOMER, _S.WAITING_FOR_DEPARTMENT)
"""Somebody of the company has the case in hand."""

UNRESOLVED = (_S.RECEIVED, _S.ACKNOWLEDGED, *WORKING, _S.SOLUTION_OFFERED)
"""The customer has not yet accepted anything."""

WITH_CUSTOMER = (_S.WAITING_FOR_CUSTOMER, _S.SOLUTION_OFFERED)
"""The customer has the word."""

OVER = (_S.CLOSED, _S.WITHDRAWN, _S.MERGED)
"""Nothing more happens unless the case is reopened."""

COMPLAINT_TRANSITIONS: TransitionTable[ComplaintTrigger, ComplaintStatus] = (
    (_T.ACKNOWLEDGE, (_S.RECEIVED,), _S.ACKNOWLEDGED),
    (_T.CLASSIFY, (_S.ACKNOWLEDGED,), _S.IN_PROGRESS),
    (_T.CLIMB, WORKING, _S.IN_PROGRESS),
    (_T.ASK_CUSTOMER, (_S.IN_PROGRESS, _S.WAITING_FOR_DEPARTMENT), _S.WAITING_FOR_CUSTOMER),
    (_T.CUSTOMER_ANSWERS, (_S.WAITING_FOR_CUSTOMER,), _S.IN_PROGRESS),
    (_T.ASK_DEPARTMENT, (_S.IN_PROGRESS, _S.WAITING_FOR_DEPARTMENT), _S.WAITING_FOR_DEPARTMENT),
    (_T.DEPARTMENTS_ANSWER, (_S.WAITING_FOR_DEPARTMENT,), _S.IN_PROGRESS),
    (_T.OFFER_SOLUTION, WORKING, _S.SOLUTION_OFFERED),
    (_T.ACCEPT, (_S.SOLUTION_OFFERED,), _S.SUMMARISING),
    (_T.REJECT, (_S.SOLUTION_OFFERED,), _S.IN_PROGRESS),
    (_T.LAPSE, (_S.WAITING_FOR_CUSTOMER, _S.SOLUTION_OFFERED), _S.CLOSED),
    (_T.WRAP_UP, (_S.SUMMARISING,), _S.CLOSED),
    (_T.FOLLOW_UP, (_S.SUMMARISING,), _S.FOLLOWING_UP),
    (_T.CLOSE, (*UNRESOLVED, _S.SUMMARISING, _S.FOLLOWING_UP), _S.CLOSED),
    (_T.WITHDRAW, UNRESOLVED, _S.WITHDRAWN),
    (_T.MERGE, UNRESOLVED, _S.MERGED),
    (_T.REOPEN, (_S.SUMMARISING, _S.FOLLOWING_UP, _S.CLOSED, _S.WITHDRAWN), _S.IN_PROGRESS),
)

COMPLAINT_MACHINE = StatusMachine(_S.RECEIVED, COMPLAINT_TRANSITIONS, over=OVER)
