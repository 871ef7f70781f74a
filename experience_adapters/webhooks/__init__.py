"""Post signed events to servers."""

from typing import Any

from experience_adapters.webhooks.spec import SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from public_works.webhooks import Webhooks
from symphainy.delivery import Adapter, AdapterFactory

__all__ = ["ADAPTERS"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        from experience_adapters.webhooks.adapter import WebhookPost

        return WebhookPost(
            services[Settings], services[Egress], services[Vault], services[Webhooks]
        )


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
