"""The platform of the runtime's tests."""

from tests.runtime.conftest import platform

__all__ = ["platform"]
