"""Keep messages in the outbox, where people read them instead of receiving them."""

from typing import Any

from experience_adapters.sandbox.answers import SandboxApi
from experience_adapters.sandbox.calls import SandboxVoice
from experience_adapters.sandbox.chat import SandboxChat
from experience_adapters.sandbox.events import SandboxWebhook
from experience_adapters.sandbox.mail import SandboxEmail
from experience_adapters.sandbox.records import SandboxCrm
from experience_adapters.sandbox.texts import SandboxSms
from experience_adapters.sandbox.tickets import SandboxTicket
from public_works.outbox import Outbox
from public_works.seal import Seal
from public_works.settings import Settings
from symphainy.catalog import AdapterSpec
from symphainy.delivery import Adapter, AdapterFactory

__all__ = [
    "ADAPTERS",
    "SANDBOXES",
    "SandboxApi",
    "SandboxChat",
    "SandboxCrm",
    "SandboxEmail",
    "SandboxSms",
    "SandboxTicket",
    "SandboxVoice",
    "SandboxWebhook",
]

SANDBOXES: tuple[Any, ...] = (
    SandboxEmail,
    SandboxSms,
    SandboxVoice,
    SandboxCrm,
    SandboxTicket,
    SandboxWebhook,
    SandboxChat,
    SandboxApi,
)


class _Factory:
    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self.spec: AdapterSpec = kind.spec

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        seal = Seal.of(services[Settings].home)
        adapter: Adapter[Any] = self._kind(services[Outbox], seal)
        return adapter


ADAPTERS: tuple[AdapterFactory, ...] = tuple(_Factory(one) for one in SANDBOXES)
