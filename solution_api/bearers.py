"""Who shows a bearer token, or is signed in: the holder of an API key, or whom an identity provider
vouches for."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from public_works import Settings, Stores
from public_works.egress import Egress
from public_works.issuers import IssuerRecord
from public_works.keys import Holder
from public_works.oidc import PATIENCE, ProviderKeys, verified
from public_works.people import Person
from public_works.record import now
from public_works.sign_ins import SignIn
from smart_city.delegation import shared
from smart_city.id_tokens import Arrival
from smart_city.scope import EVERYWHERE, Scope
from smart_city.step_up import signed_in_well, withheld
from smart_city.tokens import Bearer, head, looks_like_one, named, read
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = ["OWNER", "Bearers"]

MOST_AUDIENCES = 20
OWNER = "owner"
"""Whoever runs the platform on this machine, as the link says that is printed there."""


class Bearers:
    """Looks up keys and verifies tokens; one for each process, for it remembers issuers' keys."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        egress: Egress,
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._stores = stores
        self.egress = egress
        self.patience = patience
        self.listed = egress.listed
        self.keys = ProviderKeys(egress, clock=clock, patience=patience)
        self.fixed = tuple(
            IssuerRecord(tenant=settings.tenant, id=id, said=said, by="settings", updated=now())
            for id, said in settings.issuers.items()
        )
        """Issuers that the operator has this process trust, for its own tenant."""

    async def holder(self, text: str) -> Holder | None:
        """Who shows `text`; None for what is neither a key that is good nor a token at all.

        Refused `token.…`, Unavailable `issuer.unavailable`.
        """
        if not looks_like_one(text):
            return await asyncio.to_thread(self._stores.keys.authenticate, text)
        said = head(text)
        trusted = await self._trusted(said.issuer, said.audience)
        key = await self.keys.find(said.issuer, said.kid)
        if key is None:
            raise Refused("token.signature", "The issuer has no such key.")
        claims = verified(text, said.algorithm, key)
        return await asyncio.to_thread(self._believed, claims, trusted)

    async def signed_in(self, text: str) -> tuple[SignIn, Holder] | None:
        """The sign-in that a browser proves with `text`, and what its person may do now; None when
        it is over, its issuer signs nobody in any more, or its person may not come in."""
        return await asyncio.to_thread(self._signed_in, text)

    def issuer(self, tenant: str, id: str) -> IssuerRecord | None:
        """What is said of the tenant's issuer of that id."""
        fixed = (one for one in self.fixed if (one.tenant, one.id) == (tenant, id))
        return next(fixed, None) or self._stores.issuers.get(tenant, id)

    def arrived(self, arrival: Arrival, trusted: IssuerRecord) -> tuple[str, Person | None]:
        """Who signed in: the principal's id, and the person. Refused `token.person`."""
        person = self._known(arrival.person, trusted, needed=True)
        return person.id if person else named(trusted.id, arrival.subject), person

    def _signed_in(self, text: str) -> tuple[SignIn, Holder] | None:
        found = self._stores.sign_ins.find(text)
        if found is None:
            return None
        if found.key is not None:
            holder = self._stores.keys.holder(found.tenant, found.key)
            return (found, holder) if holder else None
        return self._by_provider(found) if found.issuer else (found, _owner(found))

    def _by_provider(self, found: SignIn) -> tuple[SignIn, Holder] | None:
        trusted = self.issuer(found.tenant, found.issuer)
        if not trusted or trusted.said.issuer != found.provider:
            return None
        if trusted.said.sign_in is None:
            return None
        person = self._stores.people.get(found.tenant, found.person) if found.person else None
        if found.person is not None and (person is None or not person.active):
            return None
        if person is None and trusted.said.people == "provisioned":
            return None
        mapped = {role for kind, role in trusted.said.granted if kind == "user"}
        roles = mapped.intersection(found.roles).union(person.roles if person else ())
        strong = signed_in_well(found.how, trusted.said.step_up, now=time.time())
        out = self._withheld(frozenset(roles), strong, trusted)
        who = Principal(
            tenant=found.tenant, id=found.principal, kind="user", roles=frozenset(roles) - out
        )
        where = trusted.said.environment
        step_up = trusted.said.step_up if out else None
        return found, Holder(
            principal=who, key="", environment=where, scope=Scope(), withheld=out, step_up=step_up
        )

    async def _trusted(self, issuer: str, audience: tuple[str, ...]) -> IssuerRecord:
        """The tenant's word about an issuer, which is chosen by what the token has yet to prove."""
        for one in self.fixed:
            if one.said.issuer == issuer and one.said.audience in audience:
                return one
        wanted = audience[:MOST_AUDIENCES]
        found = await asyncio.to_thread(self._stores.issuers.trusted, issuer, wanted)
        if not found:
            message = "No tenant trusts the issuer of this token for its audience."
            raise Refused("token.issuer", message)
        return found[0]

    def _believed(self, claims: dict[str, Any], trusted: IssuerRecord) -> Holder:
        bearer = read(claims, trusted.said, now=time.time())
        person = self._person(bearer, trusted)
        every = bearer.roles | person.roles if person else bearer.roles
        out = self._withheld(every, bearer.strong, trusted)
        return Holder(
            principal=self._principal(bearer, trusted, person, every - out),
            key="",
            environment=bearer.environment,
            scope=bearer.scope,
            withheld=out,
            step_up=trusted.said.step_up if out else None,
        )

    def _withheld(
        self, roles: frozenset[str], strong: bool, trusted: IssuerRecord
    ) -> frozenset[str]:
        """Those of `roles` that take another way of signing in."""
        asked = trusted.said.step_up
        if strong or asked is None:
            return frozenset()
        own = self._stores.roles.of(trusted.tenant, roles.union(asked.roles))
        return withheld(roles, asked, own)

    def _principal(
        self, bearer: Bearer, trusted: IssuerRecord, person: Person | None, roles: frozenset[str]
    ) -> Principal:
        subject = person.id if person else named(trusted.id, bearer.subject)
        if bearer.agent is None:
            return Principal(tenant=trusted.tenant, id=subject, kind=bearer.kind, roles=roles)
        own = self._stores.roles.of(trusted.tenant, roles | bearer.agent_roles)
        return Principal(
            tenant=trusted.tenant,
            id=named(trusted.id, bearer.agent),
            kind="agent",
            roles=shared(bearer.agent_roles, roles, own),
            on_behalf_of=subject,
            vouched=bearer.roles & roles,
        )

    def _person(self, bearer: Bearer, trusted: IssuerRecord) -> Person | None:
        """The person that SCIM tells of, if it does. Refused `token.person`."""
        needed = bearer.kind == "user" or bearer.agent is not None
        return self._known(bearer.person, trusted, needed=needed)

    def _known(self, name: str | None, trusted: IssuerRecord, *, needed: bool) -> Person | None:
        found = self._stores.people.find(trusted.tenant, name) if name else None
        if found and not found.active:
            raise Refused("token.person", "This person is not active.")
        if needed and not found and trusted.said.people == "provisioned":
            raise Refused("token.person", "This person was not provisioned.")
        return found


def _owner(found: SignIn) -> Holder:
    roles = frozenset({"operator"})
    who = Principal(tenant=found.tenant, id=found.principal, kind="user", roles=roles)
    return Holder(principal=who, key="", environment=EVERYWHERE, scope=Scope())
