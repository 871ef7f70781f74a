"""An identity provider on a socket, and the API that trusts it."""

import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from public_works.keys import Holder
from smart_city.scope import Scope
from smart_city.trust import TrustedIssuer
from solution_api.bearers import Bearers
from solution_api.services import Services
from symphainy.identity import Principal
from tests.api.world import listening
from tests.twins.issuer import AUDIENCE, IssuerTwin
from tests.twins.web import web

__all__ = ["Clock", "Trusting", "holder", "trusting"]

ROLES = {"claim": "groups", "values": {"operators": ["operator"], "authors": ["author"]}}


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Trusting:
    """An API that trusts one provider, under the tenant's own name for it."""

    url: str
    services: Services
    twin: IssuerTwin
    other: IssuerTwin
    """Answers like the first one, and nobody trusts it."""
    clock: Clock

    def trust(self, id: str = "corp", tenant: str = "acme", **said: Any) -> TrustedIssuer:
        """Trust the first provider, on these terms."""
        asked = {"issuer": self.twin.issuer, "audience": AUDIENCE, "roles": ROLES, **said}
        trusted = TrustedIssuer.model_validate(asked)
        self.services.stores.issuers.put(tenant, id, trusted, by="owner")
        return trusted

    async def shows(self, token: str, path: str = "/v1/solutions") -> httpx2.Response:
        """The answer to whoever shows `token`."""
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=60) as client:
            return await client.get(path)

    async def holder(self, token: str) -> Holder | None:
        """Who shows `token`."""
        return await self.services.bearers.holder(token)


def holder(principal: Principal, *, environment: str = "all", scope: Scope | None = None) -> Holder:
    """Whoever shows a token of theirs."""
    return Holder(principal=principal, key="", environment=environment, scope=scope or Scope())


@contextmanager
def providers(folder: Path) -> Iterator[tuple[IssuerTwin, IssuerTwin, Any]]:
    """Two providers, and the way to them."""
    twin, other = IssuerTwin("login.acme.example"), IssuerTwin("login.evil.example")
    with web(folder, {twin.host: twin.site, other.host: other.site}) as found:
        yield twin, other, found.egress()


@asynccontextmanager
async def trusting(
    services: Services, folder: Path, patience: float = 60
) -> AsyncIterator[Trusting]:
    """The API over `services`, where the world has two providers, each waited for so long."""
    clock = Clock()
    with providers(folder) as (twin, other, egress):
        bearers = Bearers(
            services.settings, services.stores, egress, clock=clock, patience=patience
        )
        theirs = dataclasses.replace(services, bearers=bearers)
        async with listening(theirs) as url:
            found = Trusting(url, theirs, twin, other, clock)
            found.trust()
            try:
                yield found
            finally:
                for tenant in ("acme", "evil"):
                    for one in services.stores.issuers.list(tenant):
                        services.stores.issuers.remove(tenant, one.id)
