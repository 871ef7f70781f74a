"""Keep records in Salesforce."""

from typing import Any

from experience_adapters.salesforce.adapter import SalesforceCrm
from experience_adapters.salesforce.spec import SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import AdapterFactory

__all__ = ["ADAPTERS", "SalesforceCrm"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> SalesforceCrm:
        return SalesforceCrm(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
