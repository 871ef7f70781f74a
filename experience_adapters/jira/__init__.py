"""Reach people through tickets in Jira."""

from typing import Any

from experience_adapters.jira.adapter import JiraTickets
from experience_adapters.jira.spec import SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import AdapterFactory

__all__ = ["ADAPTERS", "JiraTickets"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> JiraTickets:
        return JiraTickets(services[Settings], services[Egress], services[Vault])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
