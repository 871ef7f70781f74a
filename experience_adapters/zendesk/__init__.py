"""Reach people through tickets in Zendesk."""

from typing import Any

from experience_adapters.zendesk.adapter import ZendeskTickets
from experience_adapters.zendesk.spec import SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import AdapterFactory

__all__ = ["ADAPTERS", "ZendeskTickets"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> ZendeskTickets:
        return ZendeskTickets(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
