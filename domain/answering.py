"""A task that a case may have: answer a customer who wrote while nobody had work to do for it."""

from __future__ import annotations

from typing import cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.conversation import write
from domain.messages import Text
from domain.people import Actor
from domain.sla.spans import Instant
from domain.tasks import HumanTask, TaskDefinition
from domain.worked_case import ANSWER, WorkedCase


class CustomerAnswerForm(BaseModel):
    """What the customer is answered: `text` is sent; `how` says by what other way they were, if nothing is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text | None = Field(default=None, description="sent to the customer")
    how: Text | None = Field(default=None, description="how they were answered, if nothing is sent")

    @model_validator(mode="after")
    def _answered(self) -> CustomerAnswerForm:
        if self.text is None and self.how is None:
            raise ValueError("expected text that is sent, or how the customer was answered")
        return self


ANSWERING = TaskDefinition(kind=ANSWER, title="Answer the customer", form=CustomerAnswerForm, skippable=True)


def customer_answered(case: WorkedCase, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
    """Somebody answered what the customer wrote."""
    found = cast(CustomerAnswerForm, form)
    case.note(now, "customer_answered", actor, text=found.text or found.how)
    if found.text:
        about = f"Answer of {actor.id} to the customer"
        write(case, case.message_template, now, about, author=actor.id, text=found.text)
