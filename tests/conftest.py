"""Which tests share a process when several run side by side, and that none is hurried."""

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("idp", "crash", "chaos")
"""Folders whose tests start whole platforms, which would be in each other's way."""

# How long one example takes says more about the machine than about what is tested.
settings.register_profile(
    "patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


class ByFolder(LoadScopeScheduling):
    """Gives the tests of a folder to one process: they share servers, which take long to start."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("/")[1]
        return "processes" if folder in TOGETHER else folder


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolder:
    """Folders in the order of `testpaths`."""
    config.option.loadscopereorder = False
    return ByFolder(config, log)
