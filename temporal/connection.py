"""The connection to Temporal, wherever it is."""

from functools import cache

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.plugin import SimplePlugin
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from public_works.settings import Settings

__all__ = ["connect"]


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
