"""The desk over a service that only listens, as the API's tests have it."""

from tests.starter.api.conftest import api, store

__all__ = ["api", "store"]
