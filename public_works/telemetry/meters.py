"""What is counted in a process, for Prometheus; labels are words of ours, never ids."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

__all__ = ["Meters", "offering"]

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Meters:
    """The meters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._counted(self.registry)
        self._standing(self.registry)

    def _counted(self, own: CollectorRegistry) -> None:
        self.decisions = Counter(
            "symphainy_policy_decisions",
            "Decisions of policy.",
            ("outcome", "kind", "layer", "point"),
            registry=own,
        )
        self.gate = Histogram(
            "symphainy_gate_seconds",
            "How long a decision on fresh facts took.",
            ("point",),
            buckets=QUICK,
            registry=own,
        )
        self.deliveries = Counter(
            "symphainy_deliveries",
            "Writes on the wire, by what came of them.",
            ("adapter", "outcome"),
            registry=own,
        )
        self.attempts = Counter(
            "symphainy_step_attempts",
            "Attempts of steps.",
            ("kind", "outcome"),
            registry=own,
        )
        self.receipts = Counter(
            "symphainy_receipts", "What providers told.", ("adapter", "event"), registry=own
        )
        self.requests = Histogram(
            "symphainy_http_requests_seconds",
            "Requests to the API.",
            ("method", "route", "status"),
            buckets=SLOW,
            registry=own,
        )

    def _standing(self, own: CollectorRegistry) -> None:
        self.runs = Gauge("symphainy_runs", "Runs, by how they stand.", ("status",), registry=own)
        self.approvals = Gauge(
            "symphainy_approvals_pending", "Approvals that nobody has answered.", registry=own
        )
        self.oldest = Gauge(
            "symphainy_approvals_oldest_seconds", "How long the oldest waits.", registry=own
        )
        self.unknown = Gauge(
            "symphainy_deliveries_unknown", "Deliveries of which nobody knows.", registry=own
        )
        self.checkpoint = Gauge(
            "symphainy_audit_checkpoint_age_seconds",
            "How long the oldest record of the audit log waits for a checkpoint.",
            registry=own,
        )
        self.alarms = Gauge("symphainy_alarms", "Alarms that stand.", ("kind",), registry=own)
        self._of_events(own)

    def _of_events(self, own: CollectorRegistry) -> None:
        self.handovers = Gauge(
            "symphainy_handovers_waiting",
            "Events that are to be handed to runs and were not yet, as far as is looked.",
            registry=own,
        )
        self.posts = Counter(
            "symphainy_posts", "Attempts to send events to endpoints.", ("outcome",), registry=own
        )
        self.waiting = Gauge(
            "symphainy_posts_waiting", "Events on their way to endpoints.", registry=own
        )
        self.waited = Gauge(
            "symphainy_posts_oldest_seconds", "How long the oldest of them is.", registry=own
        )
        self.letters = Gauge(
            "symphainy_dead_letters", "Events that were given up.", ("way",), registry=own
        )


@contextmanager
def offering(meters: Meters, where: str | None) -> Iterator[None]:
    """Offer `meters` on host:port while the body runs; on no port if there is none."""
    if where is None:
        yield
        return
    host, _, port = where.rpartition(":")
    server, thread = start_http_server(int(port), addr=host, registry=meters.registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
