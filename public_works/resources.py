"""Documents that definitions name, fetched when a version is checked or registered."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urljoin, urlsplit

from public_works.authorization import Authorizer
from public_works.egress import CLEARANCE, Clearance, Egress
from public_works.mask import Mask, filled
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.errors import Ending
from symphainy.json import Json
from symphainy.resource import Fetch, Fetched, Resource, Unreachable, Wanted

__all__ = ["Library"]

SECONDS = 10.0
TOGETHER = 30.0
AT_ONCE = 4
REDIRECTS = 3
OK = 200
ACCEPT = "application/json, application/yaml, text/yaml, */*;q=0.5"


class Library:
    """Fetches for each tenant with that tenant's secrets; keeps nothing."""

    def __init__(
        self,
        egress: Egress,
        vault: Vault,
        authorizer: Authorizer,
        clearance: Callable[[str], Clearance] | None = None,
    ) -> None:
        self._egress = egress
        self._vault = vault
        self._authorizer = authorizer
        self._clearance = clearance

    @classmethod
    def over(
        cls,
        settings: Settings,
        egress: Egress | None = None,
        clearance: Callable[[str], Clearance] | None = None,
    ) -> "Library":
        """A library of the platform's own way out, or of `egress`; `clearance` of a tenant is asked
        about every connection."""
        out = egress or Egress(settings.egress_allow)
        return cls(out, Vault(settings), Authorizer(out), clearance)

    def of(self, tenant: str) -> Fetch:
        """How the documents of the tenant's definitions are fetched.

        Over https, or from hosts that the operator listed: what is fetched here is what a
        version does for ever, so nobody on the way may change it.
        """

        async def fetch(wanted: Sequence[Wanted]) -> Mapping[str, Fetched]:
            room = asyncio.Semaphore(AT_ONCE)

            async def one(it: Wanted) -> Fetched:
                async with room:
                    return await self._one(tenant, it)

            tasks = {it.uri: asyncio.create_task(one(it)) for it in wanted}
            if tasks:
                _, late = await asyncio.wait(tasks.values(), timeout=TOGETHER)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)
            slow = Unreachable(f"it was not there after {TOGETHER:.0f} s")
            return {uri: slow if one.cancelled() else one.result() for uri, one in tasks.items()}

        return fetch

    async def _one(self, tenant: str, wanted: Wanted) -> Fetched:
        if self._clearance is not None:
            CLEARANCE.set(self._clearance(tenant))
        wire = {
            "authentication": wanted.authentication,
            "secrets": {
                pointer: [one if isinstance(one, str) else one.model_dump() for one in parts]
                for pointer, parts in wanted.secrets.items()
            },
        }
        try:
            whole, mask = await asyncio.to_thread(filled, wire, tenant, self._vault)
        except Ending as ending:
            return Unreachable(ending.message)
        try:
            return await self._chain(tenant, whole["authentication"], mask, wanted.uri)
        except Ending as ending:
            return Unreachable(mask.text(ending.message))
        except ValueError:
            return Unreachable("it is, or leads to, no address")

    async def _chain(self, tenant: str, policy: Json, mask: Mask, url: str) -> Fetched:
        origin = urlsplit(url)[:2]
        for _ in range(REDIRECTS + 1):
            if not url.startswith("https://") and not self._egress.listed(url):
                return Unreachable("it is neither https nor at a host of SYMPHAINY_EGRESS_ALLOW")
            given = policy if urlsplit(url)[:2] == origin else None
            answer = await self._authorizer.request(
                tenant, given, mask, "GET", url, headers={"accept": ACCEPT}, timeout=SECONDS
            )
            if answer.status == OK:
                return Resource(answer.content, answer.headers.get("content-type", ""))
            if not answer.redirects:
                return Unreachable(f"the server answered {answer.status}")
            url = urljoin(url, answer.headers["location"])
        return Unreachable("the server redirects too often")
