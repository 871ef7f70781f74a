"""The suites that adapters are accepted by: one for all, each run against a twin of its provider.

In a test module of the adapter's own package, with pytest and pytest-asyncio:

    pytest.register_assert_rewrite("symphainy.conformance")

    class TestPigeon(AdapterSuite):
        @pytest.fixture
        async def case(self) -> AsyncIterator[AdapterCase]: ...
"""

from symphainy.conformance.adapter import AdapterSuite
from symphainy.conformance.callbacks import CallbackCase, CallbackSuite
from symphainy.conformance.case import AdapterCase, Fault, Received, sending

__all__ = [
    "AdapterCase",
    "AdapterSuite",
    "CallbackCase",
    "CallbackSuite",
    "Fault",
    "Received",
    "sending",
]
