"""The platform's own chat: messages in the sessions of customers, shown by the widget."""

from typing import Any

from experience_adapters.webchat.adapter import WebChat
from symphainy.delivery import Adapter, AdapterFactory
from symphainy.session import Conversations

__all__ = ["ADAPTERS", "WebChat"]


class _Factory:
    spec = WebChat.spec

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        return WebChat(services[Conversations])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
