"""Keep messages in the outbox, where people read them instead of receiving them."""

from typing import Any

from experience_adapters.sandbox.mail import SandboxEmail
from experience_adapters.sandbox.texts import SandboxSms
from public_works.outbox import Outbox
from symphainy.catalog import AdapterSpec
from symphainy.delivery import Adapter, AdapterFactory

__all__ = ["ADAPTERS", "SandboxEmail", "SandboxSms"]


class _Factory:
    def __init__(self, kind: type[SandboxEmail] | type[SandboxSms]) -> None:
        self._kind = kind
        self.spec: AdapterSpec = kind.spec

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        return self._kind(services[Outbox])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(SandboxEmail), _Factory(SandboxSms))
