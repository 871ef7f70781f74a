"""The platforms of the runtime's tests."""

from tests.runtime.conftest import platform, replaying, skipping

__all__ = ["platform", "replaying", "skipping"]
