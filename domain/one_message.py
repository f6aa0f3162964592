"""One message instead of many: what several steps decide to tell the customer at once is said once."""

from __future__ import annotations

from domain.case_record import CaseRecord
from domain.deeds import SendMessage
from domain.sla.spans import Instant
from domain.templates import TemplateName

MESSAGE_RANK: tuple[TemplateName, ...] = (
    TemplateName.CLOSED_WITHOUT_ANSWER,
    TemplateName.ESCALATED,
    TemplateName.STATUS_UPDATE,
    TemplateName.SOLUTION_REMINDER,
    TemplateName.QUESTION_REMINDER,
    TemplateName.COMPENSATION,
)
"""Which automatic message says most when several fall due at once; the others' words are added to it."""


def keep_one_message(case: CaseRecord, first: int, now: Instant) -> None:
    """Of the automatic customer messages decided since deed number `first`, keep the one that says most.

    After a downtime many steps run at once; the customer gets one message and not many (lessons, failure 10).
    """
    fresh = case.state.deeds[first:]
    messages = [deed for deed in fresh if isinstance(deed, SendMessage) and deed.template in MESSAGE_RANK]
    if len(messages) < 2:
        return
    kept, *others = sorted(messages, key=lambda message: MESSAGE_RANK.index(message.template))
    words = dict(kept.words)
    for other in others:
        words.update({name: value for name, value in other.words.items() if words.get(name) is None})
        case.note(now, "message_joined", template=other.template.value, key=other.key, into=kept.key)
    joined = kept.model_copy(update={"words": words, "joined": tuple(other.key for other in others)})
    case.state.deeds[first:] = [
        joined if deed is kept else deed for deed in fresh if deed is kept or deed not in others
    ]
