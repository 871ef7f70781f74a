"""The connection to Temporal, wherever it is."""

import asyncio
from datetime import UTC, datetime
from functools import cache

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.plugin import SimplePlugin
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from public_works import Stores
from public_works.settings import Settings
from symphainy.errors import Refused

__all__ = ["belong", "connect"]


async def connect(
    settings: Settings, plugin: SimplePlugin, *, metrics: str | None = None
) -> Client:
    """A client with `plugin`: to `SYMPHAINY_TEMPORAL_ADDRESS` if set, else as Temporal's own
    environment variables and profiles say (address, TLS, API key), else to the embedded server.

    On `metrics`, host:port, the SDK offers its own figures to Prometheus.
    """
    config = ClientConfig.load_client_connect_config()
    if settings.temporal_address:
        config["target_host"] = settings.temporal_address
    config.setdefault("target_host", f"127.0.0.1:{settings.temporal_port}")
    config.setdefault("namespace", settings.temporal_namespace)
    return await Client.connect(**config, plugins=[plugin], runtime=_runtime(metrics))


async def belong(stores: Stores, client: Client) -> None:
    """See that the database is that of the client's namespace, for good.

    Whoever looks from one namespace at the records of another's runs takes all of them for gone.
    Refused: settings.namespace.
    """
    ours, now = client.namespace, datetime.now(UTC)
    kept = await asyncio.to_thread(stores.marks.only, "namespace", ours, now)
    if kept != ours:
        raise Refused(
            "settings.namespace",
            f"the database is that of Temporal's namespace {kept!r}, and this is {ours!r}: set "
            f"SYMPHAINY_TEMPORAL_NAMESPACE={kept}, or give {ours!r} a database of its own",
        )


@cache
def _runtime(metrics: str | None) -> Runtime:
    """One a process: it holds threads and, if asked to, a port."""
    if metrics is None:
        return Runtime.default()
    offered = PrometheusConfig(
        bind_address=metrics,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
    )
    return Runtime(telemetry=TelemetryConfig(metrics=offered))
