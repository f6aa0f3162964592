"""What the API's page shows as bodies is what the API takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from starter.api.events import OrderEvent, ParcelScan
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
SHOWN: dict[str, str] = dict(re.findall(r"^`POST (/v1/\S+)`:.*?```json\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))
TAKEN: dict[str, type[BaseModel]] = {
    "/v1/order-changes": NewOrderChange,
    "/v1/returns": NewReturn,
    "/v1/events/orders": OrderEvent,
    "/v1/events/parcels": ParcelScan,
}


@pytest.mark.parametrize("path", TAKEN)
def test_body_on_the_page_is_taken(path: str) -> None:
    filled_in = {"source": "my-shop"} if "source" in TAKEN[path].model_fields else {}
    TAKEN[path].model_validate(json.loads(SHOWN[path]) | filled_in)


def test_every_body_on_the_page_is_tried() -> None:
    assert SHOWN.keys() == TAKEN.keys()
