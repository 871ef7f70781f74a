"""Write into Slack."""

from typing import Any

from experience_adapters.slack.spec import SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Adapter, AdapterFactory

__all__ = ["ADAPTERS"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        from experience_adapters.slack.adapter import SlackChat

        return SlackChat(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
