"""The connection to Temporal, wherever it is."""

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.plugin import SimplePlugin

from public_works.settings import Settings

__all__ = ["connect"]


async def connect(settings: Settings, plugin: SimplePlugin) -> Client:
    """A client with `plugin`: to `SYMPHAINY_TEMPORAL_ADDRESS` if set, else as Temporal's own
    environment variables and profiles say (address, TLS, API key), else to the embedded server.
    """
    config = ClientConfig.load_client_connect_config()
    if settings.temporal_address:
        config["target_host"] = settings.temporal_address
    config.setdefault("target_host", f"127.0.0.1:{settings.temporal_port}")
    config.setdefault("namespace", settings.temporal_namespace)
    return await Client.connect(**config, plugins=[plugin])
