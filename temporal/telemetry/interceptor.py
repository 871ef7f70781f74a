"""The spans of activities as an interceptor; the gate's own place for those of runs is the gate."""

from temporalio import client, worker

from temporal.gate.services import GateServices
from temporal.telemetry.activity import ActivitySpans

__all__ = ["SpanInterceptor"]


class SpanInterceptor(client.Interceptor, worker.Interceptor):
    """Tells what a worker does; it stands before the gate in a list of interceptors.

    It is one of clients too because the gate is: a worker has those of its client first.
    """

    def __init__(self, services: GateServices) -> None:
        self._services = services

    def intercept_activity(
        self, next: worker.ActivityInboundInterceptor
    ) -> worker.ActivityInboundInterceptor:
        """See base class."""
        return ActivitySpans(next, self._services)
