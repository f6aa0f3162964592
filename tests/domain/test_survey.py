"""A survey says something, on the scales that everybody knows."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.survey import Survey


@pytest.mark.parametrize("answers", [{"csat": 1}, {"nps": 0}, {"ces": 7}, {"text": "Quick and kind."}])
def test_one_answer_is_enough(answers: dict[str, object]) -> None:
    assert Survey.model_validate(answers).model_dump(exclude_none=True) == answers


@pytest.mark.parametrize("answers", [{}, {"csat": None}, {"csat": 0}, {"csat": 6}, {"nps": 11}, {"ces": 8}, {"x": 1}])
def test_no_answer_or_one_off_its_scale_is_none(answers: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Survey.model_validate(answers)
