"""The API with a worker pool, as its own tests have it."""

from tests.api.conftest import api, services, stranger, world

__all__ = ["api", "services", "stranger", "world"]
