"""Keep records in HubSpot."""

from typing import Any

from experience_adapters.hubspot.adapter import HubSpotCrm
from experience_adapters.hubspot.spec import SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import AdapterFactory

__all__ = ["ADAPTERS", "HubSpotCrm"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> HubSpotCrm:
        return HubSpotCrm(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
