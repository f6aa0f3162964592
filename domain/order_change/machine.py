"""The order change's statuses, what moves it from one to the next, and the table that says so."""

from __future__ import annotations

from enum import StrEnum

from domain.machines import StatusMachine, TransitionTable


class ChangeCaseStatus(StrEnum):
    """Where an order change stands; the values are search attributes and part of the public contract."""

    RECEIVED = "received"
    VERIFYING = "verifying"
    DECIDING = "deciding"
    PREPARING = "preparing"
    AWAITING_ANSWER = "awaiting_answer"
    AWAITING_PAYMENT = "awaiting_payment"
    APPROVING = "approving"
    INTERCEPTING = "intercepting"
    COMMITTING = "committing"
    UNDOING = "undoing"
    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class ChangeTrigger(StrEnum):
    """What can happen to an order change."""

    VERIFY = "verify"
    DECIDE = "decide"
    PREPARE = "prepare"
    OFFER = "offer"
    ASK_PAYMENT = "ask_payment"
    ASK_APPROVAL = "ask_approval"
    INTERCEPT = "intercept"
    COMMIT = "commit"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    GIVE_UP = "give_up"
    REFUSE = "refuse"
    LAPSE = "lapse"
    CLOSE_WITHDRAWN = "close_withdrawn"


_S, _T = ChangeCaseStatus, ChangeTrigger

OVER = (_S.DONE, _S.REFUSED, _S.LAPSED, _S.WITHDRAWN)
"""Nothing more happens."""

WITH_CUSTOMER = (_S.AWAITING_ANSWER, _S.AWAITING_PAYMENT)
"""The customer has the word."""

_WITHDRAWABLE = (_S.VERIFYING, _S.DECIDING, *WITH_CUSTOMER, _S.APPROVING)

CHANGE_TRANSITIONS: TransitionTable[ChangeTrigger, ChangeCaseStatus] = (
    (_T.VERIFY, (_S.RECEIVED,), _S.VERIFYING),
    (_T.DECIDE, (_S.RECEIVED, _S.VERIFYING, _S.PREPARING, _S.COMMITTING), _S.DECIDING),
    (_T.PREPARE, (_S.RECEIVED, _S.VERIFYING, _S.DECIDING), _S.PREPARING),
    (_T.OFFER, (_S.PREPARING,), _S.AWAITING_ANSWER),
    (_T.ASK_PAYMENT, (_S.AWAITING_ANSWER,), _S.AWAITING_PAYMENT),
    (_T.ASK_APPROVAL, (_S.PREPARING, _S.AWAITING_ANSWER), _S.APPROVING),
    (_T.INTERCEPT, (_S.PREPARING, _S.APPROVING), _S.INTERCEPTING),
    (
        _T.COMMIT,
        (_S.PREPARING, _S.AWAITING_ANSWER, _S.AWAITING_PAYMENT, _S.APPROVING, _S.INTERCEPTING, _S.DECIDING),
        _S.COMMITTING,
    ),
    (_T.COMPLETE, (_S.COMMITTING,), _S.DONE),
    (_T.WITHDRAW, _WITHDRAWABLE, _S.UNDOING),
    (_T.GIVE_UP, (_S.RECEIVED, *_WITHDRAWABLE, _S.PREPARING, _S.INTERCEPTING, _S.COMMITTING), _S.UNDOING),
    (_T.REFUSE, (_S.UNDOING,), _S.REFUSED),
    (_T.LAPSE, (_S.UNDOING,), _S.LAPSED),
    (_T.CLOSE_WITHDRAWN, (_S.UNDOING,), _S.WITHDRAWN),
)

CHANGE_MACHINE = StatusMachine(_S.RECEIVED, CHANGE_TRANSITIONS, over=OVER)
