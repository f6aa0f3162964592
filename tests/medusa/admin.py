"""Medusa's admin API, as bare as it is: for seeding, and for tests that hold its answers."""

from __future__ import annotations

import json
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx

Json = dict[str, Any]


class Admin:
    """One connection with one secret API key. Amounts are Decimals, as they are written in the JSON."""

    def __init__(self, url: str, api_key: str) -> None:
        # An API key is sent as the user name of basic authentication, without a password.
        self._http = httpx.Client(base_url=url, auth=(api_key, ""), timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: Json | None = None) -> tuple[int, Json]:
        """Status and body of the answer, whatever they are."""
        answer = self._http.request(method, f"/admin/{path}", json=body)
        return answer.status_code, json.loads(answer.text, parse_float=Decimal)

    def get(self, path: str) -> Json:
        """What is found there."""
        return self._success("GET", path)

    def post(self, path: str, **body: Any) -> Json:
        """What comes of it."""
        return self._success("POST", path, body)

    def delete(self, path: str) -> Json:
        """What is said of the deletion."""
        return self._success("DELETE", path)

    def refused(self, path: str, **body: Any) -> tuple[int, Json]:
        """Status and body of a POST that must not succeed."""
        status, answer = self.ask("POST", path, body)
        assert status >= 400, f"POST {path} was not refused: {answer}"
        return status, answer

    def _success(self, method: str, path: str, body: Json | None = None) -> Json:
        status, answer = self.ask(method, path, body)
        assert status < 300, f"{method} {path} was answered with {status}: {answer}"
        return answer


def new_api_key(url: str, email: str, password: str) -> str:
    """A new secret API key of this user; nobody is told it again."""
    with httpx.Client(base_url=url, timeout=60) as http:
        login = http.post("/auth/user/emailpass", json={"email": email, "password": password})
        bearer = {"Authorization": f"Bearer {login.raise_for_status().json()['token']}"}
        made = http.post("/admin/api-keys", json={"title": "Duecourse", "type": "secret"}, headers=bearer)
        key: str = made.raise_for_status().json()["api_key"]["token"]
        return key
