"""The return's statuses, what moves it from one to the next, and the table that says so."""

from __future__ import annotations

from enum import StrEnum

from domain.machines import StatusMachine, TransitionTable


class ReturnCaseStatus(StrEnum):
    """Where a return stands; the values are search attributes and part of the public contract."""

    RECEIVED = "received"
    VERIFYING = "verifying"
    DECIDING = "deciding"
    PREPARING = "preparing"
    WAITING = "waiting"
    AWAITING_ANSWER = "awaiting_answer"
    AWAITING_PAYMENT = "awaiting_payment"
    ANNOUNCING = "announcing"
    AWAITING_PARCEL = "awaiting_parcel"
    IN_TRANSIT = "in_transit"
    TRACING = "tracing"
    INSPECTING = "inspecting"
    APPROVING = "approving"
    SETTLING = "settling"
    REPAIRING = "repairing"
    TESTING = "testing"
    UNDOING = "undoing"
    SENDING = "sending"
    CONFIRMING = "confirming"
    CLOSED = "closed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class ReturnTrigger(StrEnum):
    """What can happen to a return."""

    VERIFY = "verify"
    DECIDE = "decide"
    PREPARE = "prepare"
    WAIT = "wait"
    OFFER = "offer"
    ASK_PAYMENT = "ask_payment"
    ANNOUNCE = "announce"
    AWAIT_PARCEL = "await_parcel"
    SHIP = "ship"
    TRACE = "trace"
    ARRIVE = "arrive"
    ASK_APPROVAL = "ask_approval"
    SETTLE = "settle"
    REPAIR = "repair"
    TEST = "test"
    SEND = "send"
    CONFIRM = "confirm"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    GIVE_UP = "give_up"
    REFUSE = "refuse"
    LAPSE = "lapse"
    CLOSE_WITHDRAWN = "close_withdrawn"


_S, _T = ReturnCaseStatus, ReturnTrigger

OVER = (_S.CLOSED, _S.REFUSED, _S.LAPSED, _S.WITHDRAWN)
"""Nothing more happens."""

WITH_CUSTOMER = (_S.AWAITING_ANSWER, _S.AWAITING_PAYMENT, _S.AWAITING_PARCEL, _S.CONFIRMING)
"""The customer has the word, or the goods."""

_WITHDRAWABLE = (
    *(_S.VERIFYING, _S.DECIDING, _S.WAITING, _S.AWAITING_ANSWER, _S.AWAITING_PAYMENT),
    *(_S.AWAITING_PARCEL, _S.APPROVING),
)
_GIVEN_UP = (
    *(_S.RECEIVED, _S.PREPARING, *_WITHDRAWABLE, _S.ANNOUNCING),
    *(_S.TRACING, _S.INSPECTING, _S.REPAIRING),
)

RETURN_TRANSITIONS: TransitionTable[ReturnTrigger, ReturnCaseStatus] = (
    (_T.VERIFY, (_S.RECEIVED,), _S.VERIFYING),
    (_T.DECIDE, (_S.RECEIVED, _S.VERIFYING), _S.DECIDING),
    (_T.PREPARE, (_S.RECEIVED, _S.VERIFYING, _S.DECIDING, _S.WAITING), _S.PREPARING),
    (_T.WAIT, (_S.PREPARING,), _S.WAITING),
    (_T.OFFER, (_S.PREPARING, _S.INSPECTING), _S.AWAITING_ANSWER),
    (_T.ASK_PAYMENT, (_S.AWAITING_ANSWER,), _S.AWAITING_PAYMENT),
    (_T.ANNOUNCE, (_S.PREPARING, _S.AWAITING_PAYMENT, _S.SETTLING), _S.ANNOUNCING),
    (_T.AWAIT_PARCEL, (_S.ANNOUNCING,), _S.AWAITING_PARCEL),
    (_T.SHIP, (_S.AWAITING_PARCEL, _S.TRACING), _S.IN_TRANSIT),
    (_T.TRACE, (_S.AWAITING_PARCEL, _S.IN_TRANSIT), _S.TRACING),
    (_T.ARRIVE, (_S.AWAITING_PARCEL, _S.IN_TRANSIT, _S.TRACING), _S.INSPECTING),
    (_T.ASK_APPROVAL, (_S.PREPARING, _S.INSPECTING, _S.TRACING, _S.REPAIRING), _S.APPROVING),
    (
        _T.SETTLE,
        (_S.PREPARING, _S.INSPECTING, _S.TRACING, _S.REPAIRING, _S.APPROVING, _S.AWAITING_PARCEL),
        _S.SETTLING,
    ),
    (_T.REPAIR, (_S.INSPECTING, _S.AWAITING_PAYMENT, _S.TESTING), _S.REPAIRING),
    (_T.TEST, (_S.REPAIRING,), _S.TESTING),
    (_T.SEND, (_S.SETTLING, _S.TESTING, _S.UNDOING), _S.SENDING),
    (_T.CONFIRM, (_S.SETTLING, _S.SENDING), _S.CONFIRMING),
    (_T.CLOSE, (_S.CONFIRMING,), _S.CLOSED),
    (_T.WITHDRAW, _WITHDRAWABLE, _S.UNDOING),
    (_T.GIVE_UP, _GIVEN_UP, _S.UNDOING),
    (_T.REFUSE, (_S.UNDOING,), _S.REFUSED),
    (_T.LAPSE, (_S.UNDOING,), _S.LAPSED),
    (_T.CLOSE_WITHDRAWN, (_S.UNDOING,), _S.WITHDRAWN),
)

RETURN_MACHINE = StatusMachine(_S.RECEIVED, RETURN_TRANSITIONS, over=OVER)
