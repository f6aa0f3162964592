"""The delivery problem's statuses, what moves it from one to the next, and the table that says so."""

from __future__ import annotations

from enum import StrEnum

from domain.machines import StatusMachine, TransitionTable


class DeliveryCaseStatus(StrEnum):
    """Where a delivery problem stands; the values are search attributes and part of the public contract."""

    RECEIVED = "received"
    DECIDING = "deciding"
    WAITING = "waiting"
    APPROVING = "approving"
    COMMITTING = "committing"
    RESOLVED = "resolved"


class DeliveryTrigger(StrEnum):
    """What can happen to a delivery problem."""

    DECIDE = "decide"
    WAIT = "wait"
    ASK_APPROVAL = "ask_approval"
    COMMIT = "commit"
    RESOLVE = "resolve"


_S, _T = DeliveryCaseStatus, DeliveryTrigger
OVER = (_S.RESOLVED,)

DELIVERY_TRANSITIONS: TransitionTable[DeliveryTrigger, DeliveryCaseStatus] = (
    (_T.DECIDE, (_S.RECEIVED, _S.WAITING, _S.APPROVING, _S.COMMITTING), _S.DECIDING),
    (_T.WAIT, (_S.DECIDING,), _S.WAITING),
    (_T.ASK_APPROVAL, (_S.COMMITTING,), _S.APPROVING),
    (_T.COMMIT, (_S.DECIDING, _S.WAITING, _S.APPROVING), _S.COMMITTING),
    (_T.RESOLVE, (_S.RECEIVED, _S.DECIDING, _S.WAITING, _S.APPROVING, _S.COMMITTING), _S.RESOLVED),
)

DELIVERY_MACHINE = StatusMachine(_S.RECEIVED, DELIVERY_TRANSITIONS, over=OVER)
