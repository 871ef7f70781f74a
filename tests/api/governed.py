"""An API that asks for approvals as an installation does, and people of every role."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from public_works import Settings
from tests.api.world import World, listening, principal, pure, put

__all__ = ["TENANT", "City", "governed"]

TENANT = "acme"
PEOPLE = {
    "ada": ("author",),
    "amy": ("author", "approver"),
    "ben": ("approver",),
    "bea": ("approver",),
    "rex": ("reviewer",),
    "opal": ("operator",),
    "olga": ("operator", "approver"),
    "vera": ("viewer",),
}


@dataclass
class City:
    """The API, and a client for everybody."""

    world: World
    people: Mapping[str, httpx2.AsyncClient]

    def name(self) -> str:
        """A name no test has used."""
        return self.world.name("governed")

    async def drafted(self, by: str = "ada", text: str | None = None) -> str:
        """The address of a version 1.0.0 that `by` wrote."""
        name = self.name()
        answer = await put(self.people[by], name, text or pure(name))
        assert answer.status_code == 201, answer.text
        return f"/v1/solutions/acme.{name}/versions/1.0.0"

    async def submitted(self, by: str = "ada") -> str:
        """The address of a version that its author has submitted."""
        version = await self.drafted(by)
        answer = await self.people[by].post(f"{version}/submit")
        assert answer.status_code == 200, answer.text
        return version

    async def approved(self, by: str = "ada") -> str:
        """The address of a version that somebody else has approved."""
        version = await self.submitted(by)
        answer = await self.people["ben"].post(f"{version}/approve")
        assert answer.json()["state"] == "approved", answer.text
        return version

    async def next(self, version: str, number: str) -> str:
        """The address of another version of the same solution, approved."""
        solution = version.split("/versions/")[0]
        name = solution.rpartition(".")[2]
        text = pure(name, number).replace("Hello", f"Hello from {number}")
        assert (await put(self.people["ada"], name, text, number)).status_code == 201
        after = f"{solution}/versions/{number}"
        await self.people["ada"].post(f"{after}/submit")
        answer = await self.people["ben"].post(f"{after}/approve")
        assert answer.json()["state"] == "approved", answer.text
        return after

    async def deployed(self, version: str, environment: str, **more: Any) -> Any:
        """What the operator's deploying answers."""
        body = {"environment": environment, **more}
        return await self.people["opal"].post(f"{version}/deploy", json=body)


@asynccontextmanager
async def governed(world: World, **settings: Any) -> AsyncIterator[City]:
    """The city over the services of `world`, under the settings that an installation has, or
    these."""
    asked = {"approval_free", "approvals_needed", "promoted_environments", "sole_owners"}
    usual = {name: field.default for name, field in Settings.model_fields.items() if name in asked}
    under = world.services.settings.model_copy(update={**usual, **settings})
    services = replace(world.services, settings=under)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(listening(services))
        inside = World(url, services)
        people = {}
        for id, roles in PEOPLE.items():
            client = await inside.client(principal(id, *roles, tenant=TENANT))
            people[id] = await stack.enter_async_context(client)
        # Names are counted by the world that all tests share.
        inside.name = world.name  # type: ignore[method-assign]
        yield City(inside, people)
