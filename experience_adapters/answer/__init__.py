"""Answer the requests that started runs."""

from typing import Any

from experience_adapters.answer.spec import SPEC
from public_works.answers import Answers
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Adapter, AdapterFactory

__all__ = ["ADAPTERS"]


class _Factory:
    spec = SPEC

    def make(self, services: dict[type, Any]) -> Adapter[Any]:
        from experience_adapters.answer.adapter import RunAnswer

        return RunAnswer(services[Settings], services[Egress], services[Vault], services[Answers])


ADAPTERS: tuple[AdapterFactory, ...] = (_Factory(),)
