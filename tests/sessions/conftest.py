from tests.runtime.conftest import platform, replaying, short

__all__ = ["platform", "replaying", "short"]
