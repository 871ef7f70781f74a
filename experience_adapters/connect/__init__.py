"""Call people through Amazon Connect."""

from typing import Any

from experience_adapters.connect.spec import SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Adapter, AdapterFactory

__all__ = ["ADAPTERS"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        # Here, as boto3 takes 1.7 s to import and most processes only read the spec.
        from experience_adapters.connect.adapter import ConnectVoice

        return ConnectVoice(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
"""The adapter of phone calls for Amazon Connect."""
