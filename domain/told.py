"""Words in forms that go to the customer as they are: a form says of each of them when the customer reads it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.messages import Text

Told = Annotated[Text, Field(json_schema_extra={"told": "always"})]
"""The customer reads this, whatever else the form says."""

ToldIfRefused = Annotated[Text, Field(json_schema_extra={"told": "refused"})]
"""The customer reads this if what they want is refused."""

ToldIfGivenUp = Annotated[Text, Field(json_schema_extra={"told": "given_up"})]
"""The customer reads this if their order stays as it is."""

ToldIfNotAccepted = Annotated[Text, Field(json_schema_extra={"told": "not_accepted"})]
"""The customer reads this if not all that came back is accepted."""

ToldIfNotRepaired = Annotated[Text, Field(json_schema_extra={"told": "not_repaired"})]
"""The customer reads this if goods go back to them as they came."""
